INSERT INTO versions (name, value) VALUES ('limits', 0);

-- body is NULL after a deletion: the row stays, so that the version that nodes and grains have seen is never followed by a smaller one.
-- issuer: the default issuer when the row was written, which plain names in it were read with.
CREATE TABLE limits (
    subject        TEXT    NOT NULL PRIMARY KEY,
    body           TEXT,
    effective_from INTEGER,
    effective_to   INTEGER,
    issuer         TEXT    NOT NULL,
    changed_at     INTEGER NOT NULL,
    changed_by     TEXT    NOT NULL,
    version        INTEGER NOT NULL UNIQUE
) STRICT;
