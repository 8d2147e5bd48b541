//! Opening a database: connections, checks, and the schema brought up to date.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::{AnyPool, Connection, Executor, Row};

use super::file::DatabaseFile;
use super::postgres::{self, Pools};
use super::{Db, Dialect, migrate};
use crate::options::StoreOptions;

/// How long a request waits for a connection.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(6);
/// How every SQLite database begins.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Why the database could not be opened; the file is untouched.
#[derive(Debug)]
pub struct OpenError {
    pub(super) place: String,
    pub(super) reason: String,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot open the database {}: {}", self.place, self.reason)
    }
}

impl std::error::Error for OpenError {}

/// Opens the database of the options, and brings its schema up to date.
///
/// # Errors
/// When it is locked, read-only, of a newer schema, away, or no database.
pub async fn open(options: &StoreOptions) -> Result<Db, OpenError> {
    sqlx::any::install_default_drivers();
    match &options.database_url {
        Some(url) => open_postgres(url).await,
        None => open_sqlite(&options.data_dir).await,
    }
}

async fn open_sqlite(folder: &Path) -> Result<Db, OpenError> {
    let file = folder.join("roster.db");
    let fault = |reason: String| OpenError { place: file.display().to_string(), reason };
    std::fs::create_dir_all(folder).map_err(|error| fault(format!("the folder cannot be made: {error}")))?;
    let existed = check_file(&file).map_err(fault)?;
    let url = format!("sqlite://{}?mode=rw", file.display());
    let explain = |error: sqlx::Error| fault(explain_sqlite(&error));
    if existed {
        require_own(&url).await.map_err(fault)?;
    }
    let writer = pool(1).connect(&url).await.map_err(explain)?;
    prepare_sqlite(&writer, existed.then_some(file.as_path())).await.map_err(fault)?;
    let readers = pool(cores()).connect(&url).await.map_err(explain)?;
    let file = DatabaseFile::of(&file).map_err(|error| fault(error.to_string()))?;
    Ok(Db { readers, writer, dialect: Dialect::Sqlite, key: None, file: Some(Arc::new(file)) })
}

/// Looks at the file before SQLite does: whether there is one, it can be written, and it is a database. A new one is
/// made with mode 0600.
fn check_file(file: &Path) -> Result<bool, String> {
    let mut opened = match OpenOptions::new().read(true).write(true).open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return create_file(file).map(|()| false),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err("it is read-only for this user; nothing was changed".to_owned());
        }
        Err(error) => return Err(error.to_string()),
    };
    if opened.metadata().is_ok_and(|metadata| metadata.permissions().readonly()) {
        return Err("it is read-only; nothing was changed".to_owned());
    }
    let mut magic = Vec::new();
    Read::by_ref(&mut opened).take(16).read_to_end(&mut magic).map_err(|error| error.to_string())?;
    match magic.is_empty() || magic == SQLITE_MAGIC {
        true => Ok(!magic.is_empty()),
        false => Err("this file is not an SQLite database; nothing was changed".to_owned()),
    }
}

fn create_file(file: &Path) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_: File| ()).map_err(|error| format!("it cannot be made: {error}"))
}

pub(super) fn explain_sqlite(error: &sqlx::Error) -> String {
    // The pool tries again while the file is locked, and then only says that it waited.
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return "another program holds a lock on it; nothing was changed".to_owned();
    }
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => "another program holds a lock on it; nothing was changed".to_owned(),
        Some(8) => "it is read-only; nothing was changed".to_owned(),
        Some(26) => "this file is not an SQLite database, or it is damaged; nothing was changed".to_owned(),
        _ => error.to_string(),
    }
}

/// Looks whether a database is Roster's, before anything about it is set: another program's stays as it is.
async fn require_own(url: &str) -> Result<(), String> {
    let mut connection = sqlx::AnyConnection::connect(url).await.map_err(|error| explain_sqlite(&error))?;
    let table = sqlx::query("SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'");
    let found = table.fetch_optional(&mut connection).await.map_err(|error| explain_sqlite(&error))?;
    connection.close().await.map_err(|error| explain_sqlite(&error))?;
    found.map(|_| ()).ok_or_else(|| "this SQLite database is not Roster's; nothing was changed".to_owned())
}

/// Brings the schema up to date, in one process at a time, after a copy was made of what was there.
async fn prepare_sqlite(writer: &AnyPool, existing: Option<&Path>) -> Result<(), String> {
    if let Some(file) = existing {
        let version = applied_version(writer).await.map_err(|error| explain_sqlite(&error))?;
        let version = version.ok_or("this SQLite database is not Roster's; nothing was changed")?;
        if version < migrate::SCHEMA_VERSION {
            back_up_before_migrating(writer, file).await?;
        }
    }
    migrate::migrator(Dialect::Sqlite).run(writer).await.map_err(|error| match &error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => explain_sqlite(error),
        other => migrate::explain(other),
    })
}

/// The newest migration applied; none where the table of migrations is missing.
async fn applied_version(pool: &AnyPool) -> Result<Option<i64>, sqlx::Error> {
    let table =
        sqlx::query("SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'").fetch_optional(pool).await?;
    if table.is_none() {
        return Ok(None);
    }
    sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations")
        .fetch_one(pool)
        .await?
        .try_get("version")
        .map(Some)
}

async fn back_up_before_migrating(pool: &AnyPool, file: &Path) -> Result<(), String> {
    let copy = file.with_extension(format!("before-{}.db", migrate::SCHEMA_VERSION));
    if copy.exists() {
        return Ok(());
    }
    back_up(pool, &copy).await.map_err(|error| explain_sqlite(&error))
}

/// Writes a consistent copy of the embedded database into a file that does not exist yet, while others read and write.
///
/// # Errors
/// When the file exists or cannot be written.
pub async fn back_up(pool: &AnyPool, file: &Path) -> Result<(), sqlx::Error> {
    // Made beforehand, so that it is at no moment for others to read; SQLite takes a file that is empty.
    create_file(file).map_err(|reason| sqlx::Error::Io(std::io::Error::other(reason)))?;
    let sql = format!("VACUUM INTO '{}'", file.display().to_string().replace('\'', "''"));
    pool.execute(sqlx::AssertSqlSafe(sql)).await.map(|_| ())
}

async fn open_postgres(url: &str) -> Result<Db, OpenError> {
    let Pools { readers, writer } = postgres::connect(url).await?;
    Ok(Db { readers, writer, dialect: Dialect::Postgres, key: None, file: None })
}

/// Connections that read from SQLite: as many as there are cores, since each is a thread that computes, with a cache of
/// its own.
fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}

fn pool(connections_max: u32) -> AnyPoolOptions {
    // A file does not hang up: asking each time whether it is still there would cost as much as what is asked then.
    let options = AnyPoolOptions::new().test_before_acquire(false);
    options.max_connections(connections_max).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(|connection, _| {
        Box::pin(async move {
            for statement in Dialect::Sqlite.on_connect() {
                connection.execute(*statement).await?;
            }
            Ok(())
        })
    })
}
