//! Writes and checks the chain of audit rows, and the head that says where it ends.

pub mod sealing;

use domain::{OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::chain::{Chain, ChainFault, Head};
use super::{Actor, Event, Link};
use crate::failure::Outcome;
use crate::secrets::ServerKey;
use crate::store::{Columns, Tx, Value, insert_rows};

/// What the first row of a chain carries as the hash before it.
const CHAIN_START: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// What the first row of every chain says was done.
pub(crate) const FIRST_ACTION: &str = "organization.created";
/// Rows read at once while checking.
const ROWS_PER_CHECK: i64 = 1_000;

/// Adds one event. The caller holds the organization's lock, so the chain has one end.
///
/// # Errors
/// When the store refuses; the change is not made then either.
pub async fn record(
    tx: &mut Tx,
    organization: OrganizationId,
    actor: &Actor,
    at: Timestamp,
    event: Event,
) -> Outcome<()> {
    record_all(tx, organization, actor, at, vec![event]).await
}

/// As `record`, for many events at once.
///
/// # Errors
/// As `record`.
pub async fn record_all(
    tx: &mut Tx,
    organization: OrganizationId,
    actor: &Actor,
    at: Timestamp,
    events: Vec<Event>,
) -> Outcome<()> {
    if events.is_empty() {
        return Ok(());
    }
    let head = match read_head(tx, organization).await? {
        Some(head) => Some(head),
        None => last_row(tx, organization).await?,
    };
    let next_seal = NextSeal::after(head.as_ref(), organization, tx.key());
    if let (None, Some(key)) = (&head, tx.key().cloned()) {
        sealing::remember(tx, &key, organization).await?;
    }
    let (mut seq, mut previous_hash) = match head {
        Some(head) => (head.seq, head.hash),
        None => (0, CHAIN_START.to_owned()),
    };
    let actor_id = actor.account.map(|id| id.to_string());
    let (on_behalf_of, token) = (actor.on_behalf_of.map(|id| id.to_string()), actor.token.map(|id| id.to_string()));
    let token_fields = [on_behalf_of.as_deref(), token.as_deref()];
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        seq += 1;
        let fields = [
            actor_id.as_deref(),
            Some(event.action),
            event.target.as_deref(),
            event.before.as_deref(),
            event.after.as_deref(),
            actor.ip.as_deref(),
            actor.request_id.as_deref(),
        ];
        let hash = Link { organization, seq, at, fields, token_fields, previous_hash: &previous_hash }.hash();
        let texts = fields.map(|field| Value::from(field.map(str::to_owned)));
        let mut row = vec![organization.into(), seq.into(), at.into()];
        row.extend(texts);
        row.extend([previous_hash.into(), hash.clone().into()]);
        row.extend(token_fields.map(|field| Value::from(field.map(str::to_owned))));
        rows.push(row);
        previous_hash = hash;
    }
    insert_rows(tx, "audit_events (organization_id, seq, at, actor, action, target, before_json, after_json, ip, request_id, previous_hash, hash, on_behalf_of, token_id)", 14, rows).await?;
    let seal = next_seal.of(tx.key(), organization, seq, &previous_hash);
    write_head(tx, organization, &Head { seq, hash: previous_hash, seal }).await
}

/// What a head is sealed with once rows were added behind it.
enum NextSeal {
    Made,
    /// As it was: none, or one that does not fit. What somebody has tampered with is not made good by the next change.
    Kept(String),
}

impl NextSeal {
    fn after(head: Option<&Head>, organization: OrganizationId, key: Option<&ServerKey>) -> Self {
        match (head, key) {
            (_, None) => Self::Kept(String::new()),
            (None, Some(_)) => Self::Made,
            (Some(head), Some(key)) if head.is_sealed_by(key, organization) => Self::Made,
            (Some(head), Some(_)) => {
                tracing::error!(%organization, "the end of the audit log is not sealed with this server's key");
                Self::Kept(head.seal.clone())
            }
        }
    }

