-- Searching tokens reads the index alone, too: what is searched of a token, and whose it is.
DROP INDEX tokens_by_created;
CREATE INDEX tokens_by_created ON tokens (organization_id, created_at, id, revoked_at, expires_at, last_used_at, scopes_unused, kind, account_id, search_text);
