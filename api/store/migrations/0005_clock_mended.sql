-- When somebody set the store's time back after a clock had been wrong: from `was_ms` to `at_ms`.
CREATE TABLE clock_mend (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    at_ms $big NOT NULL,
    was_ms $big NOT NULL,
    reason TEXT NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL
)$strict;
