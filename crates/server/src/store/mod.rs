//! The database: SQLite embedded or PostgreSQL, with one text of SQL for both.

pub mod clock;
mod dialect;
mod file;
mod inspect;
pub mod integrity;
mod migrate;
mod open;
mod postgres;
pub mod shared;
mod tx;

use std::sync::Arc;

use domain::Timestamp;
use domain::id::Id;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Row};

pub use dialect::Dialect;
pub use inspect::open_to_read;
pub use open::{OpenError, back_up, open};
pub use tx::Tx;

use file::DatabaseFile;

use crate::failure::{Failure, Outcome};
use crate::secrets::ServerKey;

/// The pools of one database. Reads go to many connections, writes on SQLite to a single one.
#[derive(Clone, Debug)]
pub struct Db {
    readers: AnyPool,
    writer: AnyPool,
    pub dialect: Dialect,
    key: Option<ServerKey>,
    /// Of an embedded database that is written to.
    file: Option<Arc<DatabaseFile>>,
}

impl Db {
    /// Seals what is written from now on with the server's key.
    #[must_use]
    pub fn sealed_with(self, key: ServerKey) -> Self {
        Self { key: Some(key), ..self }
    }

    /// For reading.
    #[must_use]
    pub const fn reader(&self) -> &AnyPool {
        &self.readers
    }

    /// Begins a transaction that writes. It takes the write lock at once, so that nothing read in it can be overtaken.
    ///
    /// # Errors
    /// When the database is away, or its file no longer in its place, or it stays locked.
    pub async fn begin(&self) -> Outcome<Tx> {
        if !self.is_in_place() {
            let reason = "its file was deleted or replaced; start Roster again with the file that is to be served";
            return Err(Failure::Unavailable(reason.to_owned()));
        }
        Ok(Tx::new(self.writer.begin_with(self.dialect.begin_write()).await?, self.key.clone()))
    }

    /// Begins a transaction that only reads: all of it is of one moment, on both databases.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn snapshot(&self) -> Outcome<Tx> {
        Ok(Tx::new(self.readers.begin_with(self.dialect.begin_read()).await?, None))
    }

    /// For single statements outside of a transaction, such as a session's last sight.
    #[must_use]
    pub const fn writer(&self) -> &AnyPool {
        &self.writer
    }

    fn is_in_place(&self) -> bool {
        self.file.as_ref().is_none_or(|file| file.is_in_place())
    }

    /// Closes all connections; what is under way is finished first.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Reads columns by name, with the types that the model uses.
pub trait Columns {
    /// # Errors
    /// When there is no such column, or it is not text.
    fn text(&self, name: &str) -> Outcome<String>;
    /// # Errors
    /// As `text`.
    fn maybe_text(&self, name: &str) -> Outcome<Option<String>>;
    /// # Errors
    /// When there is no such column, or it is not a number.
    fn number(&self, name: &str) -> Outcome<i64>;
    /// # Errors
    /// As `number`.
    fn maybe_number(&self, name: &str) -> Outcome<Option<i64>>;
    /// # Errors
    /// As `number`.
    fn time(&self, name: &str) -> Outcome<Timestamp> {
        self.number(name).map(Timestamp::from_millis)
    }
    /// # Errors
    /// As `number`.
    fn maybe_time(&self, name: &str) -> Outcome<Option<Timestamp>> {
        Ok(self.maybe_number(name)?.map(Timestamp::from_millis))
    }
    /// # Errors
    /// When there is no such column, or it holds no id.
    fn id<T>(&self, name: &str) -> Outcome<Id<T>> {
        parse_id(&self.text(name)?)
    }
    /// # Errors
    /// As `id`.
    fn maybe_id<T>(&self, name: &str) -> Outcome<Option<Id<T>>> {
        self.maybe_text(name)?.map(|text| parse_id(&text)).transpose()
    }
}

impl Columns for AnyRow {
    fn text(&self, name: &str) -> Outcome<String> {
        Ok(self.try_get(name)?)
    }

    fn maybe_text(&self, name: &str) -> Outcome<Option<String>> {
        Ok(self.try_get(name)?)
    }

    fn number(&self, name: &str) -> Outcome<i64> {
        Ok(self.try_get(name)?)
    }

    fn maybe_number(&self, name: &str) -> Outcome<Option<i64>> {
        Ok(self.try_get(name)?)
    }
}

/// An id out of the store.
///
/// # Errors
/// When it is none: the row was not written by Roster.
pub fn parse_id<T>(text: &str) -> Outcome<Id<T>> {
    text.parse().map_err(|_| Failure::Internal(format!("not an id in the store: {text}")))
}

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

/// The fingerprint of the key that the database was first served with; none where it never was.
///
/// # Errors
/// When the store does not answer.
pub async fn known_key(connection: &mut AnyConnection) -> Outcome<Option<String>> {
    let row = sqlx::query("SELECT fingerprint FROM server_key").fetch_optional(connection).await?;
    row.map(|row| row.text("fingerprint")).transpose()
}

/// Whether this is the key that the database was first served with; the first one is kept.
///
/// # Errors
/// When the store does not answer.
pub async fn is_known_key(db: &Db, fingerprint: &str) -> Outcome<bool> {
    sqlx::query("INSERT INTO server_key (only_one, fingerprint) VALUES (1, $1) ON CONFLICT (only_one) DO NOTHING")
        .bind(fingerprint.to_owned())
        .execute(db.writer())
        .await?;
    let row = sqlx::query("SELECT fingerprint FROM server_key").fetch_one(db.writer()).await?;
    Ok(row.text("fingerprint")? == fingerprint)
}

/// Makes another key the known one.
///
/// # Errors
/// When the store does not answer.
pub async fn replace_known_key(db: &Db, fingerprint: &str) -> Outcome<()> {
    sqlx::query("UPDATE server_key SET fingerprint = $1").bind(fingerprint.to_owned()).execute(db.writer()).await?;
    Ok(())
}

/// Whether the database answers, to reading and to writing, within a moment.
pub async fn is_answering(db: &Db) -> bool {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
    let ask = async {
        let read = sqlx::query("SELECT COUNT(*) AS setups FROM setup").fetch_one(db.reader()).await.is_ok();
        let write = sqlx::query("DELETE FROM setup WHERE only_one = 2").execute(db.writer()).await.is_ok();
        read && write && db.is_in_place()
    };
    tokio::time::timeout(PATIENCE, ask).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(placeholders_from(4, 2, 2), "($4, $5), ($6, $7)");
        assert_eq!(placeholder_list(3, 2), "$3, $4");
    }
}
