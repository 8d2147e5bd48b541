-- Those of one level in the order of their names, however few they are; and all that a preview reads of an account.
CREATE INDEX accounts_by_level ON accounts (organization_id, kind, level_id, name_key, id, deactivated_at, activated_at, valid_until, deleted_at) WHERE deleted_at IS NULL;
