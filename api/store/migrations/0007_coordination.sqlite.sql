CREATE TRIGGER coordination_step_never_changed BEFORE UPDATE ON coordination_step
    BEGIN SELECT RAISE(ABORT, 'coordination_step is append-only'); END;
CREATE TRIGGER coordination_step_never_deleted BEFORE DELETE ON coordination_step
    BEGIN SELECT RAISE(ABORT, 'coordination_step is append-only'); END;
