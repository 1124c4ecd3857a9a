-- Lists in JSON of what whoever made a key for themselves had: what is denied to these, and charged to these groups, binds the key too.
ALTER TABLE api_keys ADD COLUMN maker_groups TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_keys ADD COLUMN maker_domains TEXT NOT NULL DEFAULT '[]';
