//! Writes and checks the chain of audit rows.

use domain::{OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::{Actor, Event, Link};
use crate::failure::Outcome;
use crate::store::{Columns, Tx, Value, insert_rows};

/// What the first row of a chain carries as the hash before it.
const CHAIN_START: &str = "0000000000000000000000000000000000000000000000000000000000000000";
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
    let last = sqlx::query("SELECT seq, hash FROM audit_events WHERE organization_id = $1 ORDER BY seq DESC LIMIT 1")
        .bind(organization.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    let (mut seq, mut previous_hash) = match last {
        Some(row) => (row.number("seq")?, row.text("hash")?),
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
    insert_rows(tx, "audit_events (organization_id, seq, at, actor, action, target, before_json, after_json, ip, request_id, previous_hash, hash, on_behalf_of, token_id)", 14, rows).await
}

/// The first row at which an organization's chain is broken; none when it is whole. Returns the number of rows too.
///
/// # Errors
/// When the store does not answer.
pub async fn check(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<(i64, Option<i64>)> {
    let (mut seq, mut previous_hash) = (0, CHAIN_START.to_owned());
    loop {
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
            return Ok((seq, None));
        }
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
            let is_whole = row.number("seq")? == seq + 1
                && row.text("previous_hash")? == previous_hash
                && row.text("hash")? == link.hash();
            if !is_whole {
                return Ok((seq, Some(seq + 1)));
            }
            seq += 1;
            previous_hash = row.text("hash")?;
        }
    }
}
