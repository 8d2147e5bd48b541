//! The one-time set-up token, and the row that says that set-up is done.

use domain::Timestamp;
use domain::setup::SETUP_LINK_MS;
use domain::text::Name;
use sqlx::AnyConnection;

use crate::failure::{Failure, Outcome};
use crate::store::Tx;

/// Whether an organization was set up.
pub async fn is_done(connection: &mut AnyConnection) -> Outcome<bool> {
    Ok(sqlx::query("SELECT only_one FROM setup").fetch_optional(connection).await?.is_some())
}

/// Makes one token the only one.
pub(super) async fn replace_token(tx: &mut Tx, token_hash: &str, at: Timestamp) -> Outcome<()> {
    sqlx::query("DELETE FROM setup_tokens").execute(&mut **tx).await?;
    sqlx::query("INSERT INTO setup_tokens (token_hash, created_at) VALUES ($1, $2)")
        .bind(token_hash.to_owned())
        .bind(at.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether nothing is set up, and no token works.
pub(super) async fn is_link_due(connection: &mut AnyConnection, at: Timestamp) -> Outcome<bool> {
    if is_done(connection).await? {
        return Ok(false);
    }
    let row = sqlx::query("SELECT token_hash FROM setup_tokens WHERE created_at > $1")
        .bind(at.plus(-SETUP_LINK_MS).millis())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_none())
}

/// Refuses a token that is not the one printed last, or has ended.
pub(super) async fn require_token(connection: &mut AnyConnection, token_hash: &str, at: Timestamp) -> Outcome<()> {
    let row = sqlx::query("SELECT token_hash FROM setup_tokens WHERE token_hash = $1 AND created_at > $2")
        .bind(token_hash.to_owned())
        .bind(at.plus(-SETUP_LINK_MS).millis())
        .fetch_optional(connection)
        .await?;
    row.map(|_| ()).ok_or(Failure::AlreadySetUp)
}

/// Uses the token up and writes that set-up is done. Of many at once, one finds the token still there.
pub(super) async fn use_token(tx: &mut Tx, token_hash: &str, at: Timestamp) -> Outcome<()> {
    let used = sqlx::query("DELETE FROM setup_tokens WHERE token_hash = $1 AND created_at > $2")
        .bind(token_hash.to_owned())
        .bind(at.plus(-SETUP_LINK_MS).millis())
        .execute(&mut **tx)
        .await?;
    if used.rows_affected() != 1 {
        return Err(Failure::AlreadySetUp);
    }
    mark_done(tx, at).await
}

/// Writes that set-up is done, if nobody did before.
pub(super) async fn mark_done(tx: &mut Tx, at: Timestamp) -> Outcome<()> {
    sqlx::query("INSERT INTO setup (only_one, done_at) VALUES (1, $1) ON CONFLICT (only_one) DO NOTHING")
        .bind(at.millis())
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM setup_tokens").execute(&mut **tx).await?;
    Ok(())
}

/// Refuses a second organization of the same name at the command line, where a typing error would make one.
///
/// # Errors
/// `NameTaken` when there is one.
pub async fn require_new_name(tx: &mut Tx, name: &Name) -> Outcome<()> {
    let row = sqlx::query("SELECT id FROM organizations WHERE name = $1")
        .bind(name.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    if row.is_some() { Err(Failure::NameTaken("organization")) } else { Ok(()) }
}
