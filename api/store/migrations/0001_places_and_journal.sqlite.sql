CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER event_never_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER report_never_changed BEFORE UPDATE ON encounter_report
    BEGIN SELECT RAISE(ABORT, 'encounter_report is append-only'); END;
CREATE TRIGGER report_never_deleted BEFORE DELETE ON encounter_report
    BEGIN SELECT RAISE(ABORT, 'encounter_report is append-only'); END;
