//! Reads and changes accounts.

mod counts;
pub mod holding;
pub mod permissions;
mod services;
mod status;

pub use counts::{status_counts, total};

use std::collections::HashMap;

use domain::accounts::{
    Account, AccountKind, AccountRef, AccountSort, AccountStatus, AuthMethod, Direction, InvitationFilter, NO_LEVEL,
    TeamRef,
};
use domain::groups::GroupRef;
use domain::id::Id;
use domain::invitations::{Delivery, ENDED_INVITATION_LISTED_MS, InvitationOutcome, InvitationView};
use domain::roles::RoleRef;
use domain::{AccountId, OrganizationId, RoleId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::query::ListQuery;

use crate::failure::{Current, Failure, Outcome};
use crate::secrets::hex;
use crate::store::{Columns, Dialect, Tx, Value, placeholder_list, query_with};

const COLUMNS: &str = "a.id, a.kind, a.handle, a.email, a.display_name, a.activated_at, a.deactivated_at, a.deleted_at, a.valid_until, a.created_at,
    a.last_active_at, a.last_sign_in_at, a.version, a.description, p.user_name, CASE WHEN p.password_hash IS NULL THEN 0 ELSE 1 END AS has_password,
    l.key AS level_key, l.name AS level_name, i.sent_at, i.expires_at, i.delivery, i.attempts, i.last_error, i.link_requested_at, i.outcome, s.display_name AS sent_by";
const JOINS: &str = "LEFT JOIN persons p ON p.id = a.person_id LEFT JOIN roles l ON l.id = a.level_id
    LEFT JOIN invitations i ON i.account_id = a.id LEFT JOIN accounts s ON s.id = i.sent_by";

/// Where a page begins: after the row of this sort key and id.
#[derive(Debug, Clone)]
pub struct Cursor {
    key: Value,
    id: String,
}

impl Cursor {
    /// Reads what `write` made; none where it is something else.
    #[must_use]
    pub fn parse(text: &str, sort: AccountSort) -> Option<Self> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let bytes: Option<Vec<u8>> =
            text.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect();
        let text = String::from_utf8(bytes?).ok()?;
        let (key, id) = text.rsplit_once('\n').filter(|_| !text.contains('\0'))?;
        id.parse::<AccountId>().ok()?;
        let key = match sort {
            AccountSort::Name | AccountSort::Email => key.into(),
            AccountSort::LastActive | AccountSort::Created => key.parse::<i64>().ok()?.into(),
        };
        Some(Self { key, id: id.to_owned() })
    }

    fn write(account: &Account, sort: AccountSort) -> String {
        let key = match sort {
            AccountSort::Name => domain::text::fold(&account.display_name),
            AccountSort::Email => account.handle.clone(),
            AccountSort::LastActive => account.last_active_at.unwrap_or_default().millis().to_string(),
            AccountSort::Created => account.created_at.millis().to_string(),
        };
        Self::text(&key, account.id)
    }

    /// What `parse` reads, of a row's sort key and id.
    #[must_use]
    pub fn text<T>(key: &str, id: Id<T>) -> String {
        hex(format!("{key}\n{id}").as_bytes())
    }

    /// Sort key and id, for a condition.
    #[must_use]
    pub fn values(&self) -> [Value; 2] {
        [self.key.clone(), self.id.as_str().into()]
    }
}

const fn sort_expression(sort: AccountSort) -> &'static str {
    match sort {
        AccountSort::Name => "a.name_key",
        AccountSort::Email => "a.handle",
        AccountSort::LastActive => "COALESCE(a.last_active_at, 0)",
        AccountSort::Created => "a.created_at",
    }
}

/// The conditions of a list with their values, without the cursor's.
fn conditions(dialect: Dialect, organization: OrganizationId, query: &ListQuery) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![organization.into(), query.kind.as_str().into()];
    let mut sql = "a.organization_id = $1 AND a.kind = $2".to_owned();
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    match query.invitation {
        None => sql.push_str(" AND a.deleted_at IS NULL"),
        Some(InvitationFilter::Open) => {
            sql.push_str(" AND a.deleted_at IS NULL AND a.activated_at IS NULL AND a.deactivated_at IS NULL")
        }
        Some(InvitationFilter::Ended) => {
            let since = place(query.at.plus(-ENDED_INVITATION_LISTED_MS).into());
            sql.push_str(&format!(" AND a.deleted_at > {since} AND a.activated_at IS NULL"));
        }
    }
    if let Some(status) = query.status {
        let now = place(query.at.into());
        sql.push_str(&format!(" AND {}", status::condition(status, &now)));
    }
    match query.level.as_deref() {
        None => {}
        Some(NO_LEVEL) => sql.push_str(" AND a.level_id IS NULL"),
        Some(level) => {
            let level = place(level.into());
            sql.push_str(&format!(" AND l.key = {level}"));
        }
    }
    if !query.search.is_empty() {
        let search = place(query.search.as_str().into());
        sql.push_str(&format!(" AND {}", dialect.contains("a.search_text", &search)));
    }
    (sql, values)
}

