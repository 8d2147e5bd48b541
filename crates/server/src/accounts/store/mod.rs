//! Reads and changes accounts.

mod counts;
pub mod holding;
pub mod new;
pub mod permissions;
mod row;
mod services;
mod status;

pub use counts::{status_counts, total};
pub use row::outcome;

use domain::accounts::{Account, AccountKind, AccountRef, AccountSort, Direction, InvitationFilter};
use domain::id::Id;
use domain::invitations::ENDED_INVITATION_LISTED_MS;
use domain::{AccountId, OrganizationId, RoleId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::query::ListQuery;

use crate::failure::{Current, Failure, Outcome};
use crate::secrets::hex;
use crate::store::{Columns, Dialect, Tx, Value, query_with};

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

/// For `accounts a`: invited, and neither in nor out.
const IS_OPEN: &str = " AND a.deleted_at IS NULL AND a.activated_at IS NULL AND a.deactivated_at IS NULL";
/// For `accounts a`: the invited person waits for a new link.
const HAS_ASKED: &str =
    " AND EXISTS (SELECT 1 FROM invitations r WHERE r.account_id = a.id AND r.link_requested_at IS NOT NULL)";

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
        Some(InvitationFilter::Open) => sql.push_str(IS_OPEN),
        Some(InvitationFilter::Asked) => sql.push_str(&[IS_OPEN, HAS_ASKED].concat()),
        Some(InvitationFilter::Ended) => {
            let since = place(query.at.plus(-ENDED_INVITATION_LISTED_MS).into());
            sql.push_str(&format!(" AND a.deleted_at > {since} AND a.activated_at IS NULL"));
        }
    }
    if let Some(status) = query.status {
        let now = place(query.at.into());
        sql.push_str(&format!(" AND {}", status::condition(status, &now)));
    }
    for word in domain::text::search_words(&query.search) {
        let word = place(word.into());
        sql.push_str(&format!(" AND {}", dialect.contains("a.search_text", &word)));
    }
    (sql, values)
}

/// The tables beside `accounts` that the conditions of a list ask.
const fn condition_joins(query: &ListQuery) -> &'static str {
    if query.status.is_some() { "LEFT JOIN invitations i ON i.account_id = a.id" } else { "" }
}

/// One page of the list, and the cursor of the next. Of a plain list the first row is found first, in an index alone,
/// and the others follow it there; else all ids are found first. Only the page's own rows are read whole.
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
    conditions.push_str(&holding::conditions(connection, query, &mut values).await?);
    let (sign, order) = if query.direction == Direction::Ascending { (">", "ASC") } else { ("<", "DESC") };
    let key = sort_expression(query.sort);
    if let Some(cursor) = &query.cursor {
        values.extend(cursor.values());
        conditions.push_str(&format!(" AND ({key}, a.id) {sign} (${}, ${})", values.len() - 1, values.len()));
    }
    let sorted = format!("ORDER BY {key} {order}, a.id {order}");
    let (from, rest) = if query.is_plain() {
        if query.skip > 0 {
            let start = start_behind(connection, query, &conditions, &values).await?;
            let Some(start) = start else { return Ok((Vec::new(), None)) };
            values.extend(start.values());
            conditions.push_str(&format!(" AND ({key}, a.id) {sign}= (${}, ${})", values.len() - 1, values.len()));
        }
        values.push(i64::from(query.limit + 1).into());
        ("accounts a".to_owned(), format!("WHERE {conditions} {sorted} LIMIT ${}", values.len()))
    } else {
        values.extend([i64::from(query.limit + 1).into(), i64::from(query.skip).into()]);
        let (joins, limit, skip) = (condition_joins(query), values.len() - 1, values.len());
        let window = format!("WHERE {conditions} {sorted} LIMIT ${limit} OFFSET ${skip}");
        (format!("(SELECT a.id FROM accounts a {joins} {window}) page JOIN accounts a ON a.id = page.id"), sorted)
    };
    let mut accounts = row::read(connection, &from, &rest, values, query.at).await?;
    let has_more = accounts.len() > query.limit as usize;
    accounts.truncate(query.limit as usize);
    let next_cursor = accounts.last().filter(|_| has_more).map(|last| Cursor::write(last, query.sort));
    Ok((accounts, next_cursor))
}

/// The row that a page of a plain list begins with which skips some: counted from the end where that is nearer.
async fn start_behind(
    connection: &mut AnyConnection,
    query: &ListQuery,
    conditions: &str,
    values: &[Value],
) -> Outcome<Option<Cursor>> {
    let skip = u64::from(query.skip);
    let from_end = query.total.filter(|_| query.cursor.is_none()).and_then(|total| total.checked_sub(skip + 1));
    let from_end = from_end.filter(|from_end| *from_end < skip);
    let is_rising = (query.direction == Direction::Ascending) != from_end.is_some();
    let (key, order) = (sort_expression(query.sort), if is_rising { "ASC" } else { "DESC" });
    let sql = format!(
        "SELECT {key} AS sort_key, a.id FROM accounts a WHERE {conditions} ORDER BY {key} {order}, a.id {order} LIMIT 1 OFFSET ${}",
        values.len() + 1
    );
    let skip = i64::try_from(from_end.unwrap_or(skip)).unwrap_or(i64::MAX);
    let values = values.iter().cloned().chain([skip.into()]).collect();
    let row = query_with(sql, values).fetch_optional(connection).await?;
    row.map(|row| {
        let key = match query.sort {
            AccountSort::Name | AccountSort::Email => row.text("sort_key")?.into(),
            AccountSort::LastActive | AccountSort::Created => row.number("sort_key")?.into(),
        };
        Ok(Cursor { key, id: row.text("id")? })
    })
    .transpose()
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
    let rest = "WHERE a.id = $1 AND a.organization_id = $2";
    let mut found = row::read(connection, "accounts a", rest, vec![id.into(), organization.into()], at).await?;
    found.pop().ok_or(Failure::NotFound)
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
        sqlx::query("UPDATE sessions SET ended_at = $1 WHERE account_id = $2 AND (ended_at IS NULL OR ended_at > $1)")
            .bind(at.millis())
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// When the account's access ends; none for never.
///
/// # Errors
/// When the store refuses.
pub async fn set_valid_until(tx: &mut Tx, id: AccountId, valid_until: Option<Timestamp>) -> Outcome<()> {
    sqlx::query("UPDATE accounts SET valid_until = $1 WHERE id = $2")
        .bind(valid_until.map(Timestamp::millis))
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
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