    fn of(self, key: Option<&ServerKey>, organization: OrganizationId, seq: i64, hash: &str) -> String {
        match (self, key) {
            (Self::Kept(seal), _) => seal,
            (Self::Made, Some(key)) => key.seal_of_head(organization, seq, hash),
            (Self::Made, None) => String::new(),
        }
    }
}

/// Where a chain ends. It is believed rather than the newest row there is: what is added behind a row that was deleted
/// would else hide the gap.
pub(super) async fn read_head(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Option<Head>> {
    let row = sqlx::query("SELECT seq, hash, seal FROM audit_heads WHERE organization_id = $1")
        .bind(organization.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok(Head { seq: row.number("seq")?, hash: row.text("hash")?, seal: row.text("seal")? })).transpose()
}

/// The newest row as a head, for a chain that has lost its own: it is not sealed.
async fn last_row(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Option<Head>> {
    let row = sqlx::query("SELECT seq, hash FROM audit_events WHERE organization_id = $1 ORDER BY seq DESC LIMIT 1")
        .bind(organization.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok(Head { seq: row.number("seq")?, hash: row.text("hash")?, seal: String::new() })).transpose()
}

pub(super) async fn write_head(tx: &mut Tx, organization: OrganizationId, head: &Head) -> Outcome<()> {
    sqlx::query(
        "INSERT INTO audit_heads (organization_id, seq, hash, seal) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, seal = excluded.seal",
    )
    .bind(organization.to_string())
    .bind(head.seq)
    .bind(head.hash.clone())
    .bind(head.seal.clone())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Walks an organization's chain from its first row to the end that its head names. Without the key, whoever moved the
/// head together with the rows is not found.
///
/// # Errors
/// When the store does not answer.
pub async fn check(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    key: Option<&ServerKey>,
) -> Outcome<Chain> {
    let mut head = None;
    let (mut seq, mut previous_hash) = (0, CHAIN_START.to_owned());
    let broken = loop {
        let rows = sqlx::query(
            "SELECT seq, at, actor, action, target, before_json, after_json, ip, request_id, on_behalf_of, token_id, previous_hash, hash
             FROM audit_events WHERE organization_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        )
        .bind(organization.to_string())
        .bind(seq)
        .bind(ROWS_PER_CHECK)
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            // Read last: a row that the server wrote is never newer than the head. Where the head is newer, there may
            // be rows that were added meanwhile.
            let found = read_head(connection, organization).await?;
            let is_behind = found.as_ref().is_some_and(|found| found.seq > seq) && found != head;
            head = found;
            if is_behind {
                continue;
            }
            break None;
        }
        let mut broken = None;
        for row in rows {
            let mut texts = Vec::with_capacity(7);
            for name in ["actor", "action", "target", "before_json", "after_json", "ip", "request_id"] {
                texts.push(row.maybe_text(name)?);
            }
            let fields = std::array::from_fn(|index| texts.get(index).and_then(Option::as_deref));
            let (on_behalf_of, token) = (row.maybe_text("on_behalf_of")?, row.maybe_text("token_id")?);
            let token_fields = [on_behalf_of.as_deref(), token.as_deref()];
            let at = row.time("at")?;
            let link = Link { organization, seq: seq + 1, at, fields, token_fields, previous_hash: &previous_hash };
            let begins_rightly = seq > 0 || row.text("action")? == FIRST_ACTION;
            let is_whole = begins_rightly
                && row.number("seq")? == seq + 1
                && row.text("previous_hash")? == previous_hash
                && row.text("hash")? == link.hash();
            if !is_whole {
                broken = Some(ChainFault::Broken(seq + 1));
                break;
            }
            seq += 1;
            previous_hash = row.text("hash")?;
        }
        if broken.is_some() {
            break broken;
        }
    };
    let fault = broken.or_else(|| Head::fault(head.as_ref(), organization, (seq, &previous_hash), key));
    Ok(Chain { rows: seq, fault })
}
