//! Reads many accounts with all they hold, and writes what a change makes of them, a hundred at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::accounts::AccountState;
use domain::bulk::Target;
use domain::effective::{GroupHolding, Holdings};
use domain::grants::{Grant, GrantWhat};
use domain::groups::GroupRef;
use domain::invitations::Delivery;
use domain::{AccountId, GroupId, OrganizationId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::plan::Change;
use crate::accounts::store::kind;
use crate::failure::Outcome;
use crate::operations::{GrantRow, MembershipRow, Subject};
use crate::store::{Columns, Tx, Value, execute_for, fetch_for, insert_rows};

/// An account with all it holds.
pub struct Loaded {
    pub target: Target,
    pub version: i64,
    pub handle: String,
    /// What is over included, as the store has it.
    pub grants: Vec<(GrantWhat, GrantRow)>,
    pub memberships: Vec<(GroupId, MembershipRow)>,
}

/// The accounts of an organization that are among `ids`, deleted ones included, by few queries.
///
/// # Errors
/// When the store does not answer.
pub async fn load(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    ids: &[AccountId],
    at: Timestamp,
) -> Outcome<HashMap<AccountId, Loaded>> {
    let first = [organization.into()];
    let rows = fetch_for(connection, &first, ids, |ids| {
        format!(
            "SELECT a.id, a.kind, a.handle, a.version, a.activated_at, a.deactivated_at, a.deleted_at, a.valid_until, l.key AS level_key,
                    i.sent_at, i.expires_at, i.delivery, CASE WHEN p.password_hash IS NULL THEN 0 ELSE 1 END AS has_password
             FROM accounts a LEFT JOIN roles l ON l.id = a.level_id LEFT JOIN persons p ON p.id = a.person_id
             LEFT JOIN invitations i ON i.account_id = a.id AND a.activated_at IS NULL
             WHERE a.organization_id = $1 AND a.id IN ({ids})"
        )
    })
    .await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        found.insert(row.id("id")?, account(row)?);
    }
    let known: Vec<AccountId> = ids.iter().copied().filter(|id| found.contains_key(id)).collect();
    add_grants(connection, &known, at, &mut found).await?;
    add_memberships(connection, &known, at, &mut found).await?;
    add_everyone(connection, organization, &mut found).await?;
    Ok(found)
}

fn account(row: &AnyRow) -> Outcome<Loaded> {
    let delivery = row.maybe_text("delivery")?;
    let is_failed = delivery.as_deref() == Some(Delivery::Failed.as_str());
    // Of an open invitation only its end matters, and whether its mail was refused.
    let delivery = delivery.map(|_| if is_failed { Delivery::Failed } else { Delivery::Queued });
    let state = AccountState {
        activated_at: row.maybe_time("activated_at")?,
        deactivated_at: row.maybe_time("deactivated_at")?,
        deleted_at: row.maybe_time("deleted_at")?,
        valid_until: row.maybe_time("valid_until")?,
        invitation: delivery
            .map(|delivery| Ok::<_, crate::failure::Failure>((row.maybe_time("expires_at")?, delivery)))
            .transpose()?,
    };
    let level = row.maybe_text("level_key")?;
    let holdings = Holdings { kind: kind(row)?, state, level, grants: Vec::new(), groups: Vec::new() };
    Ok(Loaded {
        target: Target { id: row.id("id")?, can_sign_in: row.number("has_password")? == 1, holdings },
        version: row.number("version")?,
        handle: row.text("handle")?,
        grants: Vec::new(),
        memberships: Vec::new(),
    })
}

async fn add_grants(
    connection: &mut AnyConnection,
    ids: &[AccountId],
    at: Timestamp,
    found: &mut HashMap<AccountId, Loaded>,
) -> Outcome<()> {
    let rows = fetch_for(connection, &[], ids, |ids| {
        format!("SELECT account_id, what, key, valid_until, source, granted_by, granted_at FROM grants WHERE account_id IN ({ids}) ORDER BY account_id, what, key, source")
    })
    .await?;
    for row in &rows {
        let Some(account) = found.get_mut(&row.id("account_id")?) else { continue };
        let key = row.text("key")?;
        let what = if row.text("what")? == "role" { GrantWhat::Role(key) } else { GrantWhat::Permission(key) };
        let valid_until = row.maybe_time("valid_until")?;
        if valid_until.is_none_or(|until| until > at) {
            account.target.holdings.grants.push(Grant { what: what.clone(), valid_until });
        }
        let grant = GrantRow {
            valid_until,
            source: row.text("source")?,
            granted_by: row.maybe_text("granted_by")?,
            granted_at: row.time("granted_at")?,
        };
        account.grants.push((what, grant));
    }
    Ok(())
}

