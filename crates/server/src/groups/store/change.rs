//! Changes and deletes groups.

use domain::GroupId;
use domain::groups::Group;
use domain::text::fold;

use crate::failure::Outcome;
use crate::store::{Tx, insert_rows};

/// Writes name and description anew, and raises the version.
pub(in crate::groups) async fn update(tx: &mut Tx, group: &Group) -> Outcome<()> {
    sqlx::query(
        "UPDATE user_groups SET name = $1, name_key = $2, description = $3, version = version + 1 WHERE id = $4",
    )
    .bind(group.name.clone())
    .bind(fold(&group.name))
    .bind(group.description.clone())
    .bind(group.id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts other roles on a group.
pub(in crate::groups) async fn set_roles(tx: &mut Tx, group: GroupId, roles: &[domain::RoleId]) -> Outcome<()> {
    sqlx::query("DELETE FROM group_roles WHERE group_id = $1").bind(group.to_string()).execute(&mut **tx).await?;
    let rows = roles.iter().map(|role| vec![group.into(), (*role).into()]).collect();
    insert_rows(tx, "group_roles (group_id, role_id)", 2, rows).await
}

/// Deletes a group with all that hangs on it. The versions of its members rise: they are no longer what they were.
pub(in crate::groups) async fn delete(tx: &mut Tx, group: GroupId) -> Outcome<()> {
    for sql in [
        "UPDATE accounts SET version = version + 1 WHERE id IN (SELECT account_id FROM memberships WHERE group_id = $1)",
        "DELETE FROM memberships WHERE group_id = $1",
        "DELETE FROM default_groups WHERE group_id = $1",
        "DELETE FROM object_access WHERE group_id = $1",
        "DELETE FROM group_roles WHERE group_id = $1",
        "UPDATE accounts SET owner_group_id = NULL WHERE owner_group_id = $1",
        "DELETE FROM user_groups WHERE id = $1",
    ] {
        sqlx::query(sql).bind(group.to_string()).execute(&mut **tx).await?;
    }
    Ok(())
}
