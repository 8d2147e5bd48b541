//! Sessions, and the sign-ins that they go back to.

use domain::session::OLDER_ID_MS;
use domain::time::DAY_MS;
use domain::{AccountId, OrganizationId, PersonId, Timestamp};
use sqlx::AnyConnection;

use super::ActiveAccount;
use crate::caller::{Origin, goes_on};
use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Tx, query_with};

/// A session to be.
pub(in crate::session) struct NewSession<'a> {
    pub id_hash: String,
    /// The sign-in that it goes back to; absent where it is one itself.
    pub sign_in: Option<&'a SignIn>,
    pub person: PersonId,
    pub account: &'a ActiveAccount,
    pub origin: &'a Origin,
    pub user_agent: &'a str,
    /// Since when its lifetime counts: the sign-in, also after changing to another organization.
    pub created_at: Timestamp,
    /// When the password was proved last.
    pub proved_at: Timestamp,
    pub expires_at: Timestamp,
}

/// One sign-in of a person: the sessions that were made of it in turn all carry its id.
pub(in crate::session) struct SignIn {
    pub id: String,
    pub person: PersonId,
}

/// Adds a session, and notes the sign-in.
///
/// # Errors
/// When the store refuses.
pub(in crate::session) async fn insert(tx: &mut Tx, new: &NewSession<'_>, at: Timestamp) -> Outcome<()> {
    // The account first, as where its activity is noted.
    sqlx::query(
        "UPDATE accounts SET last_sign_in_at = $1, last_active_at = $1,
                active_days = active_days + CASE WHEN COALESCE(last_active_at, 0) / $2 < $1 / $2 THEN 1 ELSE 0 END
         WHERE id = $3",
    )
    .bind(at.millis())
    .bind(DAY_MS)
    .bind(new.account.id.to_string())
    .execute(&mut **tx)
    .await?;
    let confirmed_at = (new.proved_at != new.created_at).then_some(new.proved_at);
    sqlx::query("INSERT INTO sessions (id_hash, sign_in_id, person_id, account_id, organization_id, created_at, confirmed_at, last_seen_at, expires_at, ip, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(new.id_hash.clone())
        .bind(new.sign_in.map_or_else(|| new.id_hash.clone(), |sign_in| sign_in.id.clone()))
        .bind(new.person.to_string())
        .bind(new.account.id.to_string())
        .bind(new.account.organization.to_string())
        .bind(new.created_at.millis())
        .bind(confirmed_at.map(Timestamp::millis))
        .bind(at.millis())
        .bind(new.expires_at.millis())
        .bind(new.origin.ip.to_string())
        .bind(domain::text::kept_agent(new.user_agent))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The sign-in of a session, be it over or not; none of one that is unknown.
pub(in crate::session) async fn sign_in_of(connection: &mut AnyConnection, id_hash: &str) -> Outcome<Option<SignIn>> {
    let row = sqlx::query("SELECT sign_in_id, person_id FROM sessions WHERE id_hash = $1")
        .bind(id_hash.to_owned())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok(SignIn { id: row.text("sign_in_id")?, person: row.id("person_id")? })).transpose()
}

/// The sign-in of a session from which another one is made. The person is locked: nothing ends it, or makes another one of it,
/// before the transaction does.
///
/// # Errors
/// `NotSignedIn` when the session has ended meanwhile.
pub(in crate::session) async fn living_sign_in(tx: &mut Tx, id_hash: &str, at: Timestamp) -> Outcome<SignIn> {
    let sql = format!("SELECT s.sign_in_id, s.person_id FROM sessions s WHERE s.id_hash = $1 AND {}", goes_on(2));
    let row = query_with(sql, vec![id_hash.into(), at.into()]).fetch_optional(&mut **tx).await?;
    let row = row.ok_or(Failure::NotSignedIn)?;
    Ok(SignIn { id: row.text("sign_in_id")?, person: row.id("person_id")? })
}

/// Where the sessions of a sign-in that have not ended are: their organizations, in the order in which these are locked, each
/// with the account.
pub(in crate::session) async fn living(
    tx: &mut Tx,
    sign_in: &SignIn,
    at: Timestamp,
) -> Outcome<Vec<(OrganizationId, AccountId)>> {
    let rows = sqlx::query(
        "SELECT DISTINCT organization_id, account_id FROM sessions
         WHERE sign_in_id = $1 AND (ended_at IS NULL OR ended_at > $2) ORDER BY organization_id",
    )
    .bind(sign_in.id.clone())
    .bind(at.millis())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok((row.id("organization_id")?, row.id("account_id")?))).collect()
}

/// Ends all sessions of a sign-in but the one that goes on, also under the older ids by which they are still found.
///
/// # Errors
/// When the store refuses.
pub(in crate::session) async fn end_sign_in(
    tx: &mut Tx,
    sign_in: &SignIn,
    but: Option<&str>,
    at: Timestamp,
) -> Outcome<()> {
    sqlx::query(
        "UPDATE sessions SET ended_at = $1
         WHERE sign_in_id = $2 AND id_hash <> $3 AND (ended_at IS NULL OR ended_at > $1)",
    )
    .bind(at.millis())
    .bind(sign_in.id.clone())
    .bind(but.unwrap_or_default().to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives a session a new id, under which the password counts as proved once more. By the older one it is found for a
/// moment as it was.
pub(in crate::session) async fn renew(tx: &mut Tx, older_hash: &str, id_hash: &str, at: Timestamp) -> Outcome<()> {
    let columns =
        "sign_in_id, person_id, account_id, organization_id, created_at, last_seen_at, expires_at, ip, user_agent";
    let sql = format!(
        "INSERT INTO sessions (id_hash, confirmed_at, {columns})
         SELECT $1, $2, {columns} FROM sessions s WHERE s.id_hash = $3 AND {}",
        goes_on(2)
    );
    let values = vec![id_hash.into(), at.into(), older_hash.into()];
    if query_with(sql, values).execute(&mut **tx).await?.rows_affected() != 1 {
        return Err(Failure::NotSignedIn);
    }
    sqlx::query("UPDATE sessions SET ended_at = $1 WHERE id_hash = $2 AND ended_at IS NULL")
        .bind(at.plus(OLDER_ID_MS).millis())
        .bind(older_hash.to_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends all sessions of an account, and says how many there were. No older proof of the password leads back in.
pub(in crate::session) async fn end_all(tx: &mut Tx, account: AccountId, at: Timestamp) -> Outcome<u64> {
    sqlx::query("UPDATE accounts SET signed_out_at = $1 WHERE id = $2")
        .bind(at.millis())
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    let ended =
        sqlx::query("UPDATE sessions SET ended_at = $1 WHERE account_id = $2 AND (ended_at IS NULL OR ended_at > $1)")
            .bind(at.millis())
            .bind(account.to_string())
            .execute(&mut **tx)
            .await?;
    Ok(ended.rows_affected())
}

/// Whether somebody else has signed an account out since the password was proved.
///
/// # Errors
/// When the store does not answer.
pub async fn is_signed_out_since(tx: &mut Tx, account: AccountId, proved_at: Timestamp) -> Outcome<bool> {
    let row = sqlx::query("SELECT id FROM accounts WHERE id = $1 AND signed_out_at > $2")
        .bind(account.to_string())
        .bind(proved_at.millis())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}
