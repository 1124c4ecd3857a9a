-- Ids are UUIDs of version 7 in network order: they sort by their time, at; a partition is a month of them. Texts that are absent are
-- empty, so that rows can be added up.
CREATE TABLE usage_records (
    id             BYTEA NOT NULL PRIMARY KEY,
    at             BIGINT NOT NULL,
    client_id      TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    key_id         TEXT NOT NULL,
    groups         TEXT NOT NULL,
    project        TEXT NOT NULL,
    end_user       TEXT NOT NULL,
    model          TEXT NOT NULL,
    served_model   TEXT NOT NULL,
    endpoint       TEXT NOT NULL,
    operation      TEXT NOT NULL,
    streamed       INTEGER NOT NULL,
    attempts       TEXT NOT NULL,
    status         INTEGER NOT NULL,
    input          BIGINT NOT NULL,
    cached_input   BIGINT NOT NULL,
    cache_write    BIGINT NOT NULL,
    output         BIGINT NOT NULL,
    reasoning      BIGINT NOT NULL,
    audio_input    BIGINT NOT NULL,
    audio_output   BIGINT NOT NULL,
    cost_nano_usd  BIGINT NOT NULL,
    price_version  TEXT NOT NULL,
    first_byte_ms  INTEGER,
    duration_ms    INTEGER NOT NULL,
    is_partial     INTEGER NOT NULL,
    is_interrupted INTEGER NOT NULL,
    is_estimated   INTEGER NOT NULL,
    node           TEXT NOT NULL,
    session        TEXT NOT NULL
) PARTITION BY RANGE (id);
CREATE INDEX usage_records_user ON usage_records (user_id, id);
CREATE INDEX usage_records_key ON usage_records (key_id, id);

-- Sums by time and dimensions; dimension_id is a hash over the latter. A record counts once in the row whose group_name is '*', and once in
-- the row of each of its groups ('' if it has none). bucket: begin of the UTC hour or day in Unix milliseconds.
-- Free room in their pages keeps an updated row beside its old one.
CREATE TABLE usage_hours (
    bucket        BIGINT NOT NULL,
    dimension_id  BYTEA NOT NULL,
    group_name    TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    project       TEXT NOT NULL,
    model         TEXT NOT NULL,
    endpoint      TEXT NOT NULL,
    status        INTEGER NOT NULL,
    requests      BIGINT NOT NULL,
    input         BIGINT NOT NULL,
    cached_input  BIGINT NOT NULL,
    cache_write   BIGINT NOT NULL,
    output        BIGINT NOT NULL,
    reasoning     BIGINT NOT NULL,
    cost_nano_usd BIGINT NOT NULL,
    partial       BIGINT NOT NULL,
    interrupted   BIGINT NOT NULL,
    estimated     BIGINT NOT NULL,
    PRIMARY KEY (bucket, dimension_id)
) WITH (fillfactor = 70);
CREATE TABLE usage_days (
    bucket        BIGINT NOT NULL,
    dimension_id  BYTEA NOT NULL,
    group_name    TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    project       TEXT NOT NULL,
    model         TEXT NOT NULL,
    endpoint      TEXT NOT NULL,
    status        INTEGER NOT NULL,
    requests      BIGINT NOT NULL,
    input         BIGINT NOT NULL,
    cached_input  BIGINT NOT NULL,
    cache_write   BIGINT NOT NULL,
    output        BIGINT NOT NULL,
    reasoning     BIGINT NOT NULL,
    cost_nano_usd BIGINT NOT NULL,
    partial       BIGINT NOT NULL,
    interrupted   BIGINT NOT NULL,
    estimated     BIGINT NOT NULL,
    PRIMARY KEY (bucket, dimension_id)
) WITH (fillfactor = 70);

-- How far the journal of each session was taken in. closed: to its end. totals: of its charges, as JSON, until the limits took them (settled).
CREATE TABLE journal_positions (
    session    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    node       TEXT NOT NULL,
    position   BIGINT NOT NULL,
    closed     INTEGER NOT NULL,
    settled    INTEGER NOT NULL,
    totals     TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
