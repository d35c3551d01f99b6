CREATE TRIGGER direction_withdrawal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON direction_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
