-- One centre offers an encounter to another, and what the other one answers.
CREATE TABLE coordination_step (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    encounter_id TEXT NOT NULL REFERENCES encounter (id),
    step TEXT NOT NULL,
    from_centre TEXT NOT NULL,
    to_centre TEXT NOT NULL,
    text TEXT NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    at_ms $big NOT NULL
)$strict;
CREATE INDEX coordination_step_by_encounter ON coordination_step (encounter_id, sequence);
