//! Reads accounts whole. What a row says comes as one text: on the way from the database each value costs more than in it.

use domain::accounts::{Account, AccountKind, AccountState, AuthMethod, TeamRef};
use domain::groups::GroupRef;
use domain::invitations::{Delivery, InvitationOutcome, InvitationView};
use domain::roles::RoleRef;
use domain::{AccountId, GroupId, Timestamp};
use serde::Deserialize;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::services;
use crate::failure::Outcome;
use crate::store::{Columns, Dialect, Value, query_with};

/// In the order of the fields of `AccountRow`, whose last one is its invitation.
const COLUMNS: &str = "a.id, a.kind, a.handle, a.email, a.display_name, a.activated_at, a.deactivated_at, a.deleted_at, a.valid_until, a.created_at,
    a.last_active_at, a.last_sign_in_at, a.version, a.description, p.user_name, CASE WHEN p.password_hash IS NULL THEN 0 ELSE 1 END,
    l.key, l.name";
/// In the order of the fields of `InvitationRow`.
const INVITATION_COLUMNS: &str =
    "i.sent_at, i.expires_at, i.delivery, i.attempts, i.last_error, i.link_requested_at, i.outcome, s.display_name";
// An invitation is looked up only where it is shown: most accounts are in, and nothing is looked up for NULL.
const JOINS: &str = "LEFT JOIN persons p ON p.id = a.person_id LEFT JOIN roles l ON l.id = a.level_id
    LEFT JOIN invitations i ON i.account_id = CASE WHEN a.activated_at IS NULL THEN a.id END LEFT JOIN accounts s ON s.id = i.sent_by";

#[derive(Deserialize)]
struct AccountRow {
    id: AccountId,
    kind: AccountKind,
    handle: String,
    email: Option<String>,
    display_name: String,
    activated_at: Option<i64>,
    deactivated_at: Option<i64>,
    deleted_at: Option<i64>,
    valid_until: Option<i64>,
    created_at: i64,
    last_active_at: Option<i64>,
    last_sign_in_at: Option<i64>,
    version: i64,
    description: String,
    user_name: Option<String>,
    has_password: i64,
    level_key: Option<String>,
    level_name: Option<String>,
    invitation: InvitationRow,
}

/// Empty but for accounts that are not in yet.
#[derive(Deserialize)]
struct InvitationRow {
    sent_at: Option<i64>,
    expires_at: Option<i64>,
    delivery: Option<String>,
    attempts: Option<u32>,
    last_error: Option<String>,
    link_requested_at: Option<i64>,
    outcome: Option<String>,
    sent_by: Option<String>,
}

/// A role or a single permission: what it is, its key and its name.
#[derive(Deserialize)]
struct GrantRow(String, String, String);

/// A group or a team: its kind, id and name, and the role in it.
#[derive(Deserialize)]
struct MembershipRow(String, GroupId, String, String);

/// The accounts of a statement: `from` names the table `accounts a`, and `rest` is conditions, order and limit.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn read(
    connection: &mut AnyConnection,
    from: &str,
    rest: &str,
    mut values: Vec<Value>,
    at: Timestamp,
) -> Outcome<Vec<Account>> {
    values.push(at.into());
    let now = format!("${}", values.len());
    let dialect = Dialect::of(connection);
    let grants = dialect.json_rows("g.what, g.key, COALESCE(r.name, g.key)");
    let memberships = dialect.json_rows("u.kind, u.id, u.name, COALESCE(m.team_role, '')");
    let sql = format!(
        "SELECT {} AS account,
           (SELECT {grants} FROM grants g LEFT JOIN roles r ON r.organization_id = a.organization_id AND r.key = g.key AND g.what = 'role'
            WHERE g.account_id = a.id AND (g.valid_until IS NULL OR g.valid_until > {now})) AS grants,
           (SELECT {memberships} FROM memberships m JOIN user_groups u ON u.id = m.group_id
            WHERE m.account_id = a.id AND (m.valid_until IS NULL OR m.valid_until > {now})) AS memberships
         FROM {from} {JOINS} {rest}",
        dialect.json_row(&format!("{COLUMNS}, {}", dialect.json_array(INVITATION_COLUMNS)))
    );
    let rows = query_with(sql, values).fetch_all(&mut *connection).await?;
    let mut accounts = rows.iter().map(|row| account(row, at)).collect::<Outcome<Vec<_>>>()?;
    services::add(connection, &mut accounts, at).await?;
    Ok(accounts)
}

