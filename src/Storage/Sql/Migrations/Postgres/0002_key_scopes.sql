-- routes: what the key may be used for. previous_*: the text before the last rotation. parent: the key that this one was made with.
ALTER TABLE api_keys ADD COLUMN routes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_keys ADD COLUMN previous_hash BYTEA;
ALTER TABLE api_keys ADD COLUMN previous_until BIGINT;
ALTER TABLE api_keys ADD COLUMN parent TEXT COLLATE "C";
CREATE UNIQUE INDEX api_keys_previous_hash ON api_keys (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX api_keys_owner ON api_keys (owner) WHERE owner IS NOT NULL;
CREATE INDEX api_keys_parent ON api_keys (parent) WHERE parent IS NOT NULL;

-- Apart from the keys: it changes all the time and grants nothing, so it needs neither seal nor version.
CREATE TABLE key_uses (
    key_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last_used_at BIGINT NOT NULL
);
