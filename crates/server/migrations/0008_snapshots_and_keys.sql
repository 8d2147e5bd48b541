-- What an account would have had when its newest link was made: permissions and access to objects, as JSON. Accounts
-- invited together with the same access share a row.
CREATE TABLE access_snapshots (
    id KEY_TEXT PRIMARY KEY,
    content KEY_TEXT NOT NULL
);
-- Absent in invitations of earlier versions until the next start, and in those that have ended.
ALTER TABLE invitations ADD COLUMN snapshot_id KEY_TEXT;
CREATE INDEX invitations_by_snapshot ON invitations (snapshot_id) WHERE snapshot_id IS NOT NULL;

-- Requests with an Idempotency-Key that were carried out in the last day, each written in its own transaction.
DROP TABLE idempotency_keys;
CREATE TABLE idempotency_keys (
    -- The account, and the person it acted for.
    caller KEY_TEXT NOT NULL,
    -- Method and path, as the table of routes has them.
    route KEY_TEXT NOT NULL,
    idempotency_key KEY_TEXT NOT NULL,
    -- Of address, version and body.
    request_hash KEY_TEXT NOT NULL,
    -- The answer: absent where it held a secret, which is kept nowhere.
    status BIGINT,
    version BIGINT,
    response KEY_TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, route, idempotency_key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- How many mails an address may get is counted for each organization: what another one sends is not told.
DROP TABLE mail_allowances;
CREATE TABLE mail_allowances (
    organization_id KEY_TEXT NOT NULL REFERENCES organizations (id),
    email_key KEY_TEXT NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, email_key)
);
