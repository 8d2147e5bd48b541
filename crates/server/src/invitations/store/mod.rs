//! Writes and reads invitations, and the mails they wait for.

mod allowances;
mod gifts;
mod links;
mod snapshots;

use std::collections::HashMap;

use domain::invitations::{Delivery, InvitationOutcome};
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

pub use allowances::allowances;
pub(super) use allowances::{keep_allowances, take_allowance};
pub(super) use gifts::{given, strip};
pub use links::{FIRST_GENERATION, link_hash};
pub(super) use links::{LinkRow, find_link, generation, note_copied, request_link};
pub(super) use snapshots::{find_snapshots, set_snapshots, without_snapshot};
pub use snapshots::{sweep_snapshots, with_shown_link};

use super::snapshot::Now;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::outbox;
use crate::store::{Columns, Tx, execute_for, fetch_for, insert_rows, placeholder_list, query_with};

/// An account that has an address already.
pub(super) struct Existing {
    pub(super) id: AccountId,
    pub(super) is_active: bool,
    pub(super) is_deactivated: bool,
}

/// The accounts, deleted ones apart, of many addresses.
pub(super) async fn existing(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    keys: &[String],
) -> Outcome<HashMap<String, Existing>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT a.id, a.handle, a.activated_at, a.deactivated_at FROM accounts a WHERE a.organization_id = $1 AND a.kind = 'user' AND a.deleted_at IS NULL AND a.handle IN ({})",
        placeholder_list(2, keys.len())
    );
    let values = std::iter::once(organization.into()).chain(keys.iter().map(|key| key.as_str().into())).collect();
    let rows = query_with(sql, values).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let found = Existing {
                id: row.id("id")?,
                is_active: row.maybe_number("activated_at")?.is_some(),
                is_deactivated: row.maybe_number("deactivated_at")?.is_some(),
            };
            Ok((row.text("handle")?, found))
        })
        .collect()
}

/// Adds the first invitations of new accounts, with their links and mails. The accounts have been given all they get.
pub(super) async fn insert_all(tx: &mut Tx, app: &App, caller: &Caller, accounts: &[AccountId]) -> Outcome<()> {
    let (organization, sent_by, at) = (&caller.organization, caller.account_id, caller.at);
    let (delivery, expires_at) = start(app, organization.invitation_ttl_ms, at);
    let row = |account: &AccountId| {
        vec![
            (*account).into(),
            FIRST_GENERATION.into(),
            sent_by.into(),
            at.into(),
            expires_at.into(),
            1_i64.into(),
            delivery.as_str().into(),
        ]
    };
    let columns = "invitations (account_id, generation, sent_by, sent_at, expires_at, send_count, delivery)";
    insert_rows(tx, columns, 7, accounts.iter().map(row).collect()).await?;
    Now::of(caller).record(tx, accounts).await?;
    let link = |account: &AccountId| {
        let hash = link_hash(&app.key, *account, FIRST_GENERATION);
        vec![hash.into(), (*account).into(), FIRST_GENERATION.into(), at.into()]
    };
    let links = accounts.iter().map(link).collect();
    insert_rows(tx, "invitation_links (token_hash, account_id, generation, created_at)", 4, links).await?;
    let mails = accounts.iter().map(|account| (outbox::Kind::Invitation, *account, FIRST_GENERATION)).collect();
    outbox::store::add(tx, organization.id, at, mails).await
}

