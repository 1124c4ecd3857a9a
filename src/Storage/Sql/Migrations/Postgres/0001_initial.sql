-- Times are Unix milliseconds. Keys that are read in order have the collation "C": the order of every other database.
-- One row per counter makes concurrent writers take its versions in commit order.
CREATE TABLE versions (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO versions (name, value) VALUES ('keys', 0);

-- data is NULL after a clear: the row stays so that its version goes on rising.
CREATE TABLE grain_state (
    grain_id   TEXT COLLATE "C" NOT NULL,
    state_name TEXT COLLATE "C" NOT NULL,
    data       TEXT,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (grain_id, state_name)
);

CREATE TABLE api_keys (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash       BYTEA  NOT NULL UNIQUE,
    hint       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    owner      TEXT,
    groups     TEXT   NOT NULL,
    project    TEXT,
    role       TEXT,
    models     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    version    BIGINT NOT NULL UNIQUE,
    seal       BYTEA  NOT NULL
);

CREATE TABLE idempotency_keys (
    scope        TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    request_hash BYTEA  NOT NULL,
    result_id    TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE audit (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    target     TEXT   NOT NULL,
    before     TEXT,
    after      TEXT
);
