//! Writes the rows of a demo, which have a past that nothing else gives to a new row.

use crate::failure::Outcome;
use crate::store::{Db, Tx, Value, insert_rows};

/// The rows of a chunk of user accounts.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) persons: Vec<Vec<Value>>,
    pub(super) accounts: Vec<Vec<Value>>,
    pub(super) invitations: Vec<Vec<Value>>,
    pub(super) links: Vec<Vec<Value>>,
    pub(super) memberships: Vec<Vec<Value>>,
    pub(super) grants: Vec<Vec<Value>>,
}

pub(super) async fn insert(tx: &mut Tx, rows: Rows) -> Outcome<()> {
    const PERSONS: &str = "persons (id, email, email_key, display_name, password_hash, password_changed_at, email_verified_at, created_at)";
    const ACCOUNTS: &str = "accounts (id, organization_id, kind, person_id, handle, email, display_name, name_key, search_text, level_id, invited_at, activated_at, deactivated_at, created_at, last_active_at, last_sign_in_at)";
    const INVITATIONS: &str = "invitations (account_id, generation, sent_by, sent_at, expires_at, send_count, delivery, attempts, last_error)";
    insert_rows(tx, PERSONS, 8, rows.persons).await?;
    insert_rows(tx, ACCOUNTS, 16, rows.accounts).await?;
    insert_rows(tx, INVITATIONS, 9, rows.invitations).await?;
    insert_rows(tx, "invitation_links (token_hash, account_id, generation, created_at)", 4, rows.links).await?;
    insert_rows(tx, "memberships (account_id, group_id, added_at)", 3, rows.memberships).await?;
    insert_rows(tx, "grants (account_id, what, key, valid_until, source, granted_at)", 6, rows.grants).await
}

/// Roles and the permissions that each has.
pub(super) async fn insert_roles(tx: &mut Tx, roles: Vec<Vec<Value>>, permissions: Vec<Vec<Value>>) -> Outcome<()> {
    let columns = "roles (id, organization_id, key, name, name_key, description, built_in, created_at)";
    insert_rows(tx, columns, 8, roles).await?;
    insert_rows(tx, "role_permissions (role_id, permission)", 2, permissions).await
}

pub(super) async fn put_on_groups(tx: &mut Tx, roles: Vec<Vec<Value>>) -> Outcome<()> {
    insert_rows(tx, "group_roles (group_id, role_id)", 2, roles).await
}

/// Service accounts and their tokens.
pub(super) async fn insert_services(tx: &mut Tx, accounts: Vec<Vec<Value>>, tokens: Vec<Vec<Value>>) -> Outcome<()> {
    const ACCOUNTS: &str = "accounts (id, organization_id, kind, handle, display_name, name_key, search_text, description, owner_account_id, activated_at, created_at, created_by)";
    const TOKENS: &str = "tokens (id, organization_id, account_id, kind, name, search_text, hint, hash, created_at, created_by, expires_at, last_used_at, revoked_at)";
    insert_rows(tx, ACCOUNTS, 12, accounts).await?;
    insert_rows(tx, TOKENS, 13, tokens).await
}

/// Lets the database look at what it was filled with: PostgreSQL plans its queries by that, and by itself looks a minute
/// later.
pub(super) async fn count_anew(db: &Db) -> Outcome<()> {
    for statement in db.dialect.after_filling() {
        sqlx::query(*statement).execute(db.writer()).await?;
    }
    Ok(())
}
