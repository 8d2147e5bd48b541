//! Whether nobody else is connected to a PostgreSQL database.

use sqlx::{AnyConnection, Connection, Row};

use super::{explain, refused};
use crate::options::StoreOptions;
use crate::store::OpenError;

/// Refuses when anybody else is connected to the PostgreSQL database: a server may be. What serves an embedded one is
/// found by its lock.
///
/// # Errors
/// When there is somebody, or the database is away.
pub async fn require_nobody_else(options: &StoreOptions) -> Result<(), OpenError> {
    sqlx::any::install_default_drivers();
    let Some(url) = &options.database_url else { return Ok(()) };
    let words = |error: sqlx::Error| refused(explain(&error));
    let mut connection = AnyConnection::connect(url).await.map_err(words)?;
    let others: i64 = sqlx::query(
        "SELECT COUNT(*) AS others FROM pg_catalog.pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_catalog.pg_backend_pid()
           AND (backend_type IS NULL OR backend_type = 'client backend')",
    )
    .fetch_one(&mut connection)
    .await
    .and_then(|row| row.try_get("others"))
    .map_err(words)?;
    connection.close().await.map_err(words)?;
    match others {
        0 => Ok(()),
        _ => Err(refused(format!(
            "{others} other connections to it are open; stop every server that runs on it, and whatever else is connected, first"
        ))),
    }
}
