//! Lists of tokens, newest first. The filters say in SQL what `Token::notes` says of one token.

use domain::accounts::AccountKind;
use domain::tokens::{
    ENDED_TOKENS_LISTED_MS, EXPIRING_WITHIN_MS, Token, TokenCounts, TokenFilter, TokenNote, UNUSED_AFTER_MS,
};
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::{COLUMNS, JOINS, tokens};
use crate::accounts::store::Cursor;
use crate::failure::Outcome;
use crate::store::{Columns, Dialect, Value, query_with};

/// What a list is narrowed to.
#[derive(Debug, Clone)]
pub struct Filters {
    pub filter: TokenFilter,
    pub kind: Option<AccountKind>,
    pub account: Option<AccountId>,
    /// Folded; empty for all.
    pub search: String,
    pub at: Timestamp,
}

/// Which part of it.
#[derive(Debug, Clone)]
pub struct Window {
    pub cursor: Option<Cursor>,
    pub skip: u32,
    pub limit: u32,
}

/// Collects values, and gives each its placeholder.
struct Places(Vec<Value>);

impl Places {
    fn put(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}

/// The condition of a filter on tokens `t`, with the placeholder of a time before or after now made by `moment`.
fn condition(filter: TokenFilter, mut moment: impl FnMut(i64) -> String) -> String {
    let now = moment(0);
    let works = format!("t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > {now})");
    match filter {
        TokenFilter::Working => works,
        TokenFilter::Ended => {
            let since = moment(-ENDED_TOKENS_LISTED_MS);
            format!(
                "(t.revoked_at > {since} OR (t.revoked_at IS NULL AND t.expires_at <= {now} AND t.expires_at > {since}))"
            )
        }
        TokenFilter::Noted(note) => {
            let noted = match note {
                TokenNote::NeverUsed => "t.last_used_at IS NULL".to_owned(),
                TokenNote::Unused => format!("COALESCE(t.last_used_at, t.created_at) <= {}", moment(-UNUSED_AFTER_MS)),
                TokenNote::NoExpiry => "t.expires_at IS NULL".to_owned(),
                TokenNote::Expiring => format!("t.expires_at <= {}", moment(EXPIRING_WITHIN_MS)),
                TokenNote::Wide => "t.last_used_at IS NOT NULL AND COALESCE(t.scopes_unused, 1) > 0".to_owned(),
            };
            format!("{works} AND {noted}")
        }
    }
}

/// The conditions without that of the filter. The organization is the first of the values.
fn scope(dialect: Dialect, organization: OrganizationId, filters: &Filters, places: &mut Places) -> String {
    let mut sql = format!("t.organization_id = {}", places.put(organization));
    if let Some(kind) = filters.kind {
        sql.push_str(&format!(" AND t.kind = {}", places.put(kind.as_str())));
    }
    if let Some(account) = filters.account {
        sql.push_str(&format!(" AND t.account_id = {}", places.put(account)));
    }
    if !filters.search.is_empty() {
        let search = places.put(filters.search.as_str());
        let (own, of_account) =
            (dialect.contains("t.search_text", &search), dialect.contains("a.search_text", &search));
        // The accounts once, not one for each token: those that are there, by the index of their names, and those deleted.
        sql.push_str(&format!(
            " AND ({own} OR t.account_id IN (
                SELECT a.id FROM accounts a WHERE a.organization_id = $1 AND a.kind IN ('user', 'service') AND a.deleted_at IS NULL AND {of_account}
                UNION ALL SELECT a.id FROM accounts a WHERE a.organization_id = $1 AND a.deleted_at IS NOT NULL AND {of_account}))"
        ));
    }
    sql
}

/// One page, and the cursor of the next. The ids are found first, in an index alone.
///
/// # Errors
/// When the store does not answer.
pub async fn page(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    filters: &Filters,
    window: &Window,
) -> Outcome<(Vec<Token>, Option<String>)> {
    let mut places = Places(Vec::new());
    let mut conditions = scope(dialect, organization, filters, &mut places);
    let at = filters.at;
    let of_filter = condition(filters.filter, |millis| places.put(at.plus(millis)));
    conditions.push_str(&format!(" AND {of_filter}"));
    if let Some(cursor) = &window.cursor {
        let [key, id] = cursor.values();
        let (key, id) = (places.put(key), places.put(id));
        conditions.push_str(&format!(" AND (t.created_at, t.id) < ({key}, {id})"));
    }
    let (limit, skip) = (places.put(i64::from(window.limit) + 1), places.put(i64::from(window.skip)));
    let ids = format!(
        "SELECT t.id FROM tokens t WHERE {conditions} ORDER BY t.created_at DESC, t.id DESC LIMIT {limit} OFFSET {skip}"
    );
    let sql = format!(
        "SELECT {COLUMNS} FROM ({ids}) page JOIN tokens t ON t.id = page.id {JOINS} ORDER BY t.created_at DESC, t.id DESC"
    );
    let mut rows = query_with(sql, places.0).fetch_all(&mut *connection).await?;
    let has_more = rows.len() > window.limit as usize;
    rows.truncate(window.limit as usize);
    let tokens = tokens(connection, &rows).await?;
    let cursor = |last: &Token| Cursor::text(&last.created_at.millis().to_string(), last.id);
    let next = tokens.last().filter(|_| has_more).map(cursor);
    Ok((tokens, next))
}

/// How many tokens fit the filters.
///
/// # Errors
/// When the store does not answer.
pub async fn total(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    filters: &Filters,
) -> Outcome<u64> {
    let mut places = Places(Vec::new());
    let conditions = scope(dialect, organization, filters, &mut places);
    let at = filters.at;
    let of_filter = condition(filters.filter, |millis| places.put(at.plus(millis)));
    let sql = format!("SELECT COUNT(*) AS total FROM tokens t WHERE {conditions} AND {of_filter}");
    let row = query_with(sql, places.0).fetch_one(connection).await?;
    Ok(row.number("total")?.unsigned_abs())
}

/// How many tokens there are by each filter, of those that fit all but the filter.
///
/// # Errors
/// When the store does not answer.
pub async fn counts(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    filters: &Filters,
) -> Outcome<TokenCounts> {
    let mut places = Places(Vec::new());
    let conditions = scope(dialect, organization, filters, &mut places);
    let at = filters.at;
    let sums: Vec<String> = TokenFilter::ALL
        .into_iter()
        .map(|filter| {
            let of_filter = condition(filter, |millis| places.put(at.plus(millis)));
            format!("COALESCE(SUM(CASE WHEN {of_filter} THEN 1 ELSE 0 END), 0) AS {}", filter.as_str())
        })
        .collect();
    let sql = format!("SELECT {} FROM tokens t WHERE {conditions}", sums.join(", "));
    let row = query_with(sql, places.0).fetch_one(connection).await?;
    let count = |filter: TokenFilter| Ok::<_, crate::failure::Failure>(row.number(filter.as_str())?.unsigned_abs());
    Ok(TokenCounts {
        working: count(TokenFilter::Working)?,
        never_used: count(TokenFilter::Noted(TokenNote::NeverUsed))?,
        unused: count(TokenFilter::Noted(TokenNote::Unused))?,
        no_expiry: count(TokenFilter::Noted(TokenNote::NoExpiry))?,
        expiring: count(TokenFilter::Noted(TokenNote::Expiring))?,
        wide: count(TokenFilter::Noted(TokenNote::Wide))?,
        ended: count(TokenFilter::Ended)?,
    })
}
