//! Reads roles, and lays down those of a profile.

pub(super) mod change;
pub mod holders;

use domain::profile::Profile;
use domain::roles::{OWNER_ROLE, OWNER_ROLE_NAME, Role, RoleDefinition};
use domain::text::fold;
use domain::{OrganizationId, RoleId, Timestamp};
use sqlx::AnyConnection;

use crate::failure::{Failure, Outcome};
use crate::random;
use crate::store::{Columns, Tx, insert_rows};

/// All roles of an organization with their permissions: levels from the highest down, then the others by name. Who holds
/// them is not counted.
///
/// # Errors
/// When the store does not answer.
pub async fn list(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Vec<Role>> {
    let rows = sqlx::query(
        "SELECT r.id, r.key, r.name, r.description, r.built_in, r.level_rank, r.version, COALESCE(p.permission, '') AS permission
         FROM roles r LEFT JOIN role_permissions p ON p.role_id = r.id WHERE r.organization_id = $1
         ORDER BY COALESCE(r.level_rank, 0) DESC, r.name_key, r.key, p.permission",
    )
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    let mut roles: Vec<Role> = Vec::new();
    for row in &rows {
        let key = row.text("key")?;
        if roles.last().is_none_or(|last| last.key != key) {
            let level_rank = row.maybe_number("level_rank")?.map(|rank| u32::try_from(rank).unwrap_or_default());
            roles.push(Role {
                id: row.id("id")?,
                key,
                name: row.text("name")?,
                description: row.text("description")?,
                permissions: Vec::new(),
                built_in: row.number("built_in")? == 1,
                level_rank,
                accounts: 0,
                service_accounts: 0,
                groups: 0,
                version: row.number("version")?,
            });
        }
        let permission = row.text("permission")?;
        if let Some(last) = roles.last_mut().filter(|_| !permission.is_empty()) {
            last.permissions.push(permission);
        }
    }
    Ok(roles)
}

/// The id of a role or level.
///
/// # Errors
/// `NotFound` when the organization has no such role.
pub async fn id_of(connection: &mut AnyConnection, organization: OrganizationId, key: &str) -> Outcome<RoleId> {
    let row = sqlx::query("SELECT id FROM roles WHERE organization_id = $1 AND key = $2")
        .bind(organization.to_string())
        .bind(key.to_owned())
        .fetch_optional(connection)
        .await?;
    row.ok_or(Failure::NotFound)?.id("id")
}

/// Lays down the Owner role, the levels and the roles of a profile.
///
/// # Errors
/// When the store refuses.
pub async fn create_built_in(
    tx: &mut Tx,
    organization: OrganizationId,
    profile: &Profile,
    at: Timestamp,
) -> Outcome<()> {
    let owner = RoleDefinition {
        key: OWNER_ROLE.to_owned(),
        name: OWNER_ROLE_NAME.to_owned(),
        description: "Holds every permission of the console and of the product.".to_owned(),
        permissions: vec!["*".to_owned()],
        level_rank: None,
    };
    let (mut roles, mut permissions) = (Vec::new(), Vec::new());
    for role in profile.levels.iter().chain(&profile.roles).chain([&owner]) {
        let id: RoleId = random::id(at)?;
        roles.push(vec![
            id.into(),
            organization.into(),
            role.key.clone().into(),
            role.name.clone().into(),
            fold(&role.name).into(),
            role.description.clone().into(),
            1_i64.into(),
            role.level_rank.map(i64::from).into(),
            at.into(),
        ]);
        let mut keys = role.permissions.clone();
        keys.sort();
        keys.dedup();
        permissions.extend(keys.into_iter().map(|key| vec![id.into(), key.into()]));
    }
    insert_rows(
        tx,
        "roles (id, organization_id, key, name, name_key, description, built_in, level_rank, created_at)",
        9,
        roles,
    )
    .await?;
    insert_rows(tx, "role_permissions (role_id, permission)", 2, permissions).await
}
