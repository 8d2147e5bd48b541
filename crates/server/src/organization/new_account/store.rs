//! Reads the groups that every new user account is in.

use domain::grants::MembershipView;
use domain::groups::{GroupKind, GroupRef};
use domain::roles::RoleRef;
use domain::{GroupId, OrganizationId};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::Columns;

/// Everyone, then the default groups by name, each with its roles by name.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn groups(
    connection: &mut AnyConnection,
    organization: OrganizationId,
) -> Outcome<Vec<MembershipView>> {
    let rows = sqlx::query(
        "SELECT u.id, u.name, u.kind, COALESCE(r.key, '') AS role_key, COALESCE(r.name, '') AS role_name
         FROM user_groups u LEFT JOIN group_roles gr ON gr.group_id = u.id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE u.organization_id = $1
           AND (u.kind = 'everyone' OR u.id IN (SELECT group_id FROM default_groups WHERE organization_id = $1))
         ORDER BY CASE WHEN u.kind = 'everyone' THEN 0 ELSE 1 END, u.name_key, u.id, r.name, r.key",
    )
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    let mut groups: Vec<MembershipView> = Vec::new();
    for row in &rows {
        let id: GroupId = row.id("id")?;
        if groups.last().is_none_or(|last| last.group.id != id) {
            groups.push(MembershipView {
                group: GroupRef { id, name: row.text("name")? },
                is_everyone: row.text("kind")? == GroupKind::Everyone.as_str(),
                roles: Vec::new(),
                valid_until: None,
            });
        }
        let key = row.text("role_key")?;
        if let Some(last) = groups.last_mut().filter(|_| !key.is_empty()) {
            last.roles.push(RoleRef { key, name: row.text("role_name")? });
        }
    }
    Ok(groups)
}