/// Makes the version that others have seen old: what they do to the invitation they saw is refused.
pub(super) async fn raise_version(tx: &mut Tx, account: AccountId) -> Outcome<()> {
    sqlx::query("UPDATE accounts SET version = version + 1 WHERE id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// How an invitation starts: queued with its lifetime not yet running, or as a link to pass on.
fn start(app: &App, ttl_ms: i64, at: Timestamp) -> (Delivery, Option<Timestamp>) {
    if app.has_mail { (Delivery::Queued, None) } else { (Delivery::LinkOnly, Some(at.plus(ttl_ms))) }
}

/// Makes a new link for each account, which opens what the account has by now, and kills the older ones; mails that wait
/// with them are dropped.
pub(super) async fn renew(tx: &mut Tx, app: &App, caller: &Caller, accounts: &[AccountId]) -> Outcome<()> {
    let (organization, sent_by, at) = (&caller.organization, caller.account_id, caller.at);
    let (delivery, expires_at) = start(app, organization.invitation_ttl_ms, at);
    let first = [sent_by.into(), at.into(), expires_at.into(), delivery.as_str().into()];
    let done = execute_for(tx, &first, accounts, |ids| {
        format!(
            "UPDATE invitations SET generation = generation + 1, sent_by = $1, sent_at = $2, expires_at = $3, send_count = send_count + 1, delivery = $4,
                    attempts = 0, last_error = NULL, link_requested_at = NULL, link_copied_at = NULL
             WHERE outcome IS NULL AND account_id IN ({ids})"
        )
    })
    .await?;
    if usize::try_from(done).ok() != Some(accounts.len()) {
        return Err(Failure::NotPending);
    }
    // Who sends an invitation again holds what it gives, and stands for all of it from now on.
    execute_for(tx, &[sent_by.into()], accounts, |ids| {
        format!("UPDATE accounts SET level_granted_by = $1 WHERE id IN ({ids})")
    })
    .await?;
    Now::of(caller).record(tx, accounts).await?;
    outbox::store::drop_waiting(tx, accounts, at).await?;
    let mails = add_links(tx, app, accounts, at).await?;
    outbox::store::add(tx, organization.id, at, mails).await
}

/// Adds the links of invitations' newest generations, and gives the mails that carry them.
async fn add_links(
    tx: &mut Tx,
    app: &App,
    accounts: &[AccountId],
    at: Timestamp,
) -> Outcome<Vec<(outbox::Kind, AccountId, i64)>> {
    let rows = fetch_for(tx, &[], accounts, |ids| {
        format!("SELECT account_id, generation FROM invitations WHERE account_id IN ({ids})")
    })
    .await?;
    let (mut links, mut mails) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in &rows {
        let (account, generation): (AccountId, _) = (row.id("account_id")?, row.number("generation")?);
        links.push(vec![link_hash(&app.key, account, generation).into(), account.into(), generation.into(), at.into()]);
        mails.push((outbox::Kind::Invitation, account, generation));
    }
    insert_rows(tx, "invitation_links (token_hash, account_id, generation, created_at)", 4, links).await?;
    Ok(mails)
}

/// Makes a new link for a mail that still waits, in the name of whoever sent the invitation: a link that was copied
/// meanwhile is dead. Gives its generation.
pub(super) async fn renew_waiting(tx: &mut Tx, app: &App, account: AccountId, at: Timestamp) -> Outcome<i64> {
    sqlx::query("UPDATE invitations SET generation = generation + 1, link_copied_at = NULL WHERE account_id = $1")
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    add_links(tx, app, &[account], at).await?;
    let generation = generation(tx, account).await?;
    outbox::store::carry(tx, account, generation).await?;
    Ok(generation)
}

/// Ends an invitation that was not accepted: the account is deleted, the link dead, the seat free.
pub(super) async fn end(tx: &mut Tx, account: AccountId, outcome: InvitationOutcome, at: Timestamp) -> Outcome<()> {
    let deleted = sqlx::query(
        "UPDATE accounts SET deleted_at = $1 WHERE id = $2 AND activated_at IS NULL AND deleted_at IS NULL",
    )
    .bind(at.millis())
    .bind(account.to_string())
    .execute(&mut **tx)
    .await?;
    if deleted.rows_affected() != 1 {
        return Err(Failure::NotPending);
    }
    set_outcome(tx, account, outcome, at).await
}

/// Writes how an invitation ended; mails that wait are dropped.
pub(super) async fn set_outcome(
    tx: &mut Tx,
    account: AccountId,
    outcome: InvitationOutcome,
    at: Timestamp,
) -> Outcome<()> {
    sqlx::query("UPDATE invitations SET outcome = $1, ended_at = $2 WHERE account_id = $3")
        .bind(outcome.as_str())
        .bind(at.millis())
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    outbox::store::drop_waiting(tx, &[account], at).await
}
