-- Rows of the group '*' count every record once and list the groups of its callers, [""] for none; no row for each group is made beside them any more.
-- Empty: written before, so that there are such rows.
ALTER TABLE usage_hours ADD COLUMN groups TEXT NOT NULL DEFAULT '';
ALTER TABLE usage_days ADD COLUMN groups TEXT NOT NULL DEFAULT '';
