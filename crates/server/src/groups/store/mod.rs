//! Reads and creates groups.

pub(super) mod change;
pub(super) mod members;
pub mod roles;
pub mod ties;

use domain::groups::{Group, GroupKind, NewGroup};
use domain::roles::RoleRef;
use domain::text::fold;
use domain::{GroupId, OrganizationId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Dialect, Tx, Value, placeholder_list, query_with};

/// What a list of groups is narrowed to.
pub(super) struct GroupQuery {
    pub(super) search: String,
    /// Key of a role that they carry; any groups when absent.
    pub(super) role: Option<String>,
    /// The folded name after which the page begins.
    pub(super) after: Option<String>,
    pub(super) limit: u32,
    pub(super) at: Timestamp,
}

/// Columns of a group `g`; the placeholder is the time. Its members are those of an index alone, without the few who are
/// deleted: to ask of each member whether it is would read all of them.
fn columns(now: &str) -> String {
    let lasts = format!("(m.valid_until IS NULL OR m.valid_until > {now})");
    format!(
        "g.id, g.name, g.description, g.kind, g.version,
                CASE WHEN g.kind = 'everyone' THEN (SELECT COUNT(*) FROM accounts a WHERE a.organization_id = g.organization_id AND a.deleted_at IS NULL)
                     ELSE (SELECT COUNT(*) FROM memberships m WHERE m.group_id = g.id AND {lasts})
                          - (SELECT COUNT(*) FROM accounts a CROSS JOIN memberships m
                             WHERE a.organization_id = g.organization_id AND a.deleted_at IS NOT NULL AND m.account_id = a.id AND m.group_id = g.id AND {lasts})
                END AS members"
    )
}

