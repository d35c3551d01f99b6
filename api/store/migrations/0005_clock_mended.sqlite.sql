CREATE TRIGGER clock_mend_never_changed BEFORE UPDATE ON clock_mend
    BEGIN SELECT RAISE(ABORT, 'clock_mend is append-only'); END;
CREATE TRIGGER clock_mend_never_deleted BEFORE DELETE ON clock_mend
    BEGIN SELECT RAISE(ABORT, 'clock_mend is append-only'); END;
