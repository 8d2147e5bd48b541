//! Statements whose number of values is known only at run time.

use std::sync::Arc;

use domain::Timestamp;
use domain::id::Id;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection};

use super::Tx;
use crate::failure::Outcome;

/// Placeholders for rows of so many columns: `($1, $2), ($3, $4)`.
#[must_use]
pub fn placeholders(rows: usize, columns: usize) -> String {
    placeholders_from(1, rows, columns)
}

/// As `placeholders`, from a number on.
#[must_use]
pub fn placeholders_from(from: usize, rows: usize, columns: usize) -> String {
    let row = |row: usize| format!("({})", placeholder_list(from + row * columns, columns));
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// A list of placeholders from a number on: `$3, $4, $5`.
#[must_use]
pub fn placeholder_list(from: usize, count: usize) -> String {
    (from..from + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// Values for placeholders whose number is known only at run time.
#[derive(Debug, Clone)]
pub enum Value {
    Text(Arc<str>),
    MaybeText(Option<Arc<str>>),
    Number(i64),
    MaybeNumber(Option<i64>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::MaybeText(text.map(Arc::from))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::MaybeNumber(number)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Number(time.millis())
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(time: Option<Timestamp>) -> Self {
        Self::MaybeNumber(time.map(Timestamp::millis))
    }
}

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        Self::Text(id.to_string().into())
    }
}

/// A query of a text made at run time from constants and placeholders, with its values.
pub fn query_with(sql: String, values: Vec<Value>) -> sqlx::query::Query<'static, Any, sqlx::any::AnyArguments> {
    let query = sqlx::query(sqlx::AssertSqlSafe(sql));
    values.into_iter().fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text.to_string()),
        Value::MaybeText(text) => query.bind(text.map(|text| text.to_string())),
        Value::Number(number) => query.bind(number),
        Value::MaybeNumber(number) => query.bind(number),
    })
}

/// Placeholders of a statement that inserts many rows. SQLite finds each one's name by looking through those before it,
/// so that many more would cost far more than the statements they save.
const PLACEHOLDERS_PER_INSERT: usize = 200;

/// Inserts many rows: `into` is `table (column, ...)`.
///
/// # Errors
/// When the store refuses one; none is kept then, for the transaction ends.
pub async fn insert_rows(tx: &mut Tx, into: &str, columns: usize, rows: Vec<Vec<Value>>) -> Outcome<()> {
    let at_once = (PLACEHOLDERS_PER_INSERT / columns.max(1)).max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<_> = rows.by_ref().take(at_once).collect();
        let sql = format!("INSERT INTO {into} VALUES {}", placeholders(chunk.len(), columns));
        query_with(sql, chunk.into_iter().flatten().collect()).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Ids that one statement names: as `PLACEHOLDERS_PER_INSERT`.
const IDS_PER_STATEMENT: usize = 100;

/// Runs a statement for many ids, a hundred at a time. `sql` makes its text of the list of their placeholders; `first`
/// are the values of the placeholders before them. Returns the rows affected.
///
/// # Errors
/// When the store refuses.
pub async fn execute_for<T>(tx: &mut Tx, first: &[Value], ids: &[Id<T>], sql: impl Fn(&str) -> String) -> Outcome<u64> {
    let mut affected = 0;
    for chunk in ids.chunks(IDS_PER_STATEMENT) {
        let values = first.iter().cloned().chain(chunk.iter().map(|id| (*id).into())).collect();
        let text = sql(&placeholder_list(first.len() + 1, chunk.len()));
        affected += query_with(text, values).execute(&mut **tx).await?.rows_affected();
    }
    Ok(affected)
}

/// As `execute_for`, for reading: the rows of all statements in turn.
///
/// # Errors
/// When the store does not answer.
pub async fn fetch_for<T>(
    connection: &mut AnyConnection,
    first: &[Value],
    ids: &[Id<T>],
    sql: impl Fn(&str) -> String,
) -> Outcome<Vec<AnyRow>> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_STATEMENT) {
        let values = first.iter().cloned().chain(chunk.iter().map(|id| (*id).into())).collect();
        let text = sql(&placeholder_list(first.len() + 1, chunk.len()));
        rows.extend(query_with(text, values).fetch_all(&mut *connection).await?);
    }
    Ok(rows)
}
