CREATE TRIGGER coordination_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON coordination_step
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
