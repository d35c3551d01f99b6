-- What a decision is proved by: the SHA-256 of its document as text (form 0), or of its codes and figures (form 1 and on).
ALTER TABLE decision RENAME COLUMN document_sha256 TO sha256;
ALTER TABLE decision ADD COLUMN form INTEGER NOT NULL DEFAULT 0;
