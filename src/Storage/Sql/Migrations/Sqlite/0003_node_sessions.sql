-- A session is one life of a node's process. Times are Unix milliseconds. lost_at: it was taken for lost, or ended; it never comes back.
CREATE TABLE node_sessions (
    session    TEXT    NOT NULL PRIMARY KEY,
    node_id    TEXT    NOT NULL,
    renewed_at INTEGER NOT NULL,
    lost_at    INTEGER
) STRICT;
