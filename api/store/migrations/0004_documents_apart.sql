-- Documents of decisions, apart from what makes them again: a cache, of which old rows may go.
CREATE TABLE decision_document (
    sequence $big PRIMARY KEY REFERENCES decision (sequence),
    deflated $bytes NOT NULL
)$strict;
INSERT INTO decision_document (sequence, deflated) SELECT sequence, document_deflated FROM decision;
ALTER TABLE decision DROP COLUMN document_deflated;
