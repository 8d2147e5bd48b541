//! Persons, sessions and guesses.

use domain::session::{Guesses, OLDER_ID_MS};
use domain::time::DAY_MS;
use domain::{AccountId, OrganizationId, PersonId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::caller::Origin;
use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Db, Tx, query_with};

/// A person's own row.
#[derive(Clone)]
pub struct PersonRow {
    pub id: PersonId,
    pub email_key: String,
    pub user_name: Option<String>,
    pub display_name: String,
    pub password_hash: Option<String>,
}

/// A person to be.
pub struct NewPerson {
    pub id: PersonId,
    pub email: String,
    pub email_key: String,
    pub user_name: Option<String>,
    pub display_name: String,
    pub password_hash: String,
    pub email_verified_at: Option<Timestamp>,
}

/// An account to sign in to.
pub struct ActiveAccount {
    pub id: AccountId,
    pub organization: OrganizationId,
}

const PERSON: &str = "SELECT p.id, p.email_key, p.user_name, p.display_name, p.password_hash FROM persons p";

fn person(row: &AnyRow) -> Outcome<PersonRow> {
    Ok(PersonRow {
        id: row.id("id")?,
        email_key: row.text("email_key")?,
        user_name: row.maybe_text("user_name")?,
        display_name: row.text("display_name")?,
        password_hash: row.maybe_text("password_hash")?,
    })
}

/// The person of an address.
///
/// # Errors
/// When the store does not answer.
pub async fn find_person(connection: &mut AnyConnection, email_key: &str) -> Outcome<Option<PersonRow>> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("{PERSON} WHERE p.email_key = $1")))
        .bind(email_key.to_owned())
        .fetch_optional(connection)
        .await?;
    row.map(|row| person(&row)).transpose()
}

/// The person of an address or a user name; the two cannot be mistaken for each other.
///
/// # Errors
/// When the store does not answer.
pub async fn find_by_name(connection: &mut AnyConnection, name: &str) -> Outcome<Option<PersonRow>> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("{PERSON} WHERE p.email_key = $1 OR p.user_name = $1")))
        .bind(name.to_owned())
        .fetch_optional(connection)
        .await?;
    row.map(|row| person(&row)).transpose()
}

