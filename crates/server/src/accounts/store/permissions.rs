//! Reads what was given to one account, with who gave it.

use domain::grants::{GrantSource, GrantView, MembershipView};
use domain::groups::GroupRef;
use domain::roles::RoleRef;
use domain::{AccountId, OrganizationId};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::Columns;

/// Single roles and permissions: roles by name, then permissions by key. What is over is among them, with its end.
///
/// # Errors
/// When the store does not answer.
pub async fn grants(connection: &mut AnyConnection, account: AccountId) -> Outcome<Vec<GrantView>> {
    let rows = sqlx::query(
        "SELECT g.what, g.key, g.valid_until, g.source, g.granted_at, COALESCE(r.name, g.key) AS name, b.display_name AS granted_by
         FROM grants g JOIN accounts a ON a.id = g.account_id LEFT JOIN roles r ON r.organization_id = a.organization_id AND r.key = g.key AND g.what = 'role'
         LEFT JOIN accounts b ON b.id = g.granted_by
         WHERE g.account_id = $1 ORDER BY CASE g.what WHEN 'role' THEN 0 ELSE 1 END, COALESCE(r.name, g.key), g.key, g.source",
    )
    .bind(account.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let (key, is_role) = (row.text("key")?, row.text("what")? == "role");
            let source = row.text("source")?;
            let known = [GrantSource::Invitation, GrantSource::Default];
            Ok(GrantView {
                role: if is_role { Some(RoleRef { key: key.clone(), name: row.text("name")? }) } else { None },
                permission: (!is_role).then_some(key),
                source: known.into_iter().find(|known| known.as_str() == source).unwrap_or(GrantSource::Manual),
                valid_until: row.maybe_time("valid_until")?,
                granted_at: row.time("granted_at")?,
                granted_by: row.maybe_text("granted_by")?,
            })
        })
        .collect()
}

/// Groups with the roles they carry: Everyone first, then the others by name. What is over is among them, with its end.
///
/// # Errors
/// When the store does not answer.
pub async fn memberships(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    account: AccountId,
) -> Outcome<Vec<MembershipView>> {
    let rows = sqlx::query(
        "SELECT u.id, u.name, u.kind, u.name_key, m.valid_until, r.key AS role_key, r.name AS role_name
         FROM user_groups u LEFT JOIN memberships m ON m.group_id = u.id AND m.account_id = $1
         LEFT JOIN group_roles gr ON gr.group_id = u.id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE u.id IN (SELECT j.group_id FROM memberships j WHERE j.account_id = $1
                        UNION ALL SELECT e.id FROM user_groups e WHERE e.organization_id = $2 AND e.kind = 'everyone')
         ORDER BY CASE u.kind WHEN 'everyone' THEN 0 ELSE 1 END, u.name_key, u.id, r.name, r.key",
    )
    .bind(account.to_string())
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    let mut found: Vec<MembershipView> = Vec::new();
    for row in &rows {
        let id = row.id("id")?;
        if found.last().is_none_or(|last| last.group.id != id) {
            found.push(MembershipView {
                group: GroupRef { id, name: row.text("name")? },
                is_everyone: row.text("kind")? == "everyone",
                roles: Vec::new(),
                valid_until: row.maybe_time("valid_until")?,
            });
        }
        let role = row.maybe_text("role_key")?.zip(row.maybe_text("role_name")?);
        if let Some((last, (key, name))) = found.last_mut().zip(role) {
            last.roles.push(RoleRef { key, name });
        }
    }
    Ok(found)
}
