//! Copies of an embedded database: whole under their name, or not there at all.

use std::path::Path;

use sqlx::{AnyPool, Connection, Executor, Row};

use super::address::{self, Access};
use super::open;
use crate::files::{Existing, Partial};

/// Writes a consistent copy of the embedded database into a file that does not exist yet, while others read and write.
/// The file gets its name once the copy was looked through and is on the disk.
///
/// # Errors
/// In words for the operator, when the file exists or cannot be written; nothing is left of it then.
pub async fn back_up(pool: &AnyPool, file: &Path) -> Result<(), String> {
    if file.exists() {
        return Err(file_exists(file));
    }
    write(pool, file, Existing::Refused).await
}

/// Why a copy is not written.
#[must_use]
pub fn file_exists(file: &Path) -> String {
    format!("{} exists already; a backup is written into a new file", file.display())
}

/// Copies a database before its schema is brought up to date. The copy is named after the version that it has, so an
/// update that is cut off between two steps and goes on later leaves the copy it began with alone. A file that has the
/// name already is replaced: it is from an update that was taken back, or the copy was cut off.
pub(super) async fn before_migrating(pool: &AnyPool, file: &Path, version: i64) -> Result<(), String> {
    let copy = file.with_extension(format!("schema-{version}.db"));
    write(pool, &copy, Existing::Replaced)
        .await
        .map_err(|reason| format!("no copy could be made before the update, so nothing was changed: {reason}"))
}

async fn write(pool: &AnyPool, file: &Path, existing: Existing) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{} cannot be written: {error}", file.display());
    let partial = Partial::begin(&address::absolute(file).map_err(fault)?).map_err(fault)?;
    let copied = copy(pool, partial.path()).await;
    copied.map_err(|reason| format!("{} cannot be written: {reason}", file.display()))?;
    partial.finish(existing).map_err(fault)
}

/// Fills an empty file, and looks whether it is what it should be.
async fn copy(pool: &AnyPool, empty: &Path) -> Result<(), String> {
    let explain = |error: sqlx::Error| open::explain_sqlite(&error);
    // SQLite takes a file that is empty. An absolute path is never taken for one of its URIs.
    let sql = format!("VACUUM INTO '{}'", address::text(empty)?.replace('\'', "''"));
    pool.execute(sqlx::AssertSqlSafe(sql)).await.map_err(explain)?;
    let wanted = open::applied_version(pool).await.map_err(explain)?;
    let found = check(empty).await?;
    if wanted == Some(found) { Ok(()) } else { Err(format!("the copy has a schema of version {found}")) }
}

/// The version of the schema of a copy that is whole.
async fn check(copy: &Path) -> Result<i64, String> {
    let url = address::url(copy, Access::ReadOnly)?;
    let explain = |error: sqlx::Error| open::explain_sqlite(&error);
    let mut connection = sqlx::AnyConnection::connect(&url).await.map_err(explain)?;
    let looked = look(&mut connection).await.map_err(explain);
    connection.close().await.map_err(explain)?;
    match looked? {
        (verdict, version) if verdict == "ok" => Ok(version),
        (verdict, _) => Err(format!("the copy is damaged: {verdict}")),
    }
}

async fn look(connection: &mut sqlx::AnyConnection) -> Result<(String, i64), sqlx::Error> {
    let row = sqlx::query("SELECT integrity_check AS verdict FROM pragma_integrity_check LIMIT 1")
        .fetch_one(&mut *connection)
        .await?;
    let verdict = row.try_get("verdict")?;
    let sql = "SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations";
    let version = sqlx::query(sql).fetch_one(connection).await?.try_get("version")?;
    Ok((verdict, version))
}
