//! The links of invitations: what each is stored as, what it leads to, and what is noted of it.

use domain::invitations::{Delivery, LinkFacts};
use domain::password::chars_min;
use domain::time::MINUTE_MS;
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::allowances::take_allowance;
use crate::accounts::store::outcome;
use crate::failure::{Failure, Outcome};
use crate::outbox;
use crate::secrets::{self, ServerKey};
use crate::store::{Columns, Tx};

/// The generation of an account's first link.
pub const FIRST_GENERATION: i64 = 1;

/// What a link's token is stored as.
#[must_use]
pub fn link_hash(key: &ServerKey, account: AccountId, generation: i64) -> String {
    secrets::hash(key.invitation(account, generation).reveal())
}

/// The generation of the newest link.
pub(in crate::invitations) async fn generation(connection: &mut AnyConnection, account: AccountId) -> Outcome<i64> {
    let row = sqlx::query("SELECT generation FROM invitations WHERE account_id = $1")
        .bind(account.to_string())
        .fetch_optional(connection)
        .await?;
    row.ok_or(Failure::NotPending)?.number("generation")
}

/// Notes that the link was copied; a mail that still waits no longer keeps its lifetime from running.
pub(in crate::invitations) async fn note_copied(
    tx: &mut Tx,
    account: AccountId,
    ttl_ms: i64,
    at: Timestamp,
) -> Outcome<()> {
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

/// What a link leads to.
#[derive(Debug, Clone)]
pub(in crate::invitations) struct LinkRow {
    pub(in crate::invitations) account: AccountId,
    pub(in crate::invitations) organization: OrganizationId,
    pub(in crate::invitations) organization_name: String,
    /// Key of the organization's profile.
    pub(in crate::invitations) profile: String,
    pub(in crate::invitations) email: String,
    pub(in crate::invitations) email_key: String,
    pub(in crate::invitations) sent_by: AccountId,
    pub(in crate::invitations) sender_name: String,
    /// Key of the sender's address, if there is one.
    pub(in crate::invitations) sender_key: Option<String>,
    /// Who gave the level: the sender, or whoever changed it since.
    pub(in crate::invitations) level_granted_by: AccountId,
    pub(in crate::invitations) level: Option<String>,
    pub(in crate::invitations) groups: Vec<String>,
    pub(in crate::invitations) password_chars_min: usize,
    pub(in crate::invitations) link_requested_at: Option<Timestamp>,
    /// Its user has shown that they read the address.
    pub(in crate::invitations) proves_address: bool,
    /// All but whether the sender may still invite, and what the account gained.
    pub(in crate::invitations) facts: LinkFacts,
}

/// The invitation behind a link's token.
///
/// # Errors
/// `NotFound` when no such link was ever made.
pub(in crate::invitations) async fn find_link(connection: &mut AnyConnection, token_hash: &str) -> Outcome<LinkRow> {
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
        is_outdated: false,
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
        password_chars_min: chars_min(row.number("password_chars_min")?),
        link_requested_at: row.maybe_time("link_requested_at")?,
        proves_address: row.text("delivery")? == Delivery::Sent.as_str()
            && row.maybe_number("link_copied_at")?.is_none(),
        facts,
    })
}

/// Notes that a new link was asked for, and queues the mail to the sender: one of those that the sender's address may get
/// (S8). Where it has had them all, or has none, the list alone shows what was asked.
pub(in crate::invitations) async fn request_link(tx: &mut Tx, link: &LinkRow, at: Timestamp) -> Outcome<()> {
    sqlx::query("UPDATE invitations SET link_requested_at = $1 WHERE account_id = $2")
        .bind(at.millis())
        .bind(link.account.to_string())
        .execute(&mut **tx)
        .await?;
    let Some(sender_key) = &link.sender_key else { return Ok(()) };
    match take_allowance(tx, link.organization, sender_key, at).await {
        Err(Failure::TooMany { .. }) => return Ok(()),
        taken => taken?,
    }
    let mail = (outbox::Kind::LinkRequested, link.account, at.millis() / MINUTE_MS);
    outbox::store::add(tx, link.organization, at, vec![mail]).await
}
