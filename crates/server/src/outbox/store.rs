//! Queues, leases and settles mails.

use domain::invitations::Delivery;
use domain::session::{GUESSES_FORGOTTEN_AFTER_MS, GUESSES_FORGOTTEN_MAX};
use domain::time::{DAY_MS, MINUTE_MS};
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::Kind;
use crate::failure::Outcome;
use crate::random;
use crate::store::{Columns, Db, Dialect, Tx, execute_for, insert_rows};

/// Mails leased at once: all of them are through, or timed out, within the lease.
const LEASED_MAX: i64 = 5;
/// A lease that is not given back ends by itself after so long: its process has died.
const LEASE_MS: i64 = 2 * MINUTE_MS;

/// A mail that is due, with all that its text needs.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) organization: OrganizationId,
    pub(super) organization_name: String,
    pub(super) invitation_ttl_ms: i64,
    pub(super) account: AccountId,
    pub(super) generation: i64,
    pub(super) attempts: u32,
    pub(super) created_at: Timestamp,
    /// The invited person's address.
    pub(super) invited_email: String,
    pub(super) sender_name: String,
    pub(super) sender_email: String,
    /// The invitation is neither accepted nor ended.
    pub(super) is_open: bool,
}

/// Queues mails; they leave after the transaction.
///
/// # Errors
/// When the store refuses.
pub async fn add(
    tx: &mut Tx,
    organization: OrganizationId,
    at: Timestamp,
    mails: Vec<(Kind, AccountId, i64)>,
) -> Outcome<()> {
    let mut rows = Vec::with_capacity(mails.len());
    for (kind, account, generation) in mails {
        let id = random::id::<Kind>(at)?;
        rows.push(vec![
            id.into(),
            organization.into(),
            kind.as_str().into(),
            account.into(),
            generation.into(),
            at.into(),
            at.into(),
        ]);
    }
    insert_rows(tx, "outbox (id, organization_id, kind, account_id, generation, created_at, due_at)", 7, rows).await
}

/// Gives up the invitation mails of accounts that still wait: their link is dead, or will be.
///
/// # Errors
/// When the store refuses.
pub async fn drop_waiting(tx: &mut Tx, accounts: &[AccountId], at: Timestamp) -> Outcome<()> {
    execute_for(tx, &[at.into()], accounts, |ids| {
        format!("UPDATE outbox SET dropped_at = $1 WHERE kind = 'invitation' AND sent_at IS NULL AND dropped_at IS NULL AND account_id IN ({ids})")
    })
    .await?;
    Ok(())
}