/// The tables beside `accounts` that the conditions of a list ask.
fn condition_joins(query: &ListQuery) -> String {
    let invitations = if query.status.is_some() { "LEFT JOIN invitations i ON i.account_id = a.id" } else { "" };
    let levels = if query.level.is_some() { "LEFT JOIN roles l ON l.id = a.level_id" } else { "" };
    format!("{invitations} {levels}")
}

/// One page of the list, and the cursor of the next. For a page far behind its cursor the ids are found first, in an
/// index alone; only its own rows are then read whole.
///
/// # Errors
/// When the store does not answer.
pub async fn page(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    query: &ListQuery,
) -> Outcome<(Vec<Account>, Option<String>)> {
    let (mut conditions, mut values) = conditions(dialect, organization, query);
    conditions.push_str(&holding::conditions(connection, &query.holdings, query.at, &mut values).await?);
    let (sign, order) = if query.direction == Direction::Ascending { (">", "ASC") } else { ("<", "DESC") };
    let key = sort_expression(query.sort);
    if let Some(cursor) = &query.cursor {
        values.extend(cursor.values());
        conditions.push_str(&format!(" AND ({key}, a.id) {sign} (${}, ${})", values.len() - 1, values.len()));
    }
    values.extend([i64::from(query.limit + 1).into(), i64::from(query.skip).into()]);
    let (limit, skip) = (values.len() - 1, values.len());
    let sorted = format!("ORDER BY {key} {order}, a.id {order}");
    let window = format!("WHERE {conditions} {sorted} LIMIT ${limit} OFFSET ${skip}");
    let sql = match query.skip {
        0 => format!("SELECT {COLUMNS} FROM accounts a {JOINS} {window}"),
        _ => {
            let ids = format!("SELECT a.id FROM accounts a {} {window}", condition_joins(query));
            format!("SELECT {COLUMNS} FROM ({ids}) page JOIN accounts a ON a.id = page.id {JOINS} {sorted}")
        }
    };
    let rows = query_with(sql, values).fetch_all(&mut *connection).await?;
    let has_more = rows.len() > query.limit as usize;
    let shown = rows.iter().take(query.limit as usize);
    let mut accounts = shown.map(|row| account(row, query.at)).collect::<Outcome<Vec<_>>>()?;
    add_holdings(connection, &mut accounts, query.at).await?;
    services::add(connection, &mut accounts, query.at).await?;
    let next_cursor = accounts.last().filter(|_| has_more).map(|last| Cursor::write(last, query.sort));
    Ok((accounts, next_cursor))
}

/// One account, deleted ones included.
///
/// # Errors
/// `NotFound` where the organization has none of this id.
pub async fn lookup(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    id: AccountId,
    at: Timestamp,
) -> Outcome<Account> {
    let sql = format!("SELECT {COLUMNS} FROM accounts a {JOINS} WHERE a.id = $1 AND a.organization_id = $2");
    let row = query_with(sql, vec![id.into(), organization.into()])
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(Failure::NotFound)?;
    let mut accounts = [account(&row, at)?];
    add_holdings(connection, &mut accounts, at).await?;
    services::add(connection, &mut accounts, at).await?;
    let [account] = accounts;
    Ok(account)
}

/// An account as other things name it, of the columns `id`, `kind`, `display_name` and `handle`.
///
/// # Errors
/// When one of them is missing.
pub fn account_ref(row: &AnyRow) -> Outcome<AccountRef> {
    Ok(AccountRef { id: row.id("id")?, kind: kind(row)?, name: row.text("display_name")?, handle: row.text("handle")? })
}

/// # Errors
/// When the column `kind` is missing.
pub fn kind(row: &AnyRow) -> Outcome<AccountKind> {
    let is_service = row.text("kind")? == AccountKind::Service.as_str();
    Ok(if is_service { AccountKind::Service } else { AccountKind::User })
}

