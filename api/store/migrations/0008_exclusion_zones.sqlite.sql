CREATE TRIGGER exclusion_zone_never_deleted BEFORE DELETE ON exclusion_zone
    BEGIN SELECT RAISE(ABORT, 'exclusion_zone is never deleted'); END;
