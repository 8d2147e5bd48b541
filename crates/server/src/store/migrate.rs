//! Migrations: forward only, each in a transaction, checked against what was applied before.

use sqlx::AssertSqlSafe;
use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::Dialect;

/// The newest schema this program knows.
pub(super) const SCHEMA_VERSION: i64 = 11;

/// All migrations for a dialect, oldest first.
#[must_use]
pub(super) fn migrator(dialect: Dialect) -> Migrator {
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
        step(SCHEMA_VERSION, "snapshots and keys", text(include_str!("../../migrations/0008_snapshots_and_keys.sql"))),
    ])
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
