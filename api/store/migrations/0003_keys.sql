-- Whose key or token a change was made with, where it was made with one. Never who somebody is.
CREATE TABLE made_by (
    sequence $big PRIMARY KEY REFERENCES audit (sequence),
    principal TEXT NOT NULL
)$strict;

-- Keys of vessels and services. A secret has 256 random bits and is kept as its SHA-256 only.
CREATE TABLE access_key (
    id TEXT PRIMARY KEY,
    made $big NOT NULL,
    unit TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'crew', 'controller', 'port_officer', 'auditor', 'admin')),
    secret_sha256 $bytes NOT NULL UNIQUE,
    previous_sha256 $bytes,
    previous_until_ms $big,
    made_ms $big NOT NULL,
    expires_ms $big,
    rotated_ms $big,
    revoked_ms $big,
    version $big NOT NULL,
    CHECK ((previous_sha256 IS NULL) = (previous_until_ms IS NULL))
)$strict;
