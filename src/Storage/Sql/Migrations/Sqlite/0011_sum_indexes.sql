-- What one user or key used, without reading what all others did. Their columns never change, so that adding to a row leaves them alone.
CREATE INDEX usage_hours_user ON usage_hours (user_id, bucket);
CREATE INDEX usage_hours_key ON usage_hours (key_id, bucket);
CREATE INDEX usage_days_user ON usage_days (user_id, bucket);
CREATE INDEX usage_days_key ON usage_days (key_id, bucket);
