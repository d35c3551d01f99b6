-- Journal: one row that says where the chain ends, and the chain itself.
CREATE TABLE journal_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence $big NOT NULL,
    at_ms $big NOT NULL,
    digest $bytes NOT NULL
)$strict;
INSERT INTO journal_head (id, sequence, at_ms, digest) VALUES (1, 0, 0, $zero_digest);

CREATE TABLE audit (
    sequence $big PRIMARY KEY CHECK (sequence > 0),
    at_ms $big NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    payload $bytes NOT NULL,
    previous $bytes NOT NULL,
    digest $bytes NOT NULL
)$strict;

CREATE TABLE event (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    at_ms $big NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body $bytes NOT NULL
)$strict;

CREATE TABLE idempotency (
    principal TEXT NOT NULL,
    answer_key TEXT NOT NULL,
    body_sha256 $bytes NOT NULL,
    answer $bytes NOT NULL,
    at_ms $big NOT NULL,
    PRIMARY KEY (principal, answer_key)
)$strict;

-- What ports report. A row that is not there was never reported.
CREATE TABLE port_status (
    port_id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('open', 'restricted', 'closed', 'unknown')),
    reason TEXT NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    reported_ms $big NOT NULL,
    expires_ms $big,
    version $big NOT NULL
)$strict;

CREATE TABLE port_capacity (
    port_id TEXT PRIMARY KEY,
    total $big NOT NULL CHECK (total >= 0),
    families $big CHECK (families >= 0),
    medical $big CHECK (medical >= 0),
    occupied $big NOT NULL CHECK (occupied >= 0),
    occupied_families $big NOT NULL CHECK (occupied_families >= 0),
    occupied_medical $big NOT NULL CHECK (occupied_medical >= 0),
    persons_per_hour $real CHECK (persons_per_hour >= 0),
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    reported_ms $big NOT NULL,
    landed_ms $big,
    version $big NOT NULL
)$strict;

CREATE TABLE port_reception (
    port_id TEXT PRIMARY KEY,
    needs_met INTEGER CHECK (needs_met IN (0, 1)),
    transport_arranged INTEGER CHECK (transport_arranged IN (0, 1)),
    danger_ashore INTEGER NOT NULL CHECK (danger_ashore IN (0, 1)),
    reason TEXT NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    reported_ms $big NOT NULL,
    version $big NOT NULL
)$strict;

-- Encounters are opened by a report and stay open until somebody closes them.
CREATE TABLE encounter (
    id TEXT PRIMARY KEY,
    opened $big NOT NULL UNIQUE,
    opened_ms $big NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    closed_ms $big,
    closed_role TEXT,
    closed_duty TEXT,
    evidence TEXT,
    version $big NOT NULL,
    CHECK ((state = 'open') = (evidence IS NULL)),
    CHECK ((state = 'open') = (closed_duty IS NULL))
)$strict;

CREATE TABLE encounter_report (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    encounter_id TEXT NOT NULL REFERENCES encounter (id),
    source TEXT NOT NULL,
    lon $real NOT NULL,
    lat $real NOT NULL,
    uncertainty_m $real,
    observed_ms $big NOT NULL,
    persons_min $big,
    persons_max $big,
    making_way INTEGER CHECK (making_way IN (0, 1)),
    text TEXT NOT NULL
)$strict;
CREATE INDEX encounter_report_by_encounter ON encounter_report (encounter_id, sequence);

-- Pairs somebody should look at. Nothing in the program ever acts on one.
CREATE TABLE suspected_duplicate (
    earlier_id TEXT NOT NULL REFERENCES encounter (id),
    later_id TEXT NOT NULL REFERENCES encounter (id),
    flagged $big NOT NULL REFERENCES audit (sequence),
    distance_m $real NOT NULL,
    envelope_m $real NOT NULL,
    PRIMARY KEY (earlier_id, later_id)
)$strict;

CREATE TABLE reservation (
    id TEXT PRIMARY KEY,
    made $big NOT NULL,
    port_id TEXT NOT NULL,
    encounter_id TEXT REFERENCES encounter (id),
    vessel TEXT NOT NULL,
    persons $big NOT NULL CHECK (persons >= 0),
    families $big NOT NULL CHECK (families >= 0),
    medical $big NOT NULL CHECK (medical >= 0),
    landed $big NOT NULL CHECK (landed >= 0),
    landed_families $big NOT NULL CHECK (landed_families >= 0),
    landed_medical $big NOT NULL CHECK (landed_medical >= 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'confirmed', 'released', 'expired', 'landed')),
    eta_ms $big NOT NULL,
    expires_ms $big NOT NULL,
    made_ms $big NOT NULL,
    role TEXT NOT NULL,
    duty TEXT NOT NULL,
    override_code TEXT,
    override_text TEXT,
    split_from TEXT REFERENCES reservation (id),
    version $big NOT NULL,
    CHECK ((override_code IS NULL) = (override_text IS NULL))
)$strict;
CREATE INDEX reservation_live ON reservation (port_id) WHERE state IN ('held', 'confirmed');
CREATE INDEX reservation_by_encounter ON reservation (encounter_id);
