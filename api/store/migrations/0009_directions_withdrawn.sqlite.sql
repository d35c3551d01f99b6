CREATE TRIGGER direction_withdrawal_never_changed BEFORE UPDATE ON direction_withdrawal
    BEGIN SELECT RAISE(ABORT, 'direction_withdrawal is append-only'); END;
CREATE TRIGGER direction_withdrawal_never_deleted BEFORE DELETE ON direction_withdrawal
    BEGIN SELECT RAISE(ABORT, 'direction_withdrawal is append-only'); END;
