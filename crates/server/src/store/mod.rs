//! The database: SQLite embedded or PostgreSQL, with one text of SQL for both.

mod address;
pub mod clock;
pub mod clock_reset;
mod copy;
mod dialect;
mod file;
mod health;
mod inspect;
pub mod integrity;
mod key;
mod lock;
pub mod migrate;
mod open;
mod postgres;
pub mod shared;
mod trust;
mod tx;
mod values;

use std::sync::Arc;

use domain::Timestamp;
use domain::id::Id;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

pub use copy::{back_up, file_exists};
pub use dialect::Dialect;
pub use health::is_answering;
pub use inspect::open_to_read;
pub use key::{KnownKey, known_key, look_at_key, replace_known_key};
pub use open::{OpenError, open, open_alone};
pub use postgres::require_nobody_else;
pub use tx::Tx;
pub use values::{
    Value, execute_for, fetch_for, insert_rows, placeholder_list, placeholders, placeholders_from, query_with,
};

use file::DatabaseFile;
use health::Health;
use lock::Lock;
use trust::Trust;

use crate::failure::{Failure, Outcome};
use crate::secrets::ServerKey;

/// The pools of one database. Reads go to many connections, writes on SQLite to a single one.
#[derive(Clone, Debug)]
pub struct Db {
    readers: AnyPool,
    writer: AnyPool,
    reader_trust: Trust,
    writer_trust: Trust,
    pub dialect: Dialect,
    key: Option<ServerKey>,
    /// Of an embedded database that is written to.
    file: Option<Arc<DatabaseFile>>,
    /// Of an embedded database that this process has for itself.
    lock: Option<Arc<Lock>>,
    health: Health,
}

impl Db {
    /// Of its pools, each with what is known of its connections.
    fn new(
        dialect: Dialect,
        (readers, reader_trust): (AnyPool, Trust),
        (writer, writer_trust): (AnyPool, Trust),
    ) -> Self {
        let health = Health::default();
        Self { readers, writer, reader_trust, writer_trust, dialect, key: None, file: None, lock: None, health }
    }

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
        match self.begin_write().await {
            // A connection that was opened while the file system was read-only stays so; the next one may not be.
            Err(error) if open::is_read_only(&error) => Ok(self.begin_write().await?),
            begun => Ok(begun?),
        }
    }

    async fn begin_write(&self) -> Result<Tx, sqlx::Error> {
        let (key, health) = (self.key.clone(), Some(self.health.clone()));
        Tx::begin(&self.writer, self.dialect.begin_write(), &self.writer_trust, key, health).await
    }

    /// Begins a transaction that only reads: all of it is of one moment, on both databases.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn snapshot(&self) -> Outcome<Tx> {
        Ok(Tx::begin(&self.readers, self.dialect.begin_read(), &self.reader_trust, None, None).await?)
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
        if let Some(lock) = &self.lock {
            lock.release();
        }
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
