-- Those who are invited in the order of their names, with all that tells their status: a page far down reads no account.
DROP INDEX accounts_pending;
CREATE INDEX accounts_pending ON accounts (organization_id, kind, name_key, id, deactivated_at, valid_until, activated_at, deleted_at) WHERE deleted_at IS NULL AND activated_at IS NULL;
