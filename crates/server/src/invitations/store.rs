//! Writes and reads invitations, their links, and the mails they wait for.

use std::collections::HashMap;

use domain::invitations::{Delivery, InvitationOutcome, LinkFacts, mail_allowance};
use domain::time::MINUTE_MS;
use domain::{AccountId, GroupId, OrganizationId, RoleId, Timestamp};
use sqlx::AnyConnection;

use crate::accounts::store::outcome;
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::organization::store::OrganizationRow;
use crate::outbox;
use crate::secrets::{self, ServerKey};
use crate::store::{
    Columns, Tx, Value, execute_for, fetch_for, insert_rows, placeholder_list, placeholders, query_with,
};

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

/// When each of many addresses may get its full number of mails again.
///
/// # Errors
/// When the store does not answer.
pub async fn allowances(connection: &mut AnyConnection, keys: &[String]) -> Outcome<HashMap<String, Timestamp>> {
    let mut found = HashMap::new();
    for chunk in keys.chunks(ALLOWANCES_PER_STATEMENT) {
        let sql = format!(
            "SELECT email_key, full_at FROM mail_allowances WHERE email_key IN ({})",
            placeholder_list(1, chunk.len())
        );
        let values = chunk.iter().map(|key| key.as_str().into()).collect();
        for row in &query_with(sql, values).fetch_all(&mut *connection).await? {
            found.insert(row.text("email_key")?, row.time("full_at")?);
        }
    }
    Ok(found)
}

