//! Reads sessions and what accounts hold.

use std::collections::HashMap;

use domain::accounts::{AccountKind, AccountState};
use domain::effective::{GroupHolding, Holdings};
use domain::grants::{Grant, GrantWhat};
use domain::groups::GroupRef;
use domain::session::PersonView;
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::session::Pulse;
use crate::failure::{Failure, Outcome};
use crate::organization::store::{ORGANIZATION_COLUMNS, OrganizationRow, organization_row};
use crate::store::{Columns, Db, Tx, placeholder_list, query_with};

/// A session with its person, its account and its organization.
pub(super) struct SessionRow {
    pub(super) person: PersonView,
    pub(super) account: AccountId,
    pub(super) handle: String,
    pub(super) level: Option<String>,
    pub(super) state: AccountState,
    pub(super) organization: OrganizationRow,
    pub(super) created_at: Timestamp,
    /// When the password was proved last.
    pub(super) proved_at: Timestamp,
    last_seen_at: Timestamp,
    ended_at: Option<Timestamp>,
    last_active_at: Option<Timestamp>,
}

impl SessionRow {
    pub(super) fn pulse(&self) -> Pulse {
        Pulse {
            display_name: self.person.display_name.clone(),
            user_name: self.person.user_name.clone(),
            last_seen_at: self.last_seen_at,
            ended_at: self.ended_at,
            last_active_at: self.last_active_at,
            marks: self.organization.marks(),
        }
    }
}

pub(super) async fn find_session(connection: &mut AnyConnection, session_hash: &str) -> Outcome<Option<SessionRow>> {
    let sql = format!(
        "SELECT s.created_at, COALESCE(s.confirmed_at, s.created_at) AS proved_at, s.last_seen_at, s.ended_at, p.id AS person_id, p.email, p.display_name, p.user_name,
                a.id AS account_id, a.handle, a.activated_at, a.deactivated_at, a.deleted_at, a.valid_until, a.last_active_at, l.key AS level_key, {ORGANIZATION_COLUMNS}
         FROM sessions s
         JOIN persons p ON p.id = s.person_id
         JOIN accounts a ON a.id = s.account_id
         JOIN organizations o ON o.id = s.organization_id
         LEFT JOIN roles l ON l.id = a.level_id
         WHERE s.id_hash = $1"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(session_hash.to_owned()).fetch_optional(connection).await?;
    row.map(|row| session_row(&row)).transpose()
}

fn session_row(row: &AnyRow) -> Outcome<SessionRow> {
    Ok(SessionRow {
        person: PersonView {
            id: row.id("person_id")?,
            email: row.text("email")?,
            display_name: row.text("display_name")?,
            user_name: row.maybe_text("user_name")?,
        },
        account: row.id("account_id")?,
        handle: row.text("handle")?,
        level: row.maybe_text("level_key")?,
        state: state(row)?,
        created_at: row.time("created_at")?,
        proved_at: row.time("proved_at")?,
        last_seen_at: row.time("last_seen_at")?,
        ended_at: row.maybe_time("ended_at")?,
        last_active_at: row.maybe_time("last_active_at")?,
        organization: organization_row(row)?,
    })
}

/// That a session `s` goes on, or is the older id of one that does. Whether something ended it a moment ago is not told by the
/// time of the request alone, which is older than that.
#[must_use]
pub fn goes_on(at: usize) -> String {
    format!(
        "(s.ended_at IS NULL OR (s.ended_at > ${at} AND EXISTS (
             SELECT 1 FROM sessions newer WHERE newer.sign_in_id = s.sign_in_id AND newer.ended_at IS NULL)))"
    )
}

/// # Errors
/// `NotSignedIn` when the session has ended.
pub(super) async fn require_going_on(tx: &mut Tx, session_hash: &str, at: Timestamp) -> Outcome<()> {
    let sql = format!("SELECT 1 FROM sessions s WHERE s.id_hash = $1 AND {}", goes_on(2));
    let row = query_with(sql, vec![session_hash.into(), at.into()]).fetch_optional(&mut **tx).await?;
    row.map(|_| ()).ok_or(Failure::NotSignedIn)
}

/// Sessions that one statement asks for.
const PULSES_PER_STATEMENT: usize = 64;

/// The pulses of sessions, by their hashes; none of those that are not there.
pub(super) async fn pulses(connection: &mut AnyConnection, hashes: &[String]) -> Outcome<HashMap<String, Pulse>> {
    let mut found = HashMap::with_capacity(hashes.len());
    for chunk in hashes.chunks(PULSES_PER_STATEMENT) {
        // Of few lengths, so that few statements are prepared: what is asked for twice is answered once.
        let asked = chunk.len().next_power_of_two();
        let values = chunk.iter().cycle().take(asked).map(|hash| hash.as_str().into()).collect();
        let sql = format!(
            "SELECT s.id_hash, s.last_seen_at, s.ended_at, a.last_active_at, o.revision, o.rights_revision, o.tokens_revision, o.version, p.display_name, p.user_name
             FROM sessions s JOIN persons p ON p.id = s.person_id JOIN accounts a ON a.id = s.account_id JOIN organizations o ON o.id = s.organization_id
             WHERE s.id_hash IN ({})",
            placeholder_list(1, asked)
        );
        for row in query_with(sql, values).fetch_all(&mut *connection).await? {
            found.insert(row.try_get(0)?, pulse(&row)?);
        }
    }
    Ok(found)
}