fn account(row: &AnyRow, at: Timestamp) -> Outcome<Account> {
    let (activated_at, deactivated_at) = (row.maybe_time("activated_at")?, row.maybe_time("deactivated_at")?);
    let status = match (deactivated_at, activated_at) {
        (Some(_), _) => AccountStatus::Deactivated,
        (None, Some(_)) => AccountStatus::Active,
        (None, None) => AccountStatus::Pending,
    };
    let level =
        row.maybe_text("level_key")?.zip(row.maybe_text("level_name")?).map(|(key, name)| RoleRef { key, name });
    Ok(Account {
        id: row.id("id")?,
        kind: kind(row)?,
        handle: row.text("handle")?,
        email: row.maybe_text("email")?,
        display_name: row.text("display_name")?,
        user_name: row.maybe_text("user_name")?,
        status,
        level,
        roles: Vec::new(),
        groups: Vec::new(),
        teams: Vec::new(),
        permissions: Vec::new(),
        auth_methods: if row.number("has_password")? == 1 { vec![AuthMethod::Password] } else { Vec::new() },
        last_active_at: row.maybe_time("last_active_at")?,
        last_sign_in_at: row.maybe_time("last_sign_in_at")?,
        created_at: row.time("created_at")?,
        deactivated_at,
        deleted_at: row.maybe_time("deleted_at")?,
        valid_until: row.maybe_time("valid_until")?,
        invitation: if activated_at.is_none() { invitation(row, at)? } else { None },
        description: row.text("description")?,
        owner: None,
        tokens: None,
        version: row.number("version")?,
    })
}

fn invitation(row: &AnyRow, at: Timestamp) -> Outcome<Option<InvitationView>> {
    let Some(sent_at) = row.maybe_time("sent_at")? else { return Ok(None) };
    let expires_at = row.maybe_time("expires_at")?;
    let delivery = match row.text("delivery")?.as_str() {
        "sent" => Delivery::Sent,
        "failed" => Delivery::Failed,
        "link_only" => Delivery::LinkOnly,
        _ => Delivery::Queued,
    };
    Ok(Some(InvitationView {
        sent_at,
        expires_at,
        expired: expires_at.is_some_and(|end| end <= at),
        delivery,
        attempts: u32::try_from(row.number("attempts")?).unwrap_or(u32::MAX),
        error: row.maybe_text("last_error")?,
        sent_by: row.maybe_text("sent_by")?,
        link_requested_at: row.maybe_time("link_requested_at")?,
        outcome: row.maybe_text("outcome")?.as_deref().and_then(outcome),
    }))
}

/// Reads an invitation's outcome as the store writes it.
#[must_use]
pub fn outcome(text: &str) -> Option<InvitationOutcome> {
    [InvitationOutcome::Accepted, InvitationOutcome::Declined, InvitationOutcome::Withdrawn]
        .into_iter()
        .find(|outcome| outcome.as_str() == text)
}

/// Adds roles, groups, teams and single permissions to a page of accounts, by one query for all of them.
async fn add_holdings(connection: &mut AnyConnection, accounts: &mut [Account], at: Timestamp) -> Outcome<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    let ids = placeholder_list(2, accounts.len());
    let sql = format!(
        "SELECT g.account_id, g.what AS kind, g.key AS first, COALESCE(r.name, g.key) AS second, '' AS team_role
         FROM grants g JOIN accounts a ON a.id = g.account_id LEFT JOIN roles r ON r.organization_id = a.organization_id AND r.key = g.key AND g.what = 'role'
         WHERE g.account_id IN ({ids}) AND (g.valid_until IS NULL OR g.valid_until > $1)
         UNION ALL
         SELECT m.account_id, u.kind, u.id, u.name, COALESCE(m.team_role, '')
         FROM memberships m JOIN user_groups u ON u.id = m.group_id WHERE m.account_id IN ({ids}) AND (m.valid_until IS NULL OR m.valid_until > $1)
         ORDER BY 4, 3"
    );
    let values = std::iter::once(at.into()).chain(accounts.iter().map(|account| account.id.into())).collect();
    let rows = query_with(sql, values).fetch_all(connection).await?;
    let mut by_id: HashMap<AccountId, &mut Account> =
        accounts.iter_mut().map(|account| (account.id, account)).collect();
    for row in &rows {
        let Some(account) = by_id.get_mut(&row.id("account_id")?) else { continue };
        let (first, second) = (row.text("first")?, row.text("second")?);
        match row.text("kind")?.as_str() {
            "role" if account.roles.iter().any(|role| role.key == first) => {}
            "role" => account.roles.push(RoleRef { key: first, name: second }),
            "permission" if account.permissions.contains(&first) => {}
            "permission" => account.permissions.push(first),
            "team" => account.teams.push(TeamRef {
                id: crate::store::parse_id(&first)?,
                name: second,
                role: row.text("team_role")?,
            }),
            _ => account.groups.push(GroupRef { id: crate::store::parse_id(&first)?, name: second }),
        }
    }
    Ok(())
}

