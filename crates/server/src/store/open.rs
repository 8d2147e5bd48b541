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

use super::address::{self, Access};
use super::file::DatabaseFile;
use super::lock::{Lock, LockError};
use super::trust::Trust;
use super::{Db, Dialect, copy, migrate, postgres};
use crate::files;
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

/// Opens the database of the options for a command, and brings its schema up to date. A server may serve it meanwhile.
///
/// # Errors
/// When it is locked, read-only, of a newer schema, away, or no database; or when its schema is older than this
/// program's and a server runs on it.
pub async fn open(options: &StoreOptions) -> Result<Db, OpenError> {
    sqlx::any::install_default_drivers();
    match &options.database_url {
        Some(url) => postgres::open(url).await,
        None => open_sqlite(&options.data_dir, None).await,
    }
}

/// As `open`, with an embedded database for this process alone until it is closed.
///
/// # Errors
/// As `open`, and when another server runs on the embedded database.
pub async fn open_alone(options: &StoreOptions) -> Result<Db, OpenError> {
    sqlx::any::install_default_drivers();
    match &options.database_url {
        Some(url) => postgres::open(url).await,
        None => {
            let folder = &options.data_dir;
            let fault = |reason: String| OpenError { place: folder.join("roster.db").display().to_string(), reason };
            make_folder(folder).map_err(fault)?;
            let lock = take_lock(folder).map_err(fault)?;
            open_sqlite(folder, Some(lock)).await
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("the folder cannot be made: {error}"))
}

fn take_lock(folder: &Path) -> Result<Lock, String> {
    // A link to a database elsewhere is locked where the database is.
    let file = folder.join("roster.db");
    let file = file.canonicalize().or_else(|_| address::absolute(&file)).map_err(|error| error.to_string())?;
    Lock::take(&file).map_err(|error| match error {
        LockError::Taken => format!(
            "a server is running on the data folder {}; stop it first, or name another folder with --data-dir",
            folder.display()
        ),
        LockError::Failed(error) => {
            format!("the file {} cannot be locked: {error}", file.with_extension("lock").display())
        }
    })
}

async fn open_sqlite(folder: &Path, lock: Option<Lock>) -> Result<Db, OpenError> {
    let file = folder.join("roster.db");
    let fault = |reason: String| OpenError { place: file.display().to_string(), reason };
    make_folder(folder).map_err(fault)?;
    let url = address::url(&file, Access::ReadWrite).map_err(fault)?;
    let existed = check_file(&file).map_err(fault)?;
    let explain = |error: sqlx::Error| fault(explain_sqlite(&error));
    if existed {
        require_own(&url).await.map_err(fault)?;
    }
    let (writers, readers) = (Trust::default(), Trust::default());
    let writer = match pool(1, &writers).connect(&url).await {
        Ok(writer) => writer,
        Err(error) => return Err(fault(cause(&url, &error).await)),
    };
    prepare_sqlite(&writer, folder, existed.then_some(file.as_path()), lock.is_some()).await.map_err(fault)?;
    let reader = pool(cores(), &readers).connect(&url).await.map_err(explain)?;
    let file = DatabaseFile::of(&file).map_err(|error| fault(error.to_string()))?;
    let db = Db::new(Dialect::Sqlite, (reader, readers), (writer, writers));
    Ok(Db { file: Some(Arc::new(file)), lock: lock.map(Arc::new), ..db })
}

/// Looks at the file before SQLite does: whether there is one, it can be written, and it is a database. A new one is
/// made with mode 0600.
fn check_file(file: &Path) -> Result<bool, String> {
    match files::require_regular(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{error}; nothing was changed"));
        }
        _ => {}
    }
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

/// Why no pool could be made. It tries for a while whatever the reason is, and in the end only says that it has waited.
async fn cause(url: &str, error: &sqlx::Error) -> String {
    let looked = async {
        let mut connection = sqlx::AnyConnection::connect(url).await?;
        for statement in Dialect::Sqlite.on_connect() {
            connection.execute(*statement).await?;
        }
        connection.close().await
    };
    explain_sqlite(looked.await.as_ref().err().unwrap_or(error))
}

pub(super) fn explain_sqlite(error: &sqlx::Error) -> String {
    // The pool tries again while the file is locked, and then only says that it waited.
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return "another program holds a lock on it; nothing was changed".to_owned();
    }
    match sqlite_code(error) {
        Some(5 | 6) => "another program holds a lock on it; nothing was changed".to_owned(),
        Some(8) => "it is read-only; nothing was changed".to_owned(),
        Some(13) => "the disk is full".to_owned(),
        Some(26) => "this file is not an SQLite database, or it is damaged; nothing was changed".to_owned(),
        _ => error.to_string(),
    }
}

/// What kind of error SQLite says it is.
fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error().and_then(|error| error.code())?.parse::<u32>().ok()?;
    Some(code & 0xff)
}

/// Whether SQLite opened the file for reading alone.
pub(super) fn is_read_only(error: &sqlx::Error) -> bool {
    sqlite_code(error) == Some(8)
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
async fn prepare_sqlite(
    writer: &AnyPool,
    folder: &Path,
    existing: Option<&Path>,
    is_locked: bool,
) -> Result<(), String> {
    let explain = |error: sqlx::Error| explain_sqlite(&error);
    let version = applied_version(writer).await.map_err(explain)?;
    if existing.is_some() && version.is_none() {
        return Err("this SQLite database is not Roster's; nothing was changed".to_owned());
    }
    let mut lock = None;
    if version.is_none_or(|version| version < migrate::SCHEMA_VERSION) {
        if !is_locked {
            lock = Some(take_lock(folder)?);
        }
        // Read once more: until the lock was taken, another process may have been at it.
        let version = applied_version(writer).await.map_err(explain)?;
        match (existing, version) {
            (Some(file), Some(version)) if version < migrate::SCHEMA_VERSION => {
                copy::before_migrating(writer, file, version).await?;
            }
            _ => {}
        }
    }
    let migrated = migrate::migrator(Dialect::Sqlite).run(writer).await;
    drop(lock);
    migrated.map_err(|error| match &error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => explain_sqlite(error),
        other => migrate::explain(other),
    })
}

/// The newest migration applied; none where the table of migrations is missing.
pub(super) async fn applied_version(pool: &AnyPool) -> Result<Option<i64>, sqlx::Error> {
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

/// Connections that read from SQLite: as many as there are cores, since each is a thread that computes, with a cache of
/// its own.
fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}

fn pool(connections_max: u32, trust: &Trust) -> AnyPoolOptions {
    let taken = trust.clone();
    // A file does not hang up: asking each time whether it is still there would cost as much as what is asked then.
    let options = AnyPoolOptions::new().test_before_acquire(false);
    let options = options
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async move {
                for statement in Dialect::Sqlite.on_connect() {
                    connection.execute(*statement).await?;
                }
                Ok(())
            })
        })
        .before_acquire(move |connection, known| {
            let trust = taken.clone();
            Box::pin(async move { trust.holds(connection, known.age).await })
        });
    trust.watch_released(options)
}
