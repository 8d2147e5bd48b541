//! Migrations: forward only, each in a transaction, checked against what was applied before.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, Row, SqlSafeStr};

use super::Dialect;

/// The newest schema this program knows.
pub const SCHEMA_VERSION: i64 = 13;

/// All migrations for a dialect, oldest first.
#[must_use]
pub fn migrator(dialect: Dialect) -> Migrator {
    let text = |sql: &str| sql.replace("KEY_TEXT", dialect.key_text());
    let step = |version, description: &'static str, sql: String| {
        Migration::new(version, description.into(), MigrationType::Simple, AssertSqlSafe(sql).into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        step(1, "start", text(include_str!("../../migrations/0001_start.sql"))),
        step(2, "audit append only", dialect.audit_triggers().to_owned()),
        step(3, "tokens", text(include_str!("../../migrations/0002_tokens.sql"))),
        step(4, "audit heads", include_str!("../../migrations/0003_audit_heads.sql").to_owned()),
        step(5, "clock", include_str!("../../migrations/0003_clock.sql").to_owned()),
        step(6, "signed out", include_str!("../../migrations/0004_signed_out.sql").to_owned()),
        step(7, "bytewise", dialect.bytewise().to_owned()),
        step(8, "token search", include_str!("../../migrations/0005_token_search.sql").to_owned()),
        step(9, "level", include_str!("../../migrations/0006_level.sql").to_owned()),
        step(10, "invited", include_str!("../../migrations/0007_invited.sql").to_owned()),
        step(11, "snapshots and keys", text(include_str!("../../migrations/0008_snapshots_and_keys.sql"))),
        step(12, "sign-ins", text(include_str!("../../migrations/0009_sign_ins.sql"))),
        step(SCHEMA_VERSION, "sealed logs", text(include_str!("../../migrations/0010_sealed_logs.sql"))),
    ])
}

/// The versions that were applied to PostgreSQL, oldest first, each with the checksum of its text, which is empty where it
/// was cut off; none where there is no schema yet.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn applied(pool: &AnyPool) -> Result<Vec<(i64, Vec<u8>)>, sqlx::Error> {
    let table = sqlx::query(Dialect::Postgres.find_table()).bind("_sqlx_migrations").fetch_optional(pool).await?;
    if table.is_none() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT version, CASE WHEN success THEN checksum ELSE ''::bytea END AS checksum FROM _sqlx_migrations
         ORDER BY version",
    );
    let rows = rows.fetch_all(pool).await?;
    rows.iter().map(|row| Ok((row.try_get("version")?, row.try_get("checksum")?))).collect()
}

/// What an operator reads when migrating failed.
#[must_use]
pub(super) fn explain(error: &MigrateError) -> String {
    match error {
        MigrateError::VersionMissing(version) => format!(
            "its schema is of version {version}, newer than this program's {SCHEMA_VERSION}: start a newer Roster. The database was not touched."
        ),
        MigrateError::VersionMismatch(version) => format!(
            "the migration of version {version} is not the one that was applied: this is not a Roster database of a released version"
        ),
        MigrateError::Dirty(version) => {
            format!("the migration to version {version} was cut off: restore the backup made before it")
        }
        other => format!("the schema could not be brought up to date: {other}"),
    }
}
