//! Writes what a person says of themselves.

use domain::{AccountId, OrganizationId, PersonId};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::{Columns, Tx};
use crate::{organization, session};

/// An account of the person.
pub(super) struct OwnAccount {
    pub(super) id: AccountId,
    pub(super) organization: OrganizationId,
}

/// The accounts of a person, in the order in which their organizations are locked.
async fn own_accounts(connection: &mut AnyConnection, person: PersonId) -> Outcome<Vec<OwnAccount>> {
    let rows = sqlx::query(
        "SELECT id, organization_id FROM accounts WHERE person_id = $1 AND deleted_at IS NULL ORDER BY organization_id, id",
    )
    .bind(person.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(OwnAccount { id: row.id("id")?, organization: row.id("organization_id")? })).collect()
}

/// Locks the person, and then every organization in which they have an account, and gives these accounts as they are then.
pub(super) async fn lock_all(tx: &mut Tx, person: PersonId) -> Outcome<Vec<OwnAccount>> {
    session::store::lock_person(tx, person).await?;
    let mut locked = Vec::new();
    for account in own_accounts(tx, person).await? {
        // Always in the same order: two changes of one person would else wait for each other.
        if locked.last() != Some(&account.organization) {
            organization::store::lock(tx, account.organization).await?;
            locked.push(account.organization);
        }
    }
    let accounts = own_accounts(tx, person).await?;
    Ok(accounts.into_iter().filter(|account| locked.contains(&account.organization)).collect())
}

/// Writes the person's names.
pub(super) async fn set_names(tx: &mut Tx, person: PersonId, name: &str, user_name: Option<&str>) -> Outcome<()> {
    sqlx::query("UPDATE persons SET display_name = $1, user_name = $2 WHERE id = $3")
        .bind(name.to_owned())
        .bind(user_name.map(str::to_owned))
        .bind(person.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Adds one to the version of an account that is changed from elsewhere.
pub(super) async fn raise_version(tx: &mut Tx, account: AccountId) -> Outcome<()> {
    sqlx::query("UPDATE accounts SET version = version + 1 WHERE id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
