-- Records that a column could not hold, as JSON: they stand here for people to look at, and in no sum.
CREATE TABLE usage_refused (
    id     BLOB    NOT NULL,
    at     INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    record TEXT    NOT NULL
) STRICT;

-- What an earlier version took from callers as reserved output, and no answer has: one such number is enough for sums to overflow.
UPDATE usage_records SET output = CASE WHEN output < 0 THEN 0 ELSE 1000000000 END WHERE output < 0 OR output > 1000000000;
UPDATE usage_records SET cost_nano_usd = CASE WHEN cost_nano_usd < 0 THEN 0 ELSE 1000000000000000 END WHERE cost_nano_usd < 0 OR cost_nano_usd > 1000000000000000;
UPDATE usage_hours SET output = CASE WHEN output < 0 THEN 0 ELSE requests * 1000000000 END WHERE output < 0 OR output / 1000000000 > requests;
UPDATE usage_hours SET cost_nano_usd = CASE WHEN cost_nano_usd < 0 THEN 0 ELSE requests * 1000000000000000 END WHERE cost_nano_usd < 0 OR cost_nano_usd / 1000000000000000 > requests;
UPDATE usage_days SET output = CASE WHEN output < 0 THEN 0 ELSE requests * 1000000000 END WHERE output < 0 OR output / 1000000000 > requests;
UPDATE usage_days SET cost_nano_usd = CASE WHEN cost_nano_usd < 0 THEN 0 ELSE requests * 1000000000000000 END WHERE cost_nano_usd < 0 OR cost_nano_usd / 1000000000000000 > requests;
