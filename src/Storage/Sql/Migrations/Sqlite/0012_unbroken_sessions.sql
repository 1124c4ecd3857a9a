-- Since when, in Unix milliseconds, the session was renewed without a gap on an even clock. Null: an earlier version renews it, and does not say.
ALTER TABLE node_sessions ADD COLUMN unbroken_since INTEGER;