fn account(row: &AnyRow, at: Timestamp) -> Outcome<Account> {
    let found: AccountRow = serde_json::from_str(&row.text("account")?)?;
    let time = |millis: Option<i64>| millis.map(Timestamp::from_millis);
    let (activated_at, deactivated_at) = (time(found.activated_at), time(found.deactivated_at));
    let status = AccountState { activated_at, deactivated_at, ..AccountState::default() }.status();
    let mut account = Account {
        id: found.id,
        kind: found.kind,
        handle: found.handle,
        email: found.email,
        display_name: found.display_name,
        user_name: found.user_name,
        status,
        level: found.level_key.zip(found.level_name).map(|(key, name)| RoleRef { key, name }),
        roles: Vec::new(),
        groups: Vec::new(),
        teams: Vec::new(),
        permissions: Vec::new(),
        auth_methods: if found.has_password == 1 { vec![AuthMethod::Password] } else { Vec::new() },
        last_active_at: time(found.last_active_at),
        last_sign_in_at: time(found.last_sign_in_at),
        created_at: Timestamp::from_millis(found.created_at),
        deactivated_at,
        deleted_at: time(found.deleted_at),
        valid_until: time(found.valid_until),
        invitation: if found.activated_at.is_none() { invitation(found.invitation, at) } else { None },
        version: found.version,
        description: found.description,
        owner: None,
        tokens: None,
        is_beyond_reach: false,
    };
    add_grants(&mut account, serde_json::from_str(&row.text("grants")?)?);
    add_memberships(&mut account, serde_json::from_str(&row.text("memberships")?)?);
    Ok(account)
}

fn invitation(row: InvitationRow, at: Timestamp) -> Option<InvitationView> {
    let time = |millis: Option<i64>| millis.map(Timestamp::from_millis);
    let expires_at = time(row.expires_at);
    let delivery = match row.delivery.as_deref() {
        Some("sent") => Delivery::Sent,
        Some("failed") => Delivery::Failed,
        Some("link_only") => Delivery::LinkOnly,
        _ => Delivery::Queued,
    };
    Some(InvitationView {
        sent_at: time(row.sent_at)?,
        expires_at,
        expired: expires_at.is_some_and(|end| end <= at),
        delivery,
        attempts: row.attempts.unwrap_or_default(),
        error: row.last_error,
        sent_by: row.sent_by,
        link_requested_at: time(row.link_requested_at),
        needs_new_link: false,
        outcome: row.outcome.as_deref().and_then(outcome),
    })
}

/// Reads an invitation's outcome as the store writes it.
#[must_use]
pub fn outcome(text: &str) -> Option<InvitationOutcome> {
    [InvitationOutcome::Accepted, InvitationOutcome::Declined, InvitationOutcome::Withdrawn]
        .into_iter()
        .find(|outcome| outcome.as_str() == text)
}

/// Adds roles and single permissions by name; one that was given twice is there once.
fn add_grants(account: &mut Account, mut grants: Vec<GrantRow>) {
    grants.sort_by(|GrantRow(_, key, name), GrantRow(_, other_key, other)| (name, key).cmp(&(other, other_key)));
    grants.dedup_by(|one, other| (&one.0, &one.1) == (&other.0, &other.1));
    for GrantRow(what, key, name) in grants {
        match what.as_str() {
            "role" => account.roles.push(RoleRef { key, name }),
            _ => account.permissions.push(key),
        }
    }
}

/// Adds groups and teams by name.
fn add_memberships(account: &mut Account, mut memberships: Vec<MembershipRow>) {
    memberships.sort_by(|MembershipRow(_, id, name, _), MembershipRow(_, other_id, other, _)| {
        (name, id).cmp(&(other, other_id))
    });
    for MembershipRow(kind, id, name, role) in memberships {
        match kind.as_str() {
            "team" => account.teams.push(TeamRef { id, name, role }),
            _ => account.groups.push(GroupRef { id, name }),
        }
    }
}
