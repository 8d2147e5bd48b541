//! Reads and writes what new user accounts get.

use domain::groups::GroupRef;
use domain::{GroupId, OrganizationId};
use sqlx::AnyConnection;

use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Tx, insert_rows};

/// The defaults that stand, by name and by key, each with the account that made it one.
#[derive(Debug, Default)]
pub struct Standing {
    pub groups: Vec<(GroupRef, Option<String>)>,
    pub permissions: Vec<(String, Option<String>)>,
}

/// The defaults to be, each with the account that makes it one.
pub(super) struct Wanted {
    pub(super) groups: Vec<(GroupId, Option<String>)>,
    pub(super) permissions: Vec<(String, Option<String>)>,
}

/// Groups and permissions that every new user gets (F39, F42).
///
/// # Errors
/// When the store does not answer.
pub async fn read(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Standing> {
    let groups = sqlx::query(
        "SELECT u.id, u.name, d.set_by FROM default_groups d JOIN user_groups u ON u.id = d.group_id WHERE d.organization_id = $1 ORDER BY u.name_key",
    )
    .bind(organization.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let permissions = sqlx::query(
        "SELECT permission, set_by FROM default_permissions WHERE organization_id = $1 ORDER BY permission",
    )
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    let group = |row: &sqlx::any::AnyRow| {
        Ok((GroupRef { id: row.id("id")?, name: row.text("name")? }, row.maybe_text("set_by")?))
    };
    let permission = |row: &sqlx::any::AnyRow| Ok((row.text("permission")?, row.maybe_text("set_by")?));
    Ok(Standing {
        groups: groups.iter().map(group).collect::<Outcome<_>>()?,
        permissions: permissions.iter().map(permission).collect::<Outcome<_>>()?,
    })
}

/// Puts other defaults in the place of those that stand.
pub(super) async fn replace(tx: &mut Tx, organization: OrganizationId, wanted: &Wanted) -> Outcome<()> {
    for sql in [
        "DELETE FROM default_groups WHERE organization_id = $1",
        "DELETE FROM default_permissions WHERE organization_id = $1",
    ] {
        sqlx::query(sql).bind(organization.to_string()).execute(&mut **tx).await?;
    }
    let groups = wanted.groups.iter().map(|(id, by)| vec![organization.into(), (*id).into(), by.clone().into()]);
    insert_rows(tx, "default_groups (organization_id, group_id, set_by)", 3, groups.collect()).await?;
    let permissions =
        wanted.permissions.iter().map(|(key, by)| vec![organization.into(), key.as_str().into(), by.clone().into()]);
    insert_rows(tx, "default_permissions (organization_id, permission, set_by)", 3, permissions.collect()).await
}

/// Writes the level of new accounts, and raises the organization's version.
///
/// # Errors
/// `Stale` when the version is not the present one.
pub(super) async fn set_level(
    tx: &mut Tx,
    organization: OrganizationId,
    level: Option<&str>,
    seen: i64,
) -> Outcome<()> {
    let done = sqlx::query(
        "UPDATE organizations SET default_level = $1, version = version + 1 WHERE id = $2 AND version = $3",
    )
    .bind(level.map(str::to_owned))
    .bind(organization.to_string())
    .bind(seen)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Failure::Stale(None)) }
}