/// Adds one to an account's version.
///
/// # Errors
/// `Stale`, with the account as it is, when the version seen is not the present one.
pub async fn raise_version(
    tx: &mut Tx,
    organization: OrganizationId,
    id: AccountId,
    seen: i64,
    at: Timestamp,
) -> Outcome<()> {
    let done = sqlx::query(
        "UPDATE accounts SET version = version + 1 WHERE id = $1 AND organization_id = $2 AND version = $3",
    )
    .bind(id.to_string())
    .bind(organization.to_string())
    .bind(seen)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let current = lookup(tx, organization, id, at).await?;
    Err(Failure::Stale(Some(Current::Account(Box::new(current)))))
}

/// Writes a level, and who gave it.
///
/// # Errors
/// When the store refuses.
pub async fn set_level(tx: &mut Tx, id: AccountId, level: RoleId, granted_by: AccountId) -> Outcome<()> {
    sqlx::query("UPDATE accounts SET level_id = $1, level_granted_by = $2 WHERE id = $3")
        .bind(level.to_string())
        .bind(granted_by.to_string())
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes access away, or gives it back. Sessions end with it; that they do not work follows from the account's state.
///
/// # Errors
/// When the store refuses.
pub async fn set_deactivated(tx: &mut Tx, id: AccountId, deactivated_at: Option<Timestamp>) -> Outcome<()> {
    sqlx::query("UPDATE accounts SET deactivated_at = $1 WHERE id = $2")
        .bind(deactivated_at.map(Timestamp::millis))
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    if let Some(at) = deactivated_at {
        sqlx::query("UPDATE sessions SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL")
            .bind(at.millis())
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Writes a name, with the keys it is sorted and searched by.
///
/// # Errors
/// When the store refuses.
pub async fn set_name(tx: &mut Tx, account: &Account, name: &str, user_name: Option<&str>) -> Outcome<()> {
    sqlx::query("UPDATE accounts SET display_name = $1, name_key = $2, search_text = $3 WHERE id = $4")
        .bind(name.to_owned())
        .bind(domain::text::fold(name))
        .bind(search_text(name, &account.handle, account.email.as_deref(), user_name, account.id))
        .bind(account.id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What a search looks through: name, address, user name and id, folded.
#[must_use]
pub fn search_text(name: &str, handle: &str, email: Option<&str>, user_name: Option<&str>, id: AccountId) -> String {
    domain::text::fold(
        &[name, handle, email.unwrap_or_default(), user_name.unwrap_or_default(), &id.to_string()].join("\n"),
    )
}

/// For `grants g`, `accounts a` and `persons p`: an Owner who can sign in, and stays so (I1).
pub const IS_LASTING_OWNER: &str =
    "g.what = 'role' AND g.key = 'owner' AND g.valid_until IS NULL AND a.kind = 'user' AND a.activated_at IS NOT NULL
    AND a.deactivated_at IS NULL AND a.deleted_at IS NULL AND a.valid_until IS NULL AND p.password_hash IS NOT NULL";

/// Whether an account other than this one is an Owner who can sign in and stays so.
///
/// # Errors
/// When the store does not answer.
pub async fn has_other_owner(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    other_than: AccountId,
) -> Outcome<bool> {
    let sql = format!(
        "SELECT a.id FROM grants g JOIN accounts a ON a.id = g.account_id JOIN persons p ON p.id = a.person_id
         WHERE a.organization_id = $1 AND a.id <> $2 AND {IS_LASTING_OWNER} LIMIT 1"
    );
    let row = query_with(sql, vec![organization.into(), other_than.into()]).fetch_optional(connection).await?;
    Ok(row.is_some())
}
