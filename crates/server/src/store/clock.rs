//! The highest time that a server on this database has seen.

use domain::Timestamp;

use super::{Columns, Db, Tx};
use crate::failure::Outcome;

const KEEP_SEEN: &str = "INSERT INTO clock (only_one, seen_at) VALUES (1, $1)
    ON CONFLICT (only_one) DO UPDATE SET seen_at = excluded.seen_at WHERE clock.seen_at < excluded.seen_at";

/// None before the first was kept.
///
/// # Errors
/// When the store does not answer.
pub async fn seen_at(db: &Db) -> Outcome<Option<Timestamp>> {
    let row = sqlx::query("SELECT seen_at FROM clock").fetch_optional(db.reader()).await?;
    row.map(|row| row.time("seen_at")).transpose()
}

/// Keeps a time, unless a later one was seen.
///
/// # Errors
/// When the store refuses.
pub async fn keep_seen(db: &Db, at: Timestamp) -> Outcome<()> {
    sqlx::query(KEEP_SEEN).bind(at.millis()).execute(db.writer()).await?;
    Ok(())
}

/// As `keep_seen`, with what else a transaction writes.
///
/// # Errors
/// As `keep_seen`.
pub async fn keep_seen_in(tx: &mut Tx, at: Timestamp) -> Outcome<()> {
    sqlx::query(KEEP_SEEN).bind(at.millis()).execute(&mut **tx).await?;
    Ok(())
}