async fn add_memberships(
    connection: &mut AnyConnection,
    ids: &[AccountId],
    at: Timestamp,
    found: &mut HashMap<AccountId, Loaded>,
) -> Outcome<()> {
    let rows = fetch_for(connection, &[], ids, |ids| {
        format!(
            "SELECT m.account_id, m.group_id, u.name, m.valid_until, m.source, m.added_by, m.added_at, COALESCE(r.key, '') AS role_key
             FROM memberships m JOIN user_groups u ON u.id = m.group_id LEFT JOIN group_roles gr ON gr.group_id = u.id LEFT JOIN roles r ON r.id = gr.role_id
             WHERE m.account_id IN ({ids}) ORDER BY m.account_id, m.group_id"
        )
    })
    .await?;
    for row in &rows {
        let Some(account) = found.get_mut(&row.id("account_id")?) else { continue };
        let (id, valid_until): (GroupId, _) = (row.id("group_id")?, row.maybe_time("valid_until")?);
        let is_on = valid_until.is_none_or(|until| until > at);
        let groups = &mut account.target.holdings.groups;
        if account.memberships.last().is_none_or(|(last, _)| *last != id) {
            let membership = MembershipRow {
                valid_until,
                source: row.text("source")?,
                added_by: row.maybe_text("added_by")?,
                added_at: row.time("added_at")?,
            };
            account.memberships.push((id, membership));
            if is_on {
                let group = GroupRef { id, name: row.text("name")? };
                groups.push(GroupHolding { group, is_everyone: false, roles: Vec::new(), valid_until });
            }
        }
        let role = row.text("role_key")?;
        if let Some(holding) = groups.last_mut().filter(|_| is_on && !role.is_empty()) {
            holding.roles.push(role);
        }
    }
    Ok(())
}

async fn add_everyone(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    found: &mut HashMap<AccountId, Loaded>,
) -> Outcome<()> {
    let rows = sqlx::query(
        "SELECT u.id, u.name, COALESCE(r.key, '') AS role_key FROM user_groups u LEFT JOIN group_roles gr ON gr.group_id = u.id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE u.organization_id = $1 AND u.kind = 'everyone'",
    )
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    let Some(first) = rows.first() else { return Ok(()) };
    let group = GroupRef { id: first.id("id")?, name: first.text("name")? };
    let mut roles = rows.iter().map(|row| row.text("role_key")).collect::<Outcome<Vec<_>>>()?;
    roles.retain(|key| !key.is_empty());
    let everyone = GroupHolding { group, is_everyone: true, roles, valid_until: None };
    for account in found.values_mut() {
        account.target.holdings.groups.push(everyone.clone());
    }
    Ok(())
}