/// Makes the invitation mail of an account that still waits carry a newer link.
///
/// # Errors
/// When the store refuses.
pub async fn carry(tx: &mut Tx, account: AccountId, generation: i64) -> Outcome<()> {
    sqlx::query("UPDATE outbox SET generation = $1 WHERE kind = 'invitation' AND sent_at IS NULL AND dropped_at IS NULL AND account_id = $2")
        .bind(generation)
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes mails that are due, so that no other process sends them too.
pub(super) async fn lease(db: &Db, at: Timestamp) -> Outcome<Vec<Due>> {
    const IS_DUE: &str =
        "sent_at IS NULL AND dropped_at IS NULL AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)";
    let has_due = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT id FROM outbox WHERE {IS_DUE} LIMIT 1")))
        .bind(at.millis())
        .fetch_optional(db.reader())
        .await?;
    if has_due.is_none() {
        return Ok(Vec::new());
    }
    let mut tx = db.begin().await?;
    // The condition stands twice: on PostgreSQL a row that another process took meanwhile is looked at again.
    let sql = format!(
        "UPDATE outbox SET leased_until = $2, attempts = attempts + 1 WHERE {IS_DUE} AND id IN (SELECT id FROM outbox WHERE {IS_DUE} ORDER BY due_at, id LIMIT $3) RETURNING id"
    );
    let leased = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(at.millis())
        .bind(at.plus(LEASE_MS).millis())
        .bind(LEASED_MAX)
        .fetch_all(&mut *tx)
        .await?;
    let mut due = Vec::with_capacity(leased.len());
    for row in &leased {
        due.push(lookup(&mut tx, row.text("id")?).await?);
    }
    tx.commit().await?;
    Ok(due)
}

async fn lookup(connection: &mut AnyConnection, id: String) -> Outcome<Due> {
    let row = sqlx::query(
        "SELECT b.kind, b.organization_id, b.account_id, b.generation, b.attempts, b.created_at, o.name AS organization_name, o.invitation_ttl_ms, a.email AS invited_email,
                s.display_name AS sender_name, COALESCE(s.email, '') AS sender_email,
                CASE WHEN i.outcome IS NULL AND a.activated_at IS NULL AND a.deleted_at IS NULL THEN 1 ELSE 0 END AS is_open
         FROM outbox b JOIN organizations o ON o.id = b.organization_id JOIN accounts a ON a.id = b.account_id
         JOIN invitations i ON i.account_id = b.account_id JOIN accounts s ON s.id = i.sent_by WHERE b.id = $1",
    )
    .bind(id.clone())
    .fetch_one(connection)
    .await?;
    Ok(Due {
        id,
        kind: if row.text("kind")? == Kind::Invitation.as_str() { Kind::Invitation } else { Kind::LinkRequested },
        organization: row.id("organization_id")?,
        organization_name: row.text("organization_name")?,
        invitation_ttl_ms: row.number("invitation_ttl_ms")?,
        account: row.id("account_id")?,
        generation: row.number("generation")?,
        attempts: u32::try_from(row.number("attempts")?).unwrap_or(u32::MAX),
        created_at: row.time("created_at")?,
        invited_email: row.text("invited_email")?,
        sender_name: row.text("sender_name")?,
        sender_email: row.text("sender_email")?,
        is_open: row.number("is_open")? == 1,
    })
}

/// It was taken, and how: from now the link's lifetime runs.
pub(super) async fn settle_sent(tx: &mut Tx, due: &Due, delivery: Delivery, at: Timestamp) -> Outcome<()> {
    sqlx::query("UPDATE outbox SET sent_at = $1, leased_until = NULL, last_error = NULL WHERE id = $2")
        .bind(at.millis())
        .bind(due.id.clone())
        .execute(&mut **tx)
        .await?;
    if due.kind == Kind::Invitation {
        sqlx::query(
            "UPDATE invitations SET sent_at = $1, expires_at = $2, delivery = $3, attempts = $4, last_error = NULL
             WHERE account_id = $5 AND generation = $6 AND outcome IS NULL AND delivery <> 'link_only'",
        )
        .bind(at.millis())
        .bind(at.plus(due.invitation_ttl_ms).millis())
        .bind(delivery.as_str())
        .bind(i64::from(due.attempts))
        .bind(due.account.to_string())
        .bind(due.generation)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// It did not leave: it is due again, or given up where `retry_at` is absent.
pub(super) async fn settle_failed(
    tx: &mut Tx,
    due: &Due,
    error: &str,
    retry_at: Option<Timestamp>,
    at: Timestamp,
) -> Outcome<()> {
    sqlx::query("UPDATE outbox SET leased_until = NULL, last_error = $1, due_at = COALESCE($2, due_at), dropped_at = $3 WHERE id = $4")
        .bind(error.to_owned())
        .bind(retry_at.map(Timestamp::millis))
        .bind(retry_at.is_none().then_some(at.millis()))
        .bind(due.id.clone())
        .execute(&mut **tx)
        .await?;
    if due.kind == Kind::Invitation {
        let delivery = if retry_at.is_some() { Delivery::Queued } else { Delivery::Failed };
        sqlx::query("UPDATE invitations SET delivery = $1, attempts = $2, last_error = $3, expires_at = COALESCE(expires_at, $6)
             WHERE account_id = $4 AND generation = $5 AND outcome IS NULL AND delivery <> 'link_only'")
            .bind(delivery.as_str())
            .bind(i64::from(due.attempts))
            .bind(error.to_owned())
            .bind(due.account.to_string())
            .bind(due.generation)
            .bind(retry_at.is_none().then_some(at.plus(due.invitation_ttl_ms).millis()))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Makes mails due now that wait for another attempt.
pub(super) async fn hurry(db: &Db, at: Timestamp) -> Outcome<()> {
    sqlx::query("UPDATE outbox SET due_at = $1 WHERE sent_at IS NULL AND dropped_at IS NULL AND last_error IS NOT NULL AND due_at > $1")
        .bind(at.millis())
        .execute(db.writer())
        .await?;
    Ok(())
}

/// It is not wanted any more.
pub(super) async fn settle_dropped(tx: &mut Tx, due: &Due, at: Timestamp) -> Outcome<()> {
    sqlx::query("UPDATE outbox SET dropped_at = $1, leased_until = NULL WHERE id = $2")
        .bind(at.millis())
        .bind(due.id.clone())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends the leases of a process that died, where this one is alone: nobody else sends from an embedded database.
pub(super) async fn end_leases_of_the_dead(db: &Db) -> Outcome<()> {
    if db.dialect == Dialect::Sqlite {
        sqlx::query("UPDATE outbox SET leased_until = NULL WHERE leased_until IS NOT NULL")
            .execute(db.writer())
            .await?;
    }
    Ok(())
}

/// Gives leases back when the process stops.
pub(super) async fn release(db: &Db, due: &[Due]) -> Outcome<()> {
    for mail in due {
        sqlx::query("UPDATE outbox SET leased_until = NULL, attempts = attempts - 1 WHERE id = $1 AND sent_at IS NULL")
            .bind(mail.id.clone())
            .execute(db.writer())
            .await?;
    }
    Ok(())
}

/// Forgets what is no longer needed: sessions long over, counts of guesses and mails that have lapsed.
pub(super) async fn sweep(db: &Db, at: Timestamp) -> Outcome<()> {
    let day_ago = at.plus(-DAY_MS).millis();
    sqlx::query("DELETE FROM sessions WHERE expires_at < $1").bind(day_ago).execute(db.writer()).await?;
    sqlx::query("DELETE FROM guesses WHERE window_start < $1 OR (guesses <= $2 AND last_at < $3)")
        .bind(day_ago)
        .bind(i64::from(GUESSES_FORGOTTEN_MAX))
        .bind(at.plus(-GUESSES_FORGOTTEN_AFTER_MS).millis())
        .execute(db.writer())
        .await?;
    sqlx::query("DELETE FROM mail_allowances WHERE full_at < $1").bind(day_ago).execute(db.writer()).await?;
    Ok(())
}
