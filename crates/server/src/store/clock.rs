//! The highest time that a server on this database has seen.

use domain::Timestamp;

use super::{Columns, Db, Tx};
use crate::failure::Outcome;

const KEEP_SEEN: &str = "INSERT INTO clock (only_one, seen_at) VALUES (1, $1)
    ON CONFLICT (only_one) DO UPDATE SET
        seen_at = CASE WHEN clock.seen_at < excluded.seen_at THEN excluded.seen_at ELSE clock.seen_at END";

/// None before the first was kept.
///
/// # Errors
/// When the store does not answer.
pub async fn seen_at(db: &Db) -> Outcome<Option<Timestamp>> {
    let row = sqlx::query("SELECT seen_at FROM clock").fetch_optional(db.reader()).await?;
    row.map(|row| row.time("seen_at")).transpose()
}

/// Keeps a time, unless a later one was seen. It writes in either case, so that it also tells whether the database takes
/// writes.
///
/// # Errors
/// When the store refuses.
pub async fn keep_seen(db: &Db, at: Timestamp) -> Outcome<()> {
    let mut tx = db.begin().await?;
    keep_seen_in(&mut tx, at).await?;
    Ok(tx.commit().await?)
}

/// As `keep_seen`, with what else a transaction writes.
///
/// # Errors
/// As `keep_seen`.
pub async fn keep_seen_in(tx: &mut Tx, at: Timestamp) -> Outcome<()> {
    sqlx::query(KEEP_SEEN).bind(at.millis()).execute(&mut **tx).await?;
    Ok(())
}

/// Puts the highest time seen back.
///
/// # Errors
/// When the store refuses.
pub async fn replace_seen(tx: &mut Tx, at: Timestamp) -> Outcome<()> {
    sqlx::query("UPDATE clock SET seen_at = $1").bind(at.millis()).execute(&mut **tx).await?;
    Ok(())
}