/// The Owners who are active and able to sign in, and stay so (I1).
///
/// # Errors
/// When the store does not answer.
pub async fn owners(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<BTreeSet<AccountId>> {
    let rows = sqlx::query(
        "SELECT a.id FROM grants g JOIN accounts a ON a.id = g.account_id JOIN persons p ON p.id = a.person_id
         WHERE a.organization_id = $1 AND g.what = 'role' AND g.key = 'owner' AND g.valid_until IS NULL AND a.kind = 'user'
           AND a.activated_at IS NOT NULL AND a.deactivated_at IS NULL AND a.deleted_at IS NULL AND a.valid_until IS NULL AND p.password_hash IS NOT NULL",
    )
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Makes of accounts what their changes say. Access that is taken away ends sessions too.
///
/// # Errors
/// When the store refuses.
pub async fn write(tx: &mut Tx, subject: &Subject, changes: &[Change], by: AccountId, at: Timestamp) -> Outcome<()> {
    let ids: Vec<AccountId> = changes.iter().map(|change| change.id).collect();
    match subject {
        Subject::Role { key, .. } => write_grants(tx, "role", key, &ids, changes).await?,
        Subject::Permission { key } => write_grants(tx, "permission", key, &ids, changes).await?,
        Subject::Group { id } => write_memberships(tx, *id, &ids, changes).await?,
        Subject::Status => write_status(tx, changes, at).await?,
        Subject::Level => {}
    }
    write_levels(tx, changes, by).await
}

/// The versions of accounts rise: whoever saw them as they were is told.
///
/// # Errors
/// When the store refuses.
pub async fn raise_versions(tx: &mut Tx, ids: &[AccountId]) -> Outcome<()> {
    execute_for(tx, &[], ids, |ids| format!("UPDATE accounts SET version = version + 1 WHERE id IN ({ids})")).await?;
    Ok(())
}

async fn write_grants(tx: &mut Tx, what: &str, key: &str, ids: &[AccountId], changes: &[Change]) -> Outcome<()> {
    execute_for(tx, &[what.into(), key.into()], ids, |ids| {
        format!("DELETE FROM grants WHERE what = $1 AND key = $2 AND account_id IN ({ids})")
    })
    .await?;
    let row = |id: AccountId, grant: &GrantRow| -> Vec<Value> {
        let GrantRow { valid_until, source, granted_by, granted_at } = grant.clone();
        vec![
            id.into(),
            what.into(),
            key.into(),
            valid_until.into(),
            source.into(),
            granted_by.into(),
            granted_at.into(),
        ]
    };
    let rows = changes.iter().flat_map(|change| change.after.grants.iter().map(|grant| row(change.id, grant)));
    let columns = "grants (account_id, what, key, valid_until, source, granted_by, granted_at)";
    insert_rows(tx, columns, 7, rows.collect()).await
}

async fn write_memberships(tx: &mut Tx, group: GroupId, ids: &[AccountId], changes: &[Change]) -> Outcome<()> {
    execute_for(tx, &[group.into()], ids, |ids| {
        format!("DELETE FROM memberships WHERE group_id = $1 AND account_id IN ({ids})")
    })
    .await?;
    let row = |change: &Change| -> Option<Vec<Value>> {
        let MembershipRow { valid_until, source, added_by, added_at } = change.after.membership.clone()?;
        let (account, group) = (change.id.into(), group.into());
        Some(vec![account, group, valid_until.into(), source.into(), added_by.into(), added_at.into()])
    };
    let columns = "memberships (account_id, group_id, valid_until, source, added_by, added_at)";
    insert_rows(tx, columns, 6, changes.iter().filter_map(row).collect()).await
}

/// Levels, and who gave them: an account that is still pending keeps its level only as far as they hold it (I12).
async fn write_levels(tx: &mut Tx, changes: &[Change], by: AccountId) -> Outcome<()> {
    let mut by_level: BTreeMap<Option<&str>, Vec<AccountId>> = BTreeMap::new();
    for change in changes {
        if let Some(level) = &change.after.level {
            by_level.entry(level.key.as_deref()).or_default().push(change.id);
        }
    }
    for (key, ids) in by_level {
        let level = Value::from(key.map(str::to_owned));
        execute_for(tx, &[level, by.into()], &ids, |ids| {
            format!(
                "UPDATE accounts SET level_id = (SELECT r.id FROM roles r WHERE r.organization_id = accounts.organization_id AND r.key = $1), level_granted_by = $2 WHERE id IN ({ids})"
            )
        })
        .await?;
    }
    Ok(())
}

async fn write_status(tx: &mut Tx, changes: &[Change], at: Timestamp) -> Outcome<()> {
    let mut by_time: BTreeMap<Option<Timestamp>, Vec<AccountId>> = BTreeMap::new();
    for change in changes {
        by_time.entry(change.after.deactivated_at).or_default().push(change.id);
    }
    for (deactivated_at, ids) in by_time {
        execute_for(tx, &[deactivated_at.into()], &ids, |ids| {
            format!("UPDATE accounts SET deactivated_at = $1 WHERE id IN ({ids})")
        })
        .await?;
        if deactivated_at.is_some() {
            execute_for(tx, &[at.into()], &ids, |ids| {
                format!("UPDATE sessions SET ended_at = $1 WHERE (ended_at IS NULL OR ended_at > $1) AND account_id IN ({ids})")
            })
            .await?;
        }
    }
    Ok(())
}