/// # Errors
/// When the store does not answer.
pub async fn is_user_name_taken(connection: &mut AnyConnection, user_name: &str) -> Outcome<bool> {
    let row = sqlx::query("SELECT id FROM persons WHERE user_name = $1")
        .bind(user_name.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Adds a person.
///
/// # Errors
/// When the store refuses, as it does where there is a person with the address or the user name.
pub async fn insert_person(tx: &mut Tx, new: &NewPerson, at: Timestamp) -> Outcome<()> {
    sqlx::query(
        "INSERT INTO persons (id, email, email_key, user_name, display_name, password_hash, password_changed_at, email_verified_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id.to_string())
    .bind(new.email.clone())
    .bind(new.email_key.clone())
    .bind(new.user_name.clone())
    .bind(new.display_name.clone())
    .bind(new.password_hash.clone())
    .bind(at.millis())
    .bind(new.email_verified_at.map(Timestamp::millis))
    .bind(at.millis())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// # Errors
/// When the store refuses.
pub async fn set_password_hash(db: &Db, person: PersonId, hash: String) -> Outcome<()> {
    sqlx::query("UPDATE persons SET password_hash = $1 WHERE id = $2")
        .bind(hash)
        .bind(person.to_string())
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Makes a pending account active, once.
///
/// # Errors
/// `NotPending` when it is not pending any more.
pub async fn activate(tx: &mut Tx, account: AccountId, person: PersonId, at: Timestamp) -> Outcome<()> {
    let done = sqlx::query("UPDATE accounts SET activated_at = $1, person_id = $2, version = version + 1 WHERE id = $3 AND activated_at IS NULL AND deleted_at IS NULL AND deactivated_at IS NULL")
        .bind(at.millis())
        .bind(person.to_string())
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Failure::NotPending) }
}

/// The account a person signs in to: of the organization named, else the one they used last.
///
/// # Errors
/// When the store does not answer.
pub async fn active_account(
    connection: &mut AnyConnection,
    person: PersonId,
    organization: Option<OrganizationId>,
    at: Timestamp,
) -> Outcome<Option<ActiveAccount>> {
    let row = sqlx::query(
        "SELECT id, organization_id FROM accounts
         WHERE person_id = $1 AND ($2 = '' OR organization_id = $2) AND activated_at IS NOT NULL AND deactivated_at IS NULL AND deleted_at IS NULL
           AND (valid_until IS NULL OR valid_until > $3)
         ORDER BY COALESCE(last_active_at, 0) DESC, id LIMIT 1",
    )
    .bind(person.to_string())
    .bind(organization.map(|id| id.to_string()).unwrap_or_default())
    .bind(at.millis())
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok(ActiveAccount { id: row.id("id")?, organization: row.id("organization_id")? })).transpose()
}

/// The accounts of a person that are not deleted, with their organizations.
///
/// # Errors
/// When the store does not answer.
pub async fn accounts_of(
    connection: &mut AnyConnection,
    person: PersonId,
) -> Outcome<Vec<(OrganizationId, AccountId)>> {
    let rows = sqlx::query(
        "SELECT organization_id, id FROM accounts WHERE person_id = $1 AND deleted_at IS NULL ORDER BY organization_id",
    )
    .bind(person.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((row.id("organization_id")?, row.id("id")?))).collect()
}

/// A session to be.
pub struct NewSession<'a> {
    pub id_hash: String,
    pub person: PersonId,
    pub account: &'a ActiveAccount,
    pub origin: &'a Origin,
    pub user_agent: &'a str,
    /// Since when its lifetime counts: the sign-in, also after changing to another organization.
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Adds a session, and notes the sign-in.
///
/// # Errors
/// When the store refuses.
pub async fn insert(tx: &mut Tx, new: &NewSession<'_>, at: Timestamp) -> Outcome<()> {
    sqlx::query("INSERT INTO sessions (id_hash, person_id, account_id, organization_id, created_at, last_seen_at, expires_at, ip, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(new.id_hash.clone())
        .bind(new.person.to_string())
        .bind(new.account.id.to_string())
        .bind(new.account.organization.to_string())
        .bind(new.created_at.millis())
        .bind(at.millis())
        .bind(new.expires_at.millis())
        .bind(new.origin.ip.to_string())
        .bind(domain::text::kept_agent(new.user_agent))
        .execute(&mut **tx)
        .await?;
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
    Ok(())
}

/// Ends a session, also under the older ids by which it is still found.
///
/// # Errors
/// When the store refuses.
pub async fn end(tx: &mut Tx, id_hash: &str, at: Timestamp) -> Outcome<()> {
    sqlx::query(
        "UPDATE sessions SET ended_at = $1
         WHERE (id_hash = $2 AND ended_at IS NULL)
            OR (ended_at > $1 AND account_id = (SELECT own.account_id FROM sessions own WHERE own.id_hash = $2))",
    )
    .bind(at.millis())
    .bind(id_hash.to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives a session a new id, under which the password counts as proved once more. By the older one it is found for a
/// moment as it was.
pub(super) async fn renew(tx: &mut Tx, older_hash: &str, id_hash: &str, at: Timestamp) -> Outcome<()> {
    let columns = "person_id, account_id, organization_id, created_at, last_seen_at, expires_at, ip, user_agent";
    let sql = format!(
        "INSERT INTO sessions (id_hash, confirmed_at, {columns})
         SELECT $1, $2, {columns} FROM sessions WHERE id_hash = $3 AND (ended_at IS NULL OR ended_at > $2)"
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

/// The account of an address in an organization, unless it is deleted.
pub(super) async fn user_account(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    email_key: &str,
) -> Outcome<Option<AccountId>> {
    let row = sqlx::query(
        "SELECT id FROM accounts WHERE organization_id = $1 AND kind = 'user' AND handle = $2 AND deleted_at IS NULL",
    )
    .bind(organization.to_string())
    .bind(email_key.to_owned())
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.id("id")).transpose()
}

/// Ends all sessions of an account, and says how many there were. No older proof of the password leads back in.
pub(super) async fn end_all(tx: &mut Tx, account: AccountId, at: Timestamp) -> Outcome<u64> {
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
pub(super) async fn is_signed_out_since(tx: &mut Tx, account: AccountId, proved_at: Timestamp) -> Outcome<bool> {
    let row = sqlx::query("SELECT id FROM accounts WHERE id = $1 AND signed_out_at > $2")
        .bind(account.to_string())
        .bind(proved_at.millis())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}

/// The failed guesses of a bucket. The row is locked until the transaction ends, on PostgreSQL too.
pub(super) async fn guesses(tx: &mut Tx, bucket: &str, at: Timestamp) -> Outcome<Option<Guesses>> {
    sqlx::query("INSERT INTO guesses (name_key, guesses, window_start, last_at) VALUES ($1, 0, $2, $2) ON CONFLICT (name_key) DO UPDATE SET guesses = guesses.guesses")
        .bind(bucket.to_owned())
        .bind(at.millis())
        .execute(&mut **tx)
        .await?;
    let row = sqlx::query("SELECT guesses, window_start, last_at FROM guesses WHERE name_key = $1")
        .bind(bucket.to_owned())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| {
        Ok(Guesses {
            count: u32::try_from(row.number("guesses")?).unwrap_or(u32::MAX),
            window_start: row.time("window_start")?,
            last_at: row.time("last_at")?,
        })
    })
    .transpose()
}

pub(super) async fn set_guesses(tx: &mut Tx, bucket: &str, guesses: Guesses) -> Outcome<()> {
    sqlx::query("UPDATE guesses SET guesses = $1, window_start = $2, last_at = $3 WHERE name_key = $4")
        .bind(i64::from(guesses.count))
        .bind(guesses.window_start.millis())
        .bind(guesses.last_at.millis())
        .bind(bucket.to_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn forget_guesses(tx: &mut Tx, bucket: &str) -> Outcome<()> {
    sqlx::query("DELETE FROM guesses WHERE name_key = $1").bind(bucket.to_owned()).execute(&mut **tx).await?;
    Ok(())
}
