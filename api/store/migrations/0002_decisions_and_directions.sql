-- What the system said, with what is needed to say it again bit for bit.
CREATE TABLE live_picture (
    sha256 TEXT PRIMARY KEY,
    body $bytes NOT NULL
)$strict;

CREATE TABLE decision (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    id TEXT NOT NULL,
    encounter_id TEXT REFERENCES encounter (id),
    ask $bytes NOT NULL,
    inputs $bytes NOT NULL,
    picture_sha256 TEXT REFERENCES live_picture (sha256),
    document_sha256 TEXT NOT NULL,
    document_deflated $bytes NOT NULL
)$strict;
CREATE INDEX decision_by_id ON decision (id, sequence);
CREATE INDEX decision_by_encounter ON decision (encounter_id, sequence);

-- What a co-ordination centre directed.
CREATE TABLE direction (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    encounter_id TEXT NOT NULL REFERENCES encounter (id),
    port_id TEXT,
    place TEXT NOT NULL,
    centre TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    directed_ms $big NOT NULL
)$strict;
CREATE INDEX direction_by_encounter ON direction (encounter_id, sequence);

-- What a master or controller chose instead, and why.
CREATE TABLE override_record (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    decision_id TEXT NOT NULL,
    encounter_id TEXT,
    port_id TEXT,
    place TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    at_ms $big NOT NULL
)$strict;
CREATE INDEX override_by_decision ON override_record (decision_id, sequence);

CREATE TABLE handover (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    page_sha256 TEXT NOT NULL,
    handed_by TEXT NOT NULL,
    taken_by TEXT NOT NULL,
    text TEXT NOT NULL,
    at_ms $big NOT NULL
)$strict;
