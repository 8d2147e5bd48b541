//! Reads which roles groups carry, for questions about many at once.

use std::collections::HashMap;

use domain::effective::GroupHolding;
use domain::groups::GroupRef;
use domain::{GroupId, OrganizationId};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::{Columns, fetch_for};

/// Every group with the keys of its roles, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn all(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Vec<GroupHolding>> {
    let rows = sqlx::query(
        "SELECT u.id, u.name, u.kind, r.key AS role_key FROM user_groups u
         LEFT JOIN group_roles gr ON gr.group_id = u.id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE u.organization_id = $1 ORDER BY u.name_key, u.id, r.key",
    )
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    let mut found: Vec<GroupHolding> = Vec::new();
    for row in &rows {
        let id = row.id("id")?;
        if found.last().is_none_or(|last| last.group.id != id) {
            let is_everyone = row.text("kind")? == "everyone";
            let group = GroupRef { id, name: row.text("name")? };
            found.push(GroupHolding { group, is_everyone, roles: Vec::new(), valid_until: None });
        }
        if let Some((last, key)) = found.last_mut().zip(row.maybe_text("role_key")?) {
            last.roles.push(key);
        }
    }
    Ok(found)
}

/// The keys of the roles that these groups carry; those without are missing.
///
/// # Errors
/// When the store does not answer.
pub async fn of(connection: &mut AnyConnection, groups: &[GroupId]) -> Outcome<HashMap<GroupId, Vec<String>>> {
    let rows = fetch_for(connection, &[], groups, |ids| {
        format!("SELECT gr.group_id, r.key FROM group_roles gr JOIN roles r ON r.id = gr.role_id WHERE gr.group_id IN ({ids})")
    })
    .await?;
    let mut found: HashMap<GroupId, Vec<String>> = HashMap::new();
    for row in &rows {
        found.entry(row.id("group_id")?).or_default().push(row.text("key")?);
    }
    Ok(found)
}
