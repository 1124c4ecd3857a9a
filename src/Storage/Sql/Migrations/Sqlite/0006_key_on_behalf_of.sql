-- 1: requests with the key may name the end user that they are made for.
ALTER TABLE api_keys ADD COLUMN on_behalf_of INTEGER NOT NULL DEFAULT 0;