/// Writes the allowances that sending has used up.
pub(super) async fn keep_allowances(tx: &mut Tx, rows: Vec<(String, Timestamp)>) -> Outcome<()> {
    for chunk in rows.chunks(ALLOWANCES_PER_STATEMENT) {
        let sql = format!(
            "INSERT INTO mail_allowances (email_key, full_at) VALUES {} ON CONFLICT (email_key) DO UPDATE SET full_at = excluded.full_at",
            placeholders(chunk.len(), 2)
        );
        let values = chunk.iter().flat_map(|(key, full_at)| [Value::from(key.as_str()), (*full_at).into()]).collect();
        query_with(sql, values).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Allowances that one statement reads or writes.
const ALLOWANCES_PER_STATEMENT: usize = 250;

/// The generation of an account's first link.
pub const FIRST_GENERATION: i64 = 1;

/// A new invitation of a new account.
pub(super) struct NewInvitation {
    pub(super) account: AccountId,
    pub(super) email_key: String,
    pub(super) level: Option<RoleId>,
}

/// Adds first invitations, with their links and mails.
pub(super) async fn insert_all(
    tx: &mut Tx,
    app: &App,
    organization: OrganizationId,
    sent_by: AccountId,
    ttl_ms: i64,
    at: Timestamp,
    invitations: &[NewInvitation],
) -> Outcome<()> {
    let (delivery, expires_at) = start(app, ttl_ms, at);
    let rows = invitations
        .iter()
        .map(|new| {
            vec![
                new.account.into(),
                FIRST_GENERATION.into(),
                sent_by.into(),
                at.into(),
                expires_at.into(),
                1_i64.into(),
                delivery.as_str().into(),
                new.level.map(|id| id.to_string()).into(),
            ]
        })
        .collect();
    insert_rows(
        tx,
        "invitations (account_id, generation, sent_by, sent_at, expires_at, send_count, delivery, level_id)",
        8,
        rows,
    )
    .await?;
    let links = invitations
        .iter()
        .map(|new| {
            vec![
                link_hash(&app.key, new.account, FIRST_GENERATION).into(),
                new.account.into(),
                FIRST_GENERATION.into(),
                at.into(),
            ]
        })
        .collect();
    insert_rows(tx, "invitation_links (token_hash, account_id, generation, created_at)", 4, links).await?;
    let mails = invitations.iter().map(|new| (outbox::Kind::Invitation, new.account, FIRST_GENERATION)).collect();
    outbox::store::add(tx, organization, at, mails).await
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

/// What a link's token is stored as.
#[must_use]
pub fn link_hash(key: &ServerKey, account: AccountId, generation: i64) -> String {
    secrets::hash(key.invitation(account, generation).reveal())
}

/// Makes a new link for each account and kills the older ones; mails that wait with them are dropped.
pub(super) async fn renew(
    tx: &mut Tx,
    app: &App,
    organization: &OrganizationRow,
    accounts: &[AccountId],
    sent_by: AccountId,
    at: Timestamp,
) -> Outcome<()> {
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
    outbox::store::drop_waiting(tx, accounts, at).await?;
    outbox::store::add(tx, organization.id, at, mails).await
}

/// The generation of the newest link.
pub(super) async fn generation(connection: &mut AnyConnection, account: AccountId) -> Outcome<i64> {
    let row = sqlx::query("SELECT generation FROM invitations WHERE account_id = $1")
        .bind(account.to_string())
        .fetch_optional(connection)
        .await?;
    row.ok_or(Failure::NotPending)?.number("generation")
}

/// Notes that the link was copied; a mail that still waits no longer keeps its lifetime from running.
pub(super) async fn note_copied(tx: &mut Tx, account: AccountId, ttl_ms: i64, at: Timestamp) -> Outcome<()> {
    sqlx::query(
        "UPDATE invitations SET link_copied_at = $1, expires_at = COALESCE(expires_at, $2) WHERE account_id = $3",
    )
    .bind(at.millis())
    .bind(at.plus(ttl_ms).millis())
    .bind(account.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
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

/// What a link leads to.
#[derive(Debug, Clone)]
pub(super) struct LinkRow {
    pub(super) account: AccountId,
    pub(super) organization: OrganizationId,
    pub(super) organization_name: String,
    /// Key of the organization's profile.
    pub(super) profile: String,
    pub(super) email: String,
    pub(super) email_key: String,
    pub(super) sent_by: AccountId,
    pub(super) sender_name: String,
    /// Key of the sender's address, if there is one.
    pub(super) sender_key: Option<String>,
    /// Who gave the level: the sender, or whoever changed it since.
    pub(super) level_granted_by: AccountId,
    pub(super) level: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) password_chars_min: usize,
    pub(super) link_requested_at: Option<Timestamp>,
    /// Its user has shown that they read the address.
    pub(super) proves_address: bool,
    /// All but whether the sender may still invite.
    pub(super) facts: LinkFacts,
}

/// The invitation behind a link's token.
///
/// # Errors
/// `NotFound` when no such link was ever made.
pub(super) async fn find_link(connection: &mut AnyConnection, token_hash: &str) -> Outcome<LinkRow> {
    let row = sqlx::query(
        "SELECT k.generation AS link_generation, i.generation, i.expires_at, i.outcome, i.sent_by, i.delivery, i.link_requested_at, i.link_copied_at, a.id, a.organization_id, a.email, a.handle,
                COALESCE(a.level_granted_by, i.sent_by) AS level_granted_by, a.deleted_at, a.deactivated_at, o.name AS organization_name, o.profile, o.password_chars_min, s.display_name AS sender_name,
                CASE WHEN s.email IS NULL THEN NULL ELSE s.handle END AS sender_key, l.name AS level_name
         FROM invitation_links k JOIN invitations i ON i.account_id = k.account_id JOIN accounts a ON a.id = i.account_id
         JOIN organizations o ON o.id = a.organization_id JOIN accounts s ON s.id = i.sent_by LEFT JOIN roles l ON l.id = a.level_id
         WHERE k.token_hash = $1",
    )
    .bind(token_hash.to_owned())
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::NotFound)?;
    let account: AccountId = row.id("id")?;
    let facts = LinkFacts {
        outcome: row.maybe_text("outcome")?.as_deref().and_then(outcome),
        is_account_open: row.maybe_number("deleted_at")?.is_none() && row.maybe_number("deactivated_at")?.is_none(),
        is_newest: row.number("generation")? == row.number("link_generation")?,
        may_sender_invite: true,
        expires_at: row.maybe_time("expires_at")?,
    };
    let groups = sqlx::query("SELECT g.name FROM memberships m JOIN user_groups g ON g.id = m.group_id WHERE m.account_id = $1 ORDER BY g.name_key").bind(account.to_string()).fetch_all(connection).await?;
    Ok(LinkRow {
        account,
        organization: row.id("organization_id")?,
        organization_name: row.text("organization_name")?,
        profile: row.text("profile")?,
        email: row.maybe_text("email")?.unwrap_or_default(),
        email_key: row.text("handle")?,
        sent_by: row.id("sent_by")?,
        sender_name: row.text("sender_name")?,
        sender_key: row.maybe_text("sender_key")?,
        level_granted_by: row.id("level_granted_by")?,
        level: row.maybe_text("level_name")?,
        groups: groups.iter().map(|row| row.text("name")).collect::<Outcome<_>>()?,
        password_chars_min: usize::try_from(row.number("password_chars_min")?).unwrap_or(usize::MAX),
        link_requested_at: row.maybe_time("link_requested_at")?,
        proves_address: row.text("delivery")? == Delivery::Sent.as_str()
            && row.maybe_number("link_copied_at")?.is_none(),
        facts,
    })
}

/// Notes that a new link was asked for, and queues the mail to the sender: one of those that the sender's address may get
/// (S8). Where it has had them all, or has none, the list alone shows what was asked.
pub(super) async fn request_link(tx: &mut Tx, link: &LinkRow, at: Timestamp) -> Outcome<()> {
    sqlx::query("UPDATE invitations SET link_requested_at = $1 WHERE account_id = $2")
        .bind(at.millis())
        .bind(link.account.to_string())
        .execute(&mut **tx)
        .await?;
    let Some(sender_key) = &link.sender_key else { return Ok(()) };
    match take_allowance(tx, sender_key, at).await {
        Err(Failure::TooMany { .. }) => return Ok(()),
        taken => taken?,
    }
    let mail = (outbox::Kind::LinkRequested, link.account, at.millis() / MINUTE_MS);
    outbox::store::add(tx, link.organization, at, vec![mail]).await
}

/// Takes one mail from an address's allowance.
///
/// # Errors
/// `TooMany` when it is used up.
pub(super) async fn take_allowance(tx: &mut Tx, email_key: &str, at: Timestamp) -> Outcome<()> {
    let keys = [email_key.to_owned()];
    let full_at = allowances(tx, &keys).await?.remove(email_key);
    let next = mail_allowance(full_at, at).ok_or(Failure::TooMany { retry_after_s: 3_600 })?;
    keep_allowances(tx, vec![(email_key.to_owned(), next)]).await
}

/// The stored answer of an earlier request with the same key, and the hash of that request.
pub(super) async fn replay(
    connection: &mut AnyConnection,
    account: AccountId,
    key: &str,
) -> Outcome<Option<(String, String)>> {
    let row = sqlx::query(
        "SELECT request_hash, response FROM idempotency_keys WHERE account_id = $1 AND idempotency_key = $2",
    )
    .bind(account.to_string())
    .bind(key.to_owned())
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((row.text("request_hash")?, row.text("response")?))).transpose()
}

/// Keeps an answer, without its links, under a key.
pub(super) async fn keep_answer(
    tx: &mut Tx,
    account: AccountId,
    key: &str,
    request_hash: String,
    response: String,
    at: Timestamp,
) -> Outcome<()> {
    let row = vec![account.into(), key.into(), request_hash.into(), response.into(), Value::from(at)];
    insert_rows(tx, "idempotency_keys (account_id, idempotency_key, request_hash, response, created_at)", 5, vec![row])
        .await
}

/// What an invitation gave that its account still has of it. What others gave since, and the defaults, are not among it.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// `role` or `permission`, and the key.
    pub(super) grants: Vec<(&'static str, String)>,
    /// Each with the keys of its roles.
    pub(super) groups: Vec<(GroupId, Vec<String>)>,
    /// Key of the level.
    pub(super) level: Option<String>,
}

/// Reads what an invitation gave.
pub(super) async fn given(connection: &mut AnyConnection, account: AccountId) -> Outcome<Given> {
    let rows = sqlx::query(
        "SELECT g.what, g.key, '' AS role_key FROM grants g WHERE g.account_id = $1 AND g.source = 'invitation'
         UNION ALL
         SELECT 'group', m.group_id, COALESCE(r.key, '') FROM memberships m LEFT JOIN group_roles gr ON gr.group_id = m.group_id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE m.account_id = $1 AND m.source = 'invitation'
         UNION ALL
         SELECT 'level', l.key, '' FROM accounts a JOIN roles l ON l.id = a.level_id WHERE a.id = $1
         ORDER BY 1, 2, 3",
    )
    .bind(account.to_string())
    .fetch_all(connection)
    .await?;
    let mut given = Given::default();
    for row in &rows {
        let key = row.text("key")?;
        match row.text("what")?.as_str() {
            "role" => given.grants.push(("role", key)),
            "permission" => given.grants.push(("permission", key)),
            "level" => given.level = Some(key),
            _ => {
                let id = crate::store::parse_id(&key)?;
                if given.groups.last().is_none_or(|(last, _)| *last != id) {
                    given.groups.push((id, Vec::new()));
                }
                let role = row.text("role_key")?;
                if let Some((_, roles)) = given.groups.last_mut().filter(|_| !role.is_empty()) {
                    roles.push(role);
                }
            }
        }
    }
    Ok(given)
}

/// Strips an invited account of grants, memberships or its level that its sender may no longer give (I12).
pub(super) async fn strip(
    tx: &mut Tx,
    account: AccountId,
    grants: &[(&'static str, String)],
    groups: &[GroupId],
    strip_level: bool,
) -> Outcome<()> {
    for (what, key) in grants {
        sqlx::query("DELETE FROM grants WHERE account_id = $1 AND what = $2 AND key = $3 AND source = 'invitation'")
            .bind(account.to_string())
            .bind(*what)
            .bind(key.clone())
            .execute(&mut **tx)
            .await?;
    }
    for group in groups {
        sqlx::query("DELETE FROM memberships WHERE account_id = $1 AND group_id = $2")
            .bind(account.to_string())
            .bind(group.to_string())
            .execute(&mut **tx)
            .await?;
    }
    if strip_level {
        sqlx::query(
            "UPDATE accounts SET level_id = (SELECT r.id FROM roles r WHERE r.organization_id = accounts.organization_id AND r.level_rank IS NOT NULL ORDER BY r.level_rank LIMIT 1) WHERE id = $1",
        )
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
