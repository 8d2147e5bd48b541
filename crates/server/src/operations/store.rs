//! Keeps operations and what they changed.

use domain::bulk::UNDO_MS;
use domain::permissions::ConsolePermission;
use domain::time::DAY_MS;
use domain::{AccountId, OperationId, OrganizationId, Timestamp};

use super::{Moment, Subject};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::random;
use crate::store::{Columns, Db, Tx, insert_rows};

/// What an operation did to one account.
pub struct Item {
    pub account: AccountId,
    /// Of the account after it.
    pub version: i64,
    pub before: Moment,
}

/// An operation with its items, in the order of the request.
pub struct Operation {
    pub subject: Subject,
    pub permission: ConsolePermission,
    pub items: Vec<Item>,
}

/// Keeps what a change did.
///
/// # Errors
/// When the store refuses.
pub async fn insert(tx: &mut Tx, caller: &Caller, operation: &Operation) -> Outcome<OperationId> {
    let id: OperationId = random::id(caller.at)?;
    let row = vec![
        id.into(),
        caller.organization.id.into(),
        serde_json::to_string(&operation.subject)?.into(),
        operation.permission.key().into(),
        caller.account_id.into(),
        caller.at.into(),
    ];
    insert_rows(tx, "operations (id, organization_id, subject_json, permission, actor, created_at)", 6, vec![row])
        .await?;
    let mut rows = Vec::with_capacity(operation.items.len());
    for (position, item) in (0_i64..).zip(&operation.items) {
        let before = serde_json::to_string(&item.before)?;
        rows.push(vec![id.into(), item.account.into(), position.into(), item.version.into(), before.into()]);
    }
    insert_rows(tx, "operation_items (operation_id, account_id, position, version, before_json)", 5, rows).await?;
    Ok(id)
}

/// Takes an operation to undo it, once.
///
/// # Errors
/// `NotFound` where the organization has none of this id; `NotUndoable` when it was undone, or is too old.
pub(super) async fn take(
    tx: &mut Tx,
    organization: OrganizationId,
    id: OperationId,
    at: Timestamp,
) -> Outcome<Operation> {
    let row = sqlx::query("SELECT subject_json, permission FROM operations WHERE id = $1 AND organization_id = $2")
        .bind(id.to_string())
        .bind(organization.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Failure::NotFound)?;
    let taken =
        sqlx::query("UPDATE operations SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL AND created_at > $3")
            .bind(at.millis())
            .bind(id.to_string())
            .bind(at.plus(-UNDO_MS).millis())
            .execute(&mut **tx)
            .await?;
    if taken.rows_affected() != 1 {
        return Err(Failure::NotUndoable);
    }
    let permission = row.text("permission")?;
    let permission = ConsolePermission::ALL.iter().copied().find(|known| known.key() == permission);
    let items = sqlx::query(
        "SELECT account_id, version, before_json FROM operation_items WHERE operation_id = $1 ORDER BY position",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let item = |row: &sqlx::any::AnyRow| {
        let before = serde_json::from_str(&row.text("before_json")?)?;
        Ok(Item { account: row.id("account_id")?, version: row.number("version")?, before })
    };
    Ok(Operation {
        subject: serde_json::from_str(&row.text("subject_json")?)?,
        permission: permission.ok_or(Failure::NotUndoable)?,
        items: items.iter().map(item).collect::<Outcome<_>>()?,
    })
}

/// Forgets operations a day after they could last be undone.
///
/// # Errors
/// When the store refuses.
pub async fn sweep(db: &Db, at: Timestamp) -> Outcome<()> {
    let before = at.plus(-UNDO_MS - DAY_MS).millis();
    let mut tx = db.begin().await?;
    for sql in [
        "DELETE FROM operation_items WHERE operation_id IN (SELECT id FROM operations WHERE created_at < $1)",
        "DELETE FROM operations WHERE created_at < $1",
    ] {
        sqlx::query(sql).bind(before).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
