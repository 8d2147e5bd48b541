-- The whole model, for SQLite and PostgreSQL alike. KEY_TEXT is text that is compared and sorted byte by byte:
-- the store writes it as TEXT or as TEXT COLLATE "C". Times are milliseconds since 1970, UTC; ids are UUIDv7.

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    slug KEY_TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    profile TEXT NOT NULL,
    seats BIGINT CHECK (seats > 0),
    invitation_ttl_ms BIGINT NOT NULL CHECK (invitation_ttl_ms > 0),
    password_chars_min BIGINT NOT NULL CHECK (password_chars_min >= 8),
    default_level TEXT,
    -- Rises with every write in the organization. The write that raises it also holds the organization's lock.
    revision BIGINT NOT NULL DEFAULT 0,
    -- Rises with every write that alters who may do what: a preview holds for as long as it stays.
    rights_revision BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);

CREATE TABLE setup_tokens (
    token_hash TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- Holds one row once set-up is done: what makes of fifty racing set-ups exactly one.
CREATE TABLE setup (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    done_at BIGINT NOT NULL
);

-- Which key the server's links are made with: another one would mail links that nobody can open.
CREATE TABLE server_key (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    fingerprint TEXT NOT NULL
);

CREATE TABLE persons (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key KEY_TEXT NOT NULL UNIQUE,
    user_name KEY_TEXT UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    password_changed_at BIGINT,
    email_verified_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    key KEY_TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The name, folded: what is compared and sorted by.
    name_key KEY_TEXT NOT NULL,
    description TEXT NOT NULL,
    built_in BIGINT NOT NULL CHECK (built_in IN (0, 1)),
    -- Set for a privilege level: its height on the ladder, the lowest being 1.
    level_rank BIGINT CHECK (level_rank > 0),
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    UNIQUE (organization_id, key),
    UNIQUE (organization_id, name_key)
);

CREATE TABLE role_permissions (
    role_id TEXT NOT NULL REFERENCES roles (id),
    permission KEY_TEXT NOT NULL,
    PRIMARY KEY (role_id, permission)
);

CREATE TABLE accounts (
    id KEY_TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL CHECK (kind IN ('user', 'service')),
    person_id TEXT REFERENCES persons (id),
    -- The e-mail key of a user, sa:: and a name of a service.
    handle KEY_TEXT NOT NULL,
    email TEXT,
    display_name TEXT NOT NULL,
    -- The display name, folded: what lists are sorted by.
    name_key KEY_TEXT NOT NULL,
    -- Name, address, user name and id, folded: what is searched.
    search_text TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    level_id TEXT REFERENCES roles (id),
    -- Who gave the level: looked at again when a pending account is accepted. Absent where the server did.
    level_granted_by TEXT,
    invited_at BIGINT,
    activated_at BIGINT,
    deactivated_at BIGINT,
    deleted_at BIGINT,
    valid_until BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT,
    last_sign_in_at BIGINT,
    last_active_at BIGINT,
    active_days BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (kind = 'service' OR email IS NOT NULL),
    CHECK (kind = 'user' OR person_id IS NULL),
    CHECK (kind = 'service' OR activated_at IS NULL OR person_id IS NOT NULL)
);
-- A deleted user may be invited again as a new account; the id of a service account is never used again.
CREATE UNIQUE INDEX accounts_user_handle ON accounts (organization_id, handle) WHERE deleted_at IS NULL AND kind = 'user';
CREATE UNIQUE INDEX accounts_service_handle ON accounts (organization_id, handle) WHERE kind = 'service';
CREATE INDEX accounts_by_person ON accounts (person_id) WHERE person_id IS NOT NULL;
-- One index for each order of the list. Each ends with the column of its own condition, so that a page far down, a
-- search and a count read the index alone; the first carries the searched text, it and the last what statuses follow from.
CREATE INDEX accounts_by_name ON accounts (organization_id, kind, name_key, id, search_text, deactivated_at, activated_at, valid_until, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_email ON accounts (organization_id, kind, handle, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_last_active ON accounts (organization_id, kind, COALESCE(last_active_at, 0), id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_created ON accounts (organization_id, kind, created_at, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX accounts_by_status ON accounts (organization_id, kind, deactivated_at, activated_at, valid_until, level_id, last_active_at, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX accounts_pending ON accounts (organization_id, kind, name_key, id) WHERE deleted_at IS NULL AND activated_at IS NULL;
CREATE INDEX accounts_deactivated ON accounts (organization_id, kind, name_key, id) WHERE deleted_at IS NULL AND deactivated_at IS NOT NULL;
CREATE INDEX accounts_deleted ON accounts (organization_id, deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE invitations (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    -- Of the newest link; a resend raises it and kills the older ones.
    generation BIGINT NOT NULL,
    sent_by TEXT NOT NULL REFERENCES accounts (id),
    sent_at BIGINT NOT NULL,
    -- Absent until the mail server has taken the message.
    expires_at BIGINT,
    send_count BIGINT NOT NULL,
    -- The level that the invitation gave: one that somebody else has set since is not the sender's to lose.
    level_id TEXT REFERENCES roles (id),
    delivery TEXT NOT NULL CHECK (delivery IN ('queued', 'sent', 'failed', 'link_only')),
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    link_requested_at BIGINT,
    -- A link that was copied no longer proves that its user reads the address.
    link_copied_at BIGINT,
    outcome TEXT CHECK (outcome IN ('accepted', 'declined', 'withdrawn')),
    ended_at BIGINT
);

-- Every link ever made, so that an old one can say that it is old. Hashes only.
CREATE TABLE invitation_links (
    token_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE user_groups (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    name_key KEY_TEXT NOT NULL,
    description TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('everyone', 'group', 'team')),
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    UNIQUE (organization_id, name_key)
);
CREATE UNIQUE INDEX user_groups_everyone ON user_groups (organization_id) WHERE kind = 'everyone';

CREATE TABLE group_roles (
    group_id TEXT NOT NULL REFERENCES user_groups (id),
    role_id TEXT NOT NULL REFERENCES roles (id),
    PRIMARY KEY (group_id, role_id)
);
CREATE INDEX group_roles_by_role ON group_roles (role_id);

CREATE TABLE memberships (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    group_id TEXT NOT NULL REFERENCES user_groups (id),
    team_role TEXT CHECK (team_role IN ('admin', 'member', 'view_only', 'service')),
    valid_until BIGINT,
    -- As of grants: what an invitation gave is looked at again when it is accepted, what the defaults gave is not.
    source TEXT NOT NULL DEFAULT 'manual' CHECK (source IN ('manual', 'invitation', 'default', 'scim', 'sso', 'config')),
    added_by TEXT,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, group_id)
);
CREATE INDEX memberships_by_group ON memberships (group_id, account_id, valid_until);

CREATE TABLE grants (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    what TEXT NOT NULL CHECK (what IN ('role', 'permission')),
    -- Key of the role or of the permission.
    key KEY_TEXT NOT NULL,
    valid_until BIGINT,
    source TEXT NOT NULL CHECK (source IN ('manual', 'invitation', 'default', 'scim', 'sso', 'config')),
    granted_by TEXT,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, what, key, source)
);
CREATE INDEX grants_by_key ON grants (what, key, account_id, valid_until);

CREATE TABLE default_groups (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    group_id TEXT NOT NULL REFERENCES user_groups (id),
    -- The account that made it a default: new members are added in its name.
    set_by TEXT,
    PRIMARY KEY (organization_id, group_id)
);

CREATE TABLE default_permissions (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    permission KEY_TEXT NOT NULL,
    -- The account that made it a default: new grants are given in its name.
    set_by TEXT,
    PRIMARY KEY (organization_id, permission)
);

-- A change of many accounts at once, kept for as long as it can be undone.
CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- What all its accounts have in common: a role, a permission, a group, or their level and status.
    subject_json TEXT NOT NULL,
    -- What undoing it needs: what making it needed.
    permission TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX operations_by_age ON operations (created_at);

CREATE TABLE operation_items (
    operation_id TEXT NOT NULL REFERENCES operations (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    -- In the order of the request.
    position BIGINT NOT NULL,
    -- Of the account after the change: with another one, somebody else has changed it since.
    version BIGINT NOT NULL,
    before_json TEXT NOT NULL,
    PRIMARY KEY (operation_id, account_id)
);

-- What the product has and Roster decides about: dashboards, alerts and so on, under the ids that the product gave them.
CREATE TABLE objects (
    id KEY_TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- Key of one of the profile's object types.
    type KEY_TEXT NOT NULL,
    external_id KEY_TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The name, folded: what lists are sorted and searched by.
    name_key KEY_TEXT NOT NULL,
    owner_id TEXT REFERENCES accounts (id),
    restricted BIGINT NOT NULL CHECK (restricted IN (0, 1)),
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    UNIQUE (organization_id, type, external_id)
);
CREATE INDEX objects_by_name ON objects (organization_id, name_key, id);
CREATE INDEX objects_by_owner ON objects (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX objects_restricted ON objects (organization_id, name_key, id) WHERE restricted = 1;

CREATE TABLE object_access (
    object_id TEXT NOT NULL REFERENCES objects (id),
    -- An account or a group, one of both.
    account_id TEXT REFERENCES accounts (id),
    group_id TEXT REFERENCES user_groups (id),
    level TEXT NOT NULL CHECK (level IN ('view', 'modify')),
    valid_until BIGINT,
    granted_by TEXT,
    granted_at BIGINT NOT NULL,
    CHECK ((account_id IS NULL) <> (group_id IS NULL))
);
CREATE UNIQUE INDEX object_access_of_account ON object_access (object_id, account_id) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX object_access_of_group ON object_access (object_id, group_id) WHERE group_id IS NOT NULL;
CREATE INDEX object_access_by_account ON object_access (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX object_access_by_group ON object_access (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE sessions (
    id_hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES persons (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    ended_at BIGINT
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Failed sign-ins by name or by known device.
CREATE TABLE guesses (
    name_key TEXT PRIMARY KEY,
    guesses BIGINT NOT NULL,
    window_start BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- When an address may get its full number of mails again.
CREATE TABLE mail_allowances (
    email_key KEY_TEXT PRIMARY KEY,
    full_at BIGINT NOT NULL
);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'link_requested')),
    -- The account invited. The outbox holds no secret: the link follows from this and the generation.
    account_id TEXT NOT NULL REFERENCES accounts (id),
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    sent_at BIGINT,
    -- Given up: refused for good, too old, or overtaken.
    dropped_at BIGINT
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE sent_at IS NULL AND dropped_at IS NULL;

CREATE TABLE idempotency_keys (
    account_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    -- The answer without its links, which are made again from the server's key.
    response TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Append-only: triggers refuse anything else, and each row carries the hash of the one before.
CREATE TABLE audit_events (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Id of the account that acted; absent for nobody and for the server itself.
    actor TEXT,
    action TEXT NOT NULL,
    target TEXT,
    before_json TEXT,
    after_json TEXT,
    ip TEXT,
    request_id TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (organization_id, seq)
);
CREATE INDEX audit_events_by_target ON audit_events (organization_id, target);
