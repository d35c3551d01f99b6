CREATE TRIGGER exclusion_zone_never_deleted BEFORE DELETE OR TRUNCATE ON exclusion_zone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
