//! Writes service accounts.

use domain::service_accounts::{OwnerChoice, ServiceAccountId};
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use crate::accounts::store::search_text;
use crate::failure::Outcome;
use crate::store::{Tx, insert_rows, query_with};

/// Whether an account has this id, or had it before it was deleted (I2).
///
/// # Errors
/// When the store does not answer.
pub async fn is_taken(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    id: &ServiceAccountId,
) -> Outcome<bool> {
    let row = sqlx::query("SELECT id FROM accounts WHERE organization_id = $1 AND kind = 'service' AND handle = $2")
        .bind(organization.to_string())
        .bind(id.as_str().to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// A service account to be.
pub struct NewRow<'a> {
    pub id: AccountId,
    pub organization: OrganizationId,
    pub account_id: &'a ServiceAccountId,
    pub name: &'a str,
    pub description: &'a str,
    pub owner: OwnerChoice,
    pub created_by: AccountId,
}

/// Adds a service account, which is active at once.
///
/// # Errors
/// When the store refuses.
pub async fn insert(tx: &mut Tx, new: &NewRow<'_>, at: Timestamp) -> Outcome<()> {
    let handle = new.account_id.as_str();
    let row = vec![
        new.id.into(),
        new.organization.into(),
        "service".into(),
        handle.into(),
        new.name.into(),
        domain::text::fold(new.name).into(),
        search_text(new.name, handle, None, None, new.id).into(),
        new.description.into(),
        new.owner.account.map(|id| id.to_string()).into(),
        new.owner.group.map(|id| id.to_string()).into(),
        at.into(),
        at.into(),
        new.created_by.into(),
    ];
    insert_rows(tx, "accounts (id, organization_id, kind, handle, display_name, name_key, search_text, description, owner_account_id, owner_group_id, activated_at, created_at, created_by)", 13, vec![row]).await
}

/// Writes a description and who answers for the account; what is absent stays.
///
/// # Errors
/// When the store refuses.
pub async fn set_details(
    tx: &mut Tx,
    id: AccountId,
    description: Option<&str>,
    owner: Option<OwnerChoice>,
) -> Outcome<()> {
    if let Some(description) = description {
        let sql = "UPDATE accounts SET description = $1 WHERE id = $2".to_owned();
        query_with(sql, vec![description.into(), id.into()]).execute(&mut **tx).await?;
    }
    if let Some(owner) = owner {
        let sql = "UPDATE accounts SET owner_account_id = $1, owner_group_id = $2 WHERE id = $3".to_owned();
        let (account, group) = (owner.account.map(|id| id.to_string()), owner.group.map(|id| id.to_string()));
        query_with(sql, vec![account.into(), group.into(), id.into()]).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Takes everything an account holds, and marks it as deleted. Its row stays for the log, and its name is used up.
///
/// # Errors
/// When the store refuses.
pub async fn delete(tx: &mut Tx, id: AccountId, at: Timestamp) -> Outcome<()> {
    for sql in [
        "DELETE FROM grants WHERE account_id = $1",
        "DELETE FROM memberships WHERE account_id = $1",
        "DELETE FROM object_access WHERE account_id = $1",
        "UPDATE objects SET owner_id = NULL, version = version + 1 WHERE owner_id = $1",
    ] {
        query_with(sql.to_owned(), vec![id.into()]).execute(&mut **tx).await?;
    }
    let sql = "UPDATE accounts SET deleted_at = $1 WHERE id = $2".to_owned();
    query_with(sql, vec![at.into(), id.into()]).execute(&mut **tx).await?;
    Ok(())
}
