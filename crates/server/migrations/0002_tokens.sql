-- Service accounts and API tokens. As in 0001: KEY_TEXT is compared byte by byte, times are milliseconds, ids are UUIDv7.

-- What the organization asks of new tokens.
ALTER TABLE organizations ADD COLUMN token_ttl_days_max BIGINT CHECK (token_ttl_days_max > 0);
ALTER TABLE organizations ADD COLUMN token_expiry_required BIGINT NOT NULL DEFAULT 0 CHECK (token_expiry_required IN (0, 1));
ALTER TABLE organizations ADD COLUMN user_tokens BIGINT NOT NULL DEFAULT 1 CHECK (user_tokens IN (0, 1));
-- Rises with every write after which a token may do less than before: what is known of tokens in memory holds until then.
ALTER TABLE organizations ADD COLUMN tokens_revision BIGINT NOT NULL DEFAULT 0;

-- Who answers for a service account: a person or a group, or nobody.
ALTER TABLE accounts ADD COLUMN owner_account_id TEXT REFERENCES accounts (id);
ALTER TABLE accounts ADD COLUMN owner_group_id TEXT REFERENCES user_groups (id);
CREATE INDEX accounts_by_owner_account ON accounts (owner_account_id) WHERE owner_account_id IS NOT NULL;
CREATE INDEX accounts_by_owner_group ON accounts (owner_group_id) WHERE owner_group_id IS NOT NULL;

-- When the password was proved once more; absent since the sign-in.
ALTER TABLE sessions ADD COLUMN confirmed_at BIGINT;

-- Whom a service acted for, and with which token.
ALTER TABLE audit_events ADD COLUMN on_behalf_of TEXT;
ALTER TABLE audit_events ADD COLUMN token_id TEXT;

CREATE TABLE tokens (
    id KEY_TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    -- Of the account, which keeps it for ever.
    kind TEXT NOT NULL CHECK (kind IN ('user', 'service')),
    name TEXT NOT NULL,
    -- The name and the hint, folded: what is searched, beside the account.
    search_text TEXT NOT NULL,
    -- The beginning of the secret; of the rest only the hash is kept.
    hint TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    -- How many of its scopes it was never used for; absent without scopes.
    scopes_unused BIGINT,
    -- Address ranges with commas between them; empty for none.
    networks TEXT NOT NULL DEFAULT '',
    on_behalf BIGINT NOT NULL DEFAULT 0 CHECK (on_behalf IN (0, 1)),
    created_at BIGINT NOT NULL,
    created_by TEXT,
    expires_at BIGINT,
    last_used_at BIGINT,
    last_used_ip TEXT,
    last_used_agent TEXT,
    last_used_for TEXT REFERENCES accounts (id),
    revoked_at BIGINT,
    revoked_by TEXT,
    revoke_reason TEXT NOT NULL DEFAULT '',
    replaced_by TEXT REFERENCES tokens (id),
    version BIGINT NOT NULL DEFAULT 1
);
-- The list's order, with what its filters ask: counting and paging read the index alone.
CREATE INDEX tokens_by_created ON tokens (organization_id, created_at, id, revoked_at, expires_at, last_used_at, scopes_unused, kind);
CREATE INDEX tokens_by_account ON tokens (account_id, created_at, id, revoked_at, expires_at);
CREATE INDEX tokens_ended ON tokens (organization_id, created_at, id) WHERE revoked_at IS NOT NULL;

CREATE TABLE token_scopes (
    token_id TEXT NOT NULL REFERENCES tokens (id),
    permission KEY_TEXT NOT NULL,
    PRIMARY KEY (token_id, permission)
);

-- What each token was used for.
CREATE TABLE token_uses (
    token_id TEXT NOT NULL REFERENCES tokens (id),
    permission KEY_TEXT NOT NULL,
    first_used_at BIGINT NOT NULL,
    PRIMARY KEY (token_id, permission)
);
