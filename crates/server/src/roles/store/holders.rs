//! Counts and names who holds a role: accounts by their level or a grant of their own, and groups.

use std::collections::HashMap;

use domain::accounts::AccountRef;
use domain::groups::GroupRef;
use domain::roles::{ROLE_HOLDERS_NAMED_MAX, Role, RoleHolders};
use domain::{OrganizationId, RoleId, Timestamp};
use sqlx::AnyConnection;

use crate::accounts::store::account_ref;
use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Value, query_with};

/// Counts the holders of roles, by one query for each way to hold one.
pub(in crate::roles) async fn count(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    roles: &mut [Role],
    at: Timestamp,
) -> Outcome<()> {
    // Of a single role only its own holders are counted.
    let only = if let [role] = &*roles { Some((role.id, role.key.clone())) } else { None };
    let one = |column: &str| if only.is_some() { format!("AND {column} = $2") } else { String::new() };
    let run = async |connection: &mut AnyConnection, sql: String, values: Vec<Value>| {
        let rows = query_with(sql, values).fetch_all(connection).await?;
        let number = |row: &sqlx::any::AnyRow, column| Outcome::Ok(u64::try_from(row.number(column)?).unwrap_or(0));
        let count =
            |row: &sqlx::any::AnyRow| Ok((row.text("held")?, (number(row, "holders")?, number(row, "services")?)));
        rows.iter().map(count).collect::<Outcome<HashMap<String, (u64, u64)>>>()
    };
    let of = |value: Option<Value>, more: Option<Value>| {
        std::iter::once(organization.into()).chain(value).chain(more).collect::<Vec<Value>>()
    };
    let id = || only.as_ref().map(|(id, _)| (*id).into());
    let levels = format!(
        "SELECT level_id AS held, COUNT(*) AS holders, 0 AS services FROM accounts WHERE organization_id = $1 AND deleted_at IS NULL AND level_id IS NOT NULL {} GROUP BY level_id",
        one("level_id")
    );
    let by_level = run(connection, levels, of(id(), None)).await?;
    let time = if only.is_some() { "$3" } else { "$2" };
    let grants = format!(
        "SELECT g.key AS held, COUNT(DISTINCT g.account_id) AS holders, COUNT(DISTINCT CASE WHEN a.kind = 'service' THEN g.account_id END) AS services FROM grants g JOIN accounts a ON a.id = g.account_id
         WHERE a.organization_id = $1 AND a.deleted_at IS NULL AND g.what = 'role' AND (g.valid_until IS NULL OR g.valid_until > {time}) {} GROUP BY g.key",
        one("g.key")
    );
    let key = only.as_ref().map(|(_, key)| key.as_str().into());
    let by_grant = run(connection, grants, of(key, Some(at.into()))).await?;
    let groups = format!(
        "SELECT gr.role_id AS held, COUNT(*) AS holders, 0 AS services FROM group_roles gr JOIN roles r ON r.id = gr.role_id WHERE r.organization_id = $1 {} GROUP BY gr.role_id",
        one("gr.role_id")
    );
    let by_group = run(connection, groups, of(id(), None)).await?;
    for role in roles {
        let id = role.id.to_string();
        let of = |counts: &HashMap<String, (u64, u64)>, held: &str| counts.get(held).copied().unwrap_or_default();
        let (by_grant, services) = of(&by_grant, &role.key);
        role.accounts = of(&by_level, &id).0 + by_grant;
        role.service_accounts = services;
        role.groups = of(&by_group, &id).0;
    }
    Ok(())
}

/// One role with its counts.
///
/// # Errors
/// `NotFound` where the organization has none of this id.
pub async fn lookup(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    id: RoleId,
    at: Timestamp,
) -> Outcome<Role> {
    let role = super::list(connection, organization).await?.into_iter().find(|role| role.id == id);
    let mut roles = [role.ok_or(Failure::NotFound)?];
    count(connection, organization, &mut roles, at).await?;
    let [role] = roles;
    Ok(role)
}

/// Who holds a role that was counted, the first of them by name.
pub(in crate::roles) async fn named(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    role: &Role,
    at: Timestamp,
) -> Outcome<RoleHolders> {
    let most = i64::try_from(ROLE_HOLDERS_NAMED_MAX).unwrap_or(i64::MAX);
    let (condition, held) = match role.level_rank {
        Some(_) => ("a.level_id = $2 AND $3 > 0", role.id.to_string()),
        None => (
            "a.id IN (SELECT g.account_id FROM grants g WHERE g.what = 'role' AND g.key = $2 AND (g.valid_until IS NULL OR g.valid_until > $3))",
            role.key.clone(),
        ),
    };
    let sql = format!(
        "SELECT a.id, a.kind, a.display_name, a.handle FROM accounts a WHERE a.organization_id = $1 AND a.deleted_at IS NULL AND {condition} ORDER BY a.name_key, a.id LIMIT $4"
    );
    let values = vec![organization.into(), held.into(), at.into(), most.into()];
    let rows = query_with(sql, values).fetch_all(&mut *connection).await?;
    let accounts = rows.iter().map(account_ref).collect::<Outcome<Vec<AccountRef>>>()?;
    let rows = sqlx::query(
        "SELECT u.id, u.name FROM group_roles gr JOIN user_groups u ON u.id = gr.group_id WHERE gr.role_id = $1 ORDER BY u.name_key LIMIT $2",
    )
    .bind(role.id.to_string())
    .bind(most)
    .fetch_all(connection)
    .await?;
    let group = |row: &sqlx::any::AnyRow| Ok(GroupRef { id: row.id("id")?, name: row.text("name")? });
    let groups = rows.iter().map(group).collect::<Outcome<Vec<_>>>()?;
    Ok(RoleHolders { accounts, accounts_total: role.accounts, groups, groups_total: role.groups })
}