fn pulse(row: &AnyRow) -> Outcome<Pulse> {
    let time = |number: Option<i64>| number.map(Timestamp::from_millis);
    Ok(Pulse {
        display_name: row.try_get(8)?,
        user_name: row.try_get(9)?,
        last_seen_at: Timestamp::from_millis(row.try_get(1)?),
        ended_at: time(row.try_get(2)?),
        last_active_at: time(row.try_get(3)?),
        marks: [row.try_get(4)?, row.try_get(5)?, row.try_get(6)?, row.try_get(7)?],
    })
}

fn state(row: &AnyRow) -> Outcome<AccountState> {
    Ok(AccountState {
        activated_at: row.maybe_time("activated_at")?,
        deactivated_at: row.maybe_time("deactivated_at")?,
        deleted_at: row.maybe_time("deleted_at")?,
        valid_until: row.maybe_time("valid_until")?,
        invitation: None,
    })
}

const ACCOUNT: &str = "SELECT a.organization_id, a.kind, a.activated_at, a.deactivated_at, a.deleted_at, a.valid_until, l.key AS level_key
    FROM accounts a LEFT JOIN roles l ON l.id = a.level_id WHERE a.id = $1";

/// What an account holds: its level, grants, groups, and Everyone.
///
/// # Errors
/// When there is no such account.
pub async fn holdings_of(connection: &mut AnyConnection, account_id: AccountId) -> Outcome<Holdings> {
    let row = sqlx::query(ACCOUNT).bind(account_id.to_string()).fetch_optional(&mut *connection).await?;
    of_row(connection, account_id, &row.ok_or(Failure::NotFound)?).await
}

/// As `holdings_of`, of an account that may be another organization's, or none.
///
/// # Errors
/// When the store does not answer.
pub async fn find_holdings(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    account_id: AccountId,
) -> Outcome<Option<Holdings>> {
    let row = sqlx::query(ACCOUNT).bind(account_id.to_string()).fetch_optional(&mut *connection).await?;
    match row {
        Some(row) if row.id::<domain::id::kind::Organization>("organization_id")? == organization => {
            of_row(connection, account_id, &row).await.map(Some)
        }
        _ => Ok(None),
    }
}

async fn of_row(connection: &mut AnyConnection, account_id: AccountId, row: &AnyRow) -> Outcome<Holdings> {
    let organization = row.id("organization_id")?;
    let mut found = holdings(connection, account_id, organization, state(row)?, row.maybe_text("level_key")?).await?;
    if row.text("kind")? == AccountKind::Service.as_str() {
        found.kind = AccountKind::Service;
    }
    Ok(found)
}

/// As `holdings_of`, for a user whose row is known already.
pub(super) async fn holdings(
    connection: &mut AnyConnection,
    account_id: AccountId,
    organization_id: OrganizationId,
    state: AccountState,
    level: Option<String>,
) -> Outcome<Holdings> {
    let rows = sqlx::query(
        "SELECT g.what AS source, g.key AS first, '' AS second, '' AS role_key, g.valid_until FROM grants g WHERE g.account_id = $1
         UNION ALL
         SELECT 'group', u.id, u.name, COALESCE(r.key, ''), m.valid_until
         FROM memberships m JOIN user_groups u ON u.id = m.group_id
         LEFT JOIN group_roles gr ON gr.group_id = u.id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE m.account_id = $1
         UNION ALL
         SELECT 'everyone', u.id, u.name, COALESCE(r.key, ''), NULL
         FROM user_groups u LEFT JOIN group_roles gr ON gr.group_id = u.id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE u.organization_id = $2 AND u.kind = 'everyone'",
    )
    .bind(account_id.to_string())
    .bind(organization_id.to_string())
    .fetch_all(connection)
    .await?;
    let mut found = Holdings { kind: AccountKind::User, state, level, grants: Vec::new(), groups: Vec::new() };
    for row in &rows {
        add_holding(&mut found, row)?;
    }
    Ok(found)
}

fn add_holding(found: &mut Holdings, row: &AnyRow) -> Outcome<()> {
    let (source, first, valid_until) = (row.text("source")?, row.text("first")?, row.maybe_time("valid_until")?);
    match source.as_str() {
        "role" => found.grants.push(Grant { what: GrantWhat::Role(first), valid_until }),
        "permission" => found.grants.push(Grant { what: GrantWhat::Permission(first), valid_until }),
        _ => {
            let (id, role) = (crate::store::parse_id(&first)?, row.text("role_key")?);
            if !found.groups.iter().any(|holding| holding.group.id == id) {
                let group = GroupRef { id, name: row.text("second")? };
                found.groups.push(GroupHolding {
                    group,
                    is_everyone: source == "everyone",
                    roles: Vec::new(),
                    valid_until,
                });
            }
            let holding = found.groups.iter_mut().find(|holding| holding.group.id == id);
            if let Some(holding) = holding.filter(|_| !role.is_empty()) {
                holding.roles.push(role);
            }
        }
    }
    Ok(())
}

/// Notes when a session and its account were last seen, and counts the days on which the account was active.
pub(super) async fn touch(
    db: &Db,
    session_hash: &str,
    account_id: AccountId,
    last_active_at: Option<Timestamp>,
    at: Timestamp,
) -> Outcome<()> {
    let mut tx = db.begin().await?;
    // The account first, as whoever deactivates it does: two in the other order would wait for each other.
    let new_day = i64::from(last_active_at.is_none_or(|last| last.day() < at.day()));
    sqlx::query("UPDATE accounts SET last_active_at = $1, active_days = active_days + $2 WHERE id = $3 AND COALESCE(last_active_at, 0) < $1")
        .bind(at.millis())
        .bind(new_day)
        .bind(account_id.to_string())
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE sessions SET last_seen_at = $1 WHERE id_hash = $2 AND last_seen_at < $1")
        .bind(at.millis())
        .bind(session_hash.to_owned())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
