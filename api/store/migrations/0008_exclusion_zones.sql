-- Waters somebody has closed for a time: drawn, edited, ended, and never deleted.
CREATE TABLE exclusion_zone (
    id TEXT PRIMARY KEY,
    made $big NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    outline TEXT NOT NULL,
    from_ms $big,
    to_ms $big,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    drawn_ms $big NOT NULL,
    ended_ms $big,
    ended_reason TEXT,
    ended_role TEXT,
    ended_duty TEXT,
    version $big NOT NULL,
    CHECK ((ended_ms IS NULL) = (ended_reason IS NULL)),
    CHECK ((ended_ms IS NULL) = (ended_duty IS NULL))
)$strict;
CREATE INDEX exclusion_zone_not_ended ON exclusion_zone (made) WHERE ended_ms IS NULL;
