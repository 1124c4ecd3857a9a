-- How many keys an owner made lately is asked at every creation.
CREATE INDEX api_keys_owner_created ON api_keys (owner, created_at) WHERE owner IS NOT NULL;
