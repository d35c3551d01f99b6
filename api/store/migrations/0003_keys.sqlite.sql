CREATE TRIGGER made_by_never_changed BEFORE UPDATE ON made_by BEGIN SELECT RAISE(ABORT, 'made_by is append-only'); END;
CREATE TRIGGER made_by_never_deleted BEFORE DELETE ON made_by BEGIN SELECT RAISE(ABORT, 'made_by is append-only'); END;
CREATE TRIGGER access_key_never_deleted BEFORE DELETE ON access_key
    BEGIN SELECT RAISE(ABORT, 'access_key is never deleted'); END;
