-- A centre takes back where it directed people; the direction itself stays as it was written.
CREATE TABLE direction_withdrawal (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    direction $big NOT NULL UNIQUE REFERENCES direction (sequence),
    centre TEXT NOT NULL,
    text TEXT NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    at_ms $big NOT NULL
)$strict;
