//! Writes roles: new ones, changed ones, and their holders moved to another one.

use domain::roles::Role;
use domain::text::Name;
use domain::{AccountId, OrganizationId, RoleId, Timestamp};

use crate::failure::Outcome;
use crate::store::{Columns, Tx, insert_rows};

/// Adds a role that people made.
pub(in crate::roles) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    role: &Role,
    name: &Name,
    at: Timestamp,
) -> Outcome<()> {
    sqlx::query("INSERT INTO roles (id, organization_id, key, name, name_key, description, built_in, created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)")
        .bind(role.id.to_string())
        .bind(organization.to_string())
        .bind(role.key.clone())
        .bind(name.to_string())
        .bind(name.key())
        .bind(role.description.clone())
        .bind(at.millis())
        .execute(&mut **tx)
        .await?;
    write_permissions(tx, role.id, &role.permissions).await
}

async fn write_permissions(tx: &mut Tx, role: RoleId, keys: &[String]) -> Outcome<()> {
    let rows = keys.iter().map(|key| vec![role.into(), key.as_str().into()]).collect();
    insert_rows(tx, "role_permissions (role_id, permission)", 2, rows).await
}

/// Writes a role anew and raises its version. Its key stays.
pub(in crate::roles) async fn update(tx: &mut Tx, role: &Role) -> Outcome<()> {
    sqlx::query("UPDATE roles SET name = $1, name_key = $2, description = $3, version = version + 1 WHERE id = $4")
        .bind(role.name.clone())
        .bind(domain::text::fold(&role.name))
        .bind(role.description.clone())
        .bind(role.id.to_string())
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM role_permissions WHERE role_id = $1").bind(role.id.to_string()).execute(&mut **tx).await?;
    write_permissions(tx, role.id, &role.permissions).await
}

/// Takes a role away from the accounts that hold it no more: whose grant is over, or who are deleted. If another role
/// is given the same key one day, nobody finds it already held.
pub(in crate::roles) async fn forget_over(
    tx: &mut Tx,
    organization: OrganizationId,
    key: &str,
    at: Timestamp,
) -> Outcome<()> {
    sqlx::query(
        "DELETE FROM grants WHERE what = 'role' AND key = $1 AND account_id IN
           (SELECT a.id FROM accounts a WHERE a.organization_id = $2 AND (a.deleted_at IS NOT NULL OR grants.valid_until <= $3))",
    )
    .bind(key.to_owned())
    .bind(organization.to_string())
    .bind(at.millis())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives all holders of a role, accounts and groups, another one instead, with the same ends. Who holds the other one
/// already, from the same source, keeps the later end. Returns the accounts, in the order of their ids.
pub(in crate::roles) async fn move_holders(
    tx: &mut Tx,
    organization: OrganizationId,
    from: &Role,
    to: &Role,
) -> Outcome<Vec<AccountId>> {
    let moved = holders(tx, organization, &from.key).await?;
    // The row of the other role, where there is one, has the same account and source.
    let twin = |key: &str| {
        format!(
            "twin.account_id = grants.account_id AND twin.what = 'role' AND twin.source = grants.source AND twin.key = {key}"
        )
    };
    let own = "account_id IN (SELECT id FROM accounts WHERE organization_id = $3)";
    let statements = [
        format!(
            "UPDATE grants SET valid_until = (SELECT CASE WHEN grants.valid_until IS NULL OR twin.valid_until IS NULL THEN NULL
                                                          WHEN grants.valid_until > twin.valid_until THEN grants.valid_until ELSE twin.valid_until END
                                              FROM grants twin WHERE {})
             WHERE what = 'role' AND key = $2 AND {own} AND EXISTS (SELECT 1 FROM grants twin WHERE {})",
            twin("$1"),
            twin("$1")
        ),
        format!(
            "DELETE FROM grants WHERE what = 'role' AND key = $1 AND {own} AND EXISTS (SELECT 1 FROM grants twin WHERE {})",
            twin("$2")
        ),
        format!("UPDATE grants SET key = $2 WHERE what = 'role' AND key = $1 AND {own}"),
    ];
    for sql in statements {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(from.key.clone())
            .bind(to.key.clone())
            .bind(organization.to_string())
            .execute(&mut **tx)
            .await?;
    }
    move_groups(tx, from.id, to.id).await?;
    Ok(moved)
}

/// The accounts that are given a role themselves, and raises their versions: it is about to be another one.
async fn holders(tx: &mut Tx, organization: OrganizationId, key: &str) -> Outcome<Vec<AccountId>> {
    let rows = sqlx::query(
        "UPDATE accounts SET version = version + 1 WHERE organization_id = $1 AND id IN (SELECT account_id FROM grants WHERE what = 'role' AND key = $2) RETURNING id",
    )
    .bind(organization.to_string())
    .bind(key.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    let mut ids = rows.iter().map(|row| row.id("id")).collect::<Outcome<Vec<AccountId>>>()?;
    ids.sort();
    Ok(ids)
}

async fn move_groups(tx: &mut Tx, from: RoleId, to: RoleId) -> Outcome<()> {
    let statements = [
        "UPDATE user_groups SET version = version + 1 WHERE id IN (SELECT group_id FROM group_roles WHERE role_id = $1) AND $2 <> ''",
        "INSERT INTO group_roles (group_id, role_id) SELECT held.group_id, $2 FROM group_roles held
         WHERE held.role_id = $1 AND NOT EXISTS (SELECT 1 FROM group_roles twin WHERE twin.group_id = held.group_id AND twin.role_id = $2)",
        "DELETE FROM group_roles WHERE role_id = $1 AND $2 <> ''",
    ];
    for sql in statements {
        sqlx::query(sql).bind(from.to_string()).bind(to.to_string()).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Removes a role that nobody holds.
pub(in crate::roles) async fn delete(tx: &mut Tx, role: RoleId) -> Outcome<()> {
    for sql in ["DELETE FROM role_permissions WHERE role_id = $1", "DELETE FROM roles WHERE id = $1"] {
        sqlx::query(sql).bind(role.to_string()).execute(&mut **tx).await?;
    }
    Ok(())
}
