//! Persons, their accounts, sessions and guesses.

mod sessions;

use domain::password;
use domain::session::Guesses;
use domain::{AccountId, OrganizationId, PersonId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Db, Tx};

pub use sessions::is_signed_out_since;
pub(super) use sessions::{
    NewSession, SignIn, end_all, end_sign_in, insert, living, living_sign_in, renew, sign_in_of,
};

/// A person's own row.
#[derive(Clone)]
pub struct PersonRow {
    pub id: PersonId,
    pub email_key: String,
    pub user_name: Option<String>,
    pub display_name: String,
    pub password_hash: Option<String>,
    /// How many code points the password is known to have, as far as any organization asked when it was entered last.
    pub password_chars: Option<usize>,
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

const PERSON: &str =
    "SELECT p.id, p.email_key, p.user_name, p.display_name, p.password_hash, p.password_chars FROM persons p";

fn person(row: &AnyRow) -> Outcome<PersonRow> {
    Ok(PersonRow {
        id: row.id("id")?,
        email_key: row.text("email_key")?,
        user_name: row.maybe_text("user_name")?,
        display_name: row.text("display_name")?,
        password_hash: row.maybe_text("password_hash")?,
        password_chars: row.maybe_number("password_chars")?.and_then(|chars| usize::try_from(chars).ok()),
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

/// Lets nobody else change a person, or make a session of one of theirs, until the transaction ends. It is taken before any
/// organization's lock: two that take them in another order would wait for each other.
///
/// # Errors
/// When the store does not answer.
pub async fn lock_person(tx: &mut Tx, person: PersonId) -> Outcome<()> {
    sqlx::query("UPDATE persons SET created_at = created_at WHERE id = $1")
        .bind(person.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Notes how long a person's password is, as far as any organization asks for now; `known` is what was noted before.
///
/// # Errors
/// When the store refuses.
pub async fn note_password_chars(tx: &mut Tx, person: PersonId, known: Option<usize>, chars: usize) -> Outcome<()> {
    let row = sqlx::query("SELECT COALESCE(MAX(password_chars_min), 0) AS asked FROM organizations")
        .fetch_one(&mut **tx)
        .await?;
    let noted = chars.min(password::chars_min(row.number("asked")?));
    if known == Some(noted) {
        return Ok(());
    }
    sqlx::query("UPDATE persons SET password_chars = $1 WHERE id = $2")
        .bind(i64::try_from(noted).unwrap_or(i64::MAX))
        .bind(person.to_string())
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
