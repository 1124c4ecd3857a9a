-- Times are Unix milliseconds. STRICT: a value of a wrong type never gets into a row that grants rights.
-- One row per counter makes concurrent writers take its versions in commit order.
CREATE TABLE versions (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO versions (name, value) VALUES ('keys', 0);

-- data is NULL after a clear: the row stays so that its version goes on rising.
CREATE TABLE grain_state (
    grain_id   TEXT    NOT NULL,
    state_name TEXT    NOT NULL,
    data       TEXT,
    version    INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (grain_id, state_name)
) STRICT;

CREATE TABLE api_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    hint       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    owner      TEXT,
    groups     TEXT    NOT NULL,
    project    TEXT,
    role       TEXT,
    models     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    version    INTEGER NOT NULL UNIQUE,
    seal       BLOB    NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
    scope        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    request_hash BLOB    NOT NULL,
    result_id    TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT;
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE audit (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    before     TEXT,
    after      TEXT
) STRICT;
