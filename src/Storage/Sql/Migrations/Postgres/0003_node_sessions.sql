-- A session is one life of a node's process. Times are Unix milliseconds. lost_at: it was taken for lost, or ended; it never comes back.
CREATE TABLE node_sessions (
    session    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    node_id    TEXT   NOT NULL,
    renewed_at BIGINT NOT NULL,
    lost_at    BIGINT
);
