//! Opening a database to look at it: one that is there and Roster's, and nothing about it is made, migrated or written.

use std::path::Path;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Executor};

use super::address::{self, Access};
use super::open::{ACQUIRE_TIMEOUT, OpenError, explain_sqlite};
use super::trust::Trust;
use super::{Columns, Db, Dialect, migrate, postgres};
use crate::options::StoreOptions;

/// Tables that together no other program has.
const OWN_TABLES: [&str; 3] = ["_sqlx_migrations", "organizations", "audit_events"];

/// Opens the database of the options for reading alone.
///
/// # Errors
/// When there is none, it is not Roster's, of another schema than this program's, locked or away.
pub async fn open_to_read(options: &StoreOptions) -> Result<Db, OpenError> {
    sqlx::any::install_default_drivers();
    match &options.database_url {
        Some(url) => {
            // Looking takes no writes: a standby will do.
            postgres::examine(url).await.map_err(postgres::refused)?;
            let pool = connect(Dialect::Postgres, url).await.map_err(|error| postgres::refused(error.to_string()))?;
            let words = |error: sqlx::Error| error.to_string();
            require_own_schema(&pool, Dialect::Postgres, words).await.map_err(postgres::refused)?;
            Ok(db(pool, Dialect::Postgres))
        }
        None => open_file(&options.data_dir.join("roster.db")).await,
    }
}

async fn open_file(file: &Path) -> Result<Db, OpenError> {
    let fault = |reason: String| OpenError { place: file.display().to_string(), reason };
    if !file.is_file() {
        return Err(fault("there is no such file; nothing was made".to_owned()));
    }
    // Opened for reading alone, SQLite would leave the CHECK constraints out of its integrity check.
    let url = address::url(file, Access::ReadWrite).map_err(fault)?;
    let pool = connect(Dialect::Sqlite, &url).await.map_err(|error| fault(explain_sqlite(&error)))?;
    let words = |error: sqlx::Error| explain_sqlite(&error);
    require_own_schema(&pool, Dialect::Sqlite, words).await.map_err(fault)?;
    Ok(db(pool, Dialect::Sqlite))
}

/// The one pool stands for both: what would write is refused by the database.
fn db(pool: AnyPool, dialect: Dialect) -> Db {
    Db::new(dialect, (pool.clone(), Trust::default()), (pool, Trust::default()))
}

async fn connect(dialect: Dialect, url: &str) -> Result<AnyPool, sqlx::Error> {
    let options = AnyPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
    let prepared = options.after_connect(move |connection: &mut AnyConnection, _| {
        Box::pin(async move {
            for statement in dialect.on_connect_to_read() {
                connection.execute(*statement).await?;
            }
            Ok(())
        })
    });
    prepared.connect(url).await
}

/// A refused database is closed, or SQLite's files beside it would stay.
async fn require_own_schema(
    pool: &AnyPool,
    dialect: Dialect,
    words: impl Fn(sqlx::Error) -> String,
) -> Result<(), String> {
    let looked = look_at_schema(pool, dialect, words).await;
    if looked.is_err() {
        pool.close().await;
    }
    looked
}

async fn look_at_schema(pool: &AnyPool, dialect: Dialect, words: impl Fn(sqlx::Error) -> String) -> Result<(), String> {
    for table in OWN_TABLES {
        let found = sqlx::query(dialect.find_table()).bind(table).fetch_optional(pool).await.map_err(&words)?;
        if found.is_none() {
            return Err("this database is not Roster's, or nothing was ever kept in it".to_owned());
        }
    }
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations").fetch_one(pool).await;
    let version = row.map_err(&words)?.number("version").map_err(|failure| format!("{failure:?}"))?;
    let own = migrate::SCHEMA_VERSION;
    if version == own {
        return Ok(());
    }
    Err(format!(
        "its schema is of version {version}, this program's is {own}: use the version of Roster that serves it"
    ))
}