/// A group without its roles.
fn group(row: &AnyRow) -> Outcome<Group> {
    let kind = match row.text("kind")?.as_str() {
        "everyone" => GroupKind::Everyone,
        "team" => GroupKind::Team,
        _ => GroupKind::Group,
    };
    Ok(Group {
        id: row.id("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        kind,
        roles: Vec::new(),
        members: u64::try_from(row.number("members")?).unwrap_or_default(),
        version: row.number("version")?,
    })
}

/// One group.
///
/// # Errors
/// `NotFound` where the organization has none of this id.
pub async fn lookup(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    id: GroupId,
    at: Timestamp,
) -> Outcome<Group> {
    let sql = format!("SELECT {} FROM user_groups g WHERE g.id = $1 AND g.organization_id = $2", columns("$3"));
    let values = vec![id.into(), organization.into(), at.into()];
    let row = query_with(sql, values).fetch_optional(&mut *connection).await?.ok_or(Failure::NotFound)?;
    let mut groups = [group(&row)?];
    add_roles(connection, &mut groups).await?;
    let [group] = groups;
    Ok(group)
}

/// The id of the group of all accounts.
///
/// # Errors
/// When the store does not answer.
pub async fn everyone_id(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Option<GroupId>> {
    let row = sqlx::query("SELECT id FROM user_groups WHERE organization_id = $1 AND kind = 'everyone'")
        .bind(organization.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.id("id")).transpose()
}

/// How many groups there are.
pub(super) async fn count(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<usize> {
    let row = sqlx::query("SELECT COUNT(*) AS total FROM user_groups WHERE organization_id = $1")
        .bind(organization.to_string())
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(row.number("total")?).unwrap_or(usize::MAX))
}

/// A page of groups by name, Everyone among them; and how many there are.
pub(super) async fn list(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    query: &GroupQuery,
) -> Outcome<(Vec<Group>, u64)> {
    let search = dialect.contains("g.name_key", "$2");
    let carries = "($3 = '' OR EXISTS (SELECT 1 FROM group_roles gr JOIN roles r ON r.id = gr.role_id WHERE gr.group_id = g.id AND r.key = $3))";
    let sql = format!(
        "SELECT {} FROM user_groups g WHERE g.organization_id = $1 AND {search} AND {carries} AND g.name_key > $4 ORDER BY g.name_key LIMIT $5",
        columns("$6")
    );
    let (organization, searched) = (Value::from(organization), Value::from(fold(&query.search)));
    let role = Value::from(query.role.clone().unwrap_or_default());
    let after = Value::from(query.after.clone().unwrap_or_default());
    let limit = i64::from(query.limit).into();
    let values = vec![organization.clone(), searched.clone(), role.clone(), after, limit, query.at.into()];
    let rows = query_with(sql, values).fetch_all(&mut *connection).await?;
    let count = query_with(
        format!("SELECT COUNT(*) AS total FROM user_groups g WHERE g.organization_id = $1 AND {search} AND {carries}"),
        vec![organization, searched, role],
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut groups = rows.iter().map(group).collect::<Outcome<Vec<_>>>()?;
    add_roles(connection, &mut groups).await?;
    Ok((groups, u64::try_from(count.number("total")?).unwrap_or_default()))
}

async fn add_roles(connection: &mut AnyConnection, groups: &mut [Group]) -> Outcome<()> {
    if groups.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "SELECT gr.group_id, r.key, r.name FROM group_roles gr JOIN roles r ON r.id = gr.role_id WHERE gr.group_id IN ({}) ORDER BY r.name_key",
        placeholder_list(1, groups.len())
    );
    let rows = query_with(sql, groups.iter().map(|group| group.id.into()).collect()).fetch_all(connection).await?;
    for row in &rows {
        let id: GroupId = row.id("group_id")?;
        if let Some(group) = groups.iter_mut().find(|group| group.id == id) {
            group.roles.push(RoleRef { key: row.text("key")?, name: row.text("name")? });
        }
    }
    Ok(())
}

/// Names of groups of these ids that an invitation may name, with the permissions of their roles; Everyone is none of them.
///
/// # Errors
/// When the store does not answer.
pub async fn find_joinable(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    ids: &[GroupId],
) -> Outcome<Vec<(GroupId, Vec<String>)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT g.id, COALESCE(p.permission, '') AS permission
         FROM user_groups g LEFT JOIN group_roles gr ON gr.group_id = g.id LEFT JOIN role_permissions p ON p.role_id = gr.role_id
         WHERE g.organization_id = $1 AND g.kind = 'group' AND g.id IN ({}) ORDER BY g.id",
        placeholder_list(2, ids.len())
    );
    let values = std::iter::once(organization.into()).chain(ids.iter().map(|id| (*id).into())).collect();
    let mut found: Vec<(GroupId, Vec<String>)> = Vec::new();
    for row in &query_with(sql, values).fetch_all(connection).await? {
        let id = row.id("id")?;
        if found.last().is_none_or(|(last, _)| *last != id) {
            found.push((id, Vec::new()));
        }
        let permission = row.text("permission")?;
        if let Some((_, permissions)) = found.last_mut().filter(|_| !permission.is_empty()) {
            permissions.push(permission);
        }
    }
    Ok(found)
}

/// Whether a group of this name is there already, whatever its case.
pub(super) async fn is_taken(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    name_key: &str,
) -> Outcome<bool> {
    let row = sqlx::query("SELECT id FROM user_groups WHERE organization_id = $1 AND name_key = $2")
        .bind(organization.to_string())
        .bind(name_key.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Adds a group without members.
///
/// # Errors
/// When the store refuses.
pub async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    id: GroupId,
    kind: GroupKind,
    group: &NewGroup,
    at: Timestamp,
) -> Outcome<()> {
    sqlx::query("INSERT INTO user_groups (id, organization_id, name, name_key, description, kind, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(id.to_string())
        .bind(organization.to_string())
        .bind(group.name.to_string())
        .bind(group.name.key())
        .bind(group.description.clone())
        .bind(kind.as_str())
        .bind(at.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
