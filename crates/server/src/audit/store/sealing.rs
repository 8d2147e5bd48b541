//! Seals the ends of audit logs when a server starts, and remembers which were ever sealed.
//!
//! All that the database holds can be set back by anyone who can write to it. So a log without a seal is sealed only where the
//! server's key vouches that it never was: the list of sealed logs is itself sealed, and the fingerprint of a key that has
//! kept such a list cannot be told from outside.

use std::collections::BTreeSet;

use domain::OrganizationId;
use sqlx::AnyConnection;

use super::{check, read_head, write_head};
use crate::audit::chain::Head;
use crate::failure::Outcome;
use crate::organization;
use crate::secrets::ServerKey;
use crate::store::{Columns, Db, KnownKey, Tx, known_key, look_at_key, replace_known_key};

/// What becomes of a database that was served with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherKey {
    Refused,
    /// The old one is lost, and the operator has said so.
    Accepted,
}

/// What was found when a server started on a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    Done,
    /// It was served with another key; nothing was changed.
    OtherKey,
}

/// The organizations whose log was ever sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealedLogs {
    /// No server that keeps the list has run on the database.
    Missing,
    /// It was written by somebody without the server's key.
    Forged,
    Known(BTreeSet<OrganizationId>),
}

/// Reads the list of sealed logs.
///
/// # Errors
/// When the store does not answer.
pub async fn sealed_logs(connection: &mut AnyConnection, key: &ServerKey) -> Outcome<SealedLogs> {
    let row = sqlx::query("SELECT organizations, seal FROM sealed_logs").fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(SealedLogs::Missing) };
    let text = row.text("organizations")?;
    if row.text("seal")? != key.seal_of_logs(&text) {
        return Ok(SealedLogs::Forged);
    }
    let ids = text.split(',').filter(|id| !id.is_empty());
    Ok(SealedLogs::Known(ids.map(crate::store::parse_id).collect::<Outcome<_>>()?))
}

async fn write_sealed_logs(tx: &mut Tx, key: &ServerKey, ids: &BTreeSet<OrganizationId>) -> Outcome<()> {
    let text = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let seal = key.seal_of_logs(&text);
    sqlx::query(
        "INSERT INTO sealed_logs (only_one, organizations, seal) VALUES (1, $1, $2)
         ON CONFLICT (only_one) DO UPDATE SET organizations = excluded.organizations, seal = excluded.seal",
    )
    .bind(text)
    .bind(seal)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds a log to the list, in the transaction that seals it for the first time. A list that is missing or was forged
/// stays so: `roster check` finds it.
pub(super) async fn remember(tx: &mut Tx, key: &ServerKey, organization: OrganizationId) -> Outcome<()> {
    // Locks the row: two organizations may be made at once.
    sqlx::query("UPDATE sealed_logs SET seal = seal").execute(&mut **tx).await?;
    if let SealedLogs::Known(mut ids) = sealed_logs(tx, key).await?
        && ids.insert(organization)
    {
        write_sealed_logs(tx, key, &ids).await?;
    }
    Ok(())
}

/// Makes the key the database's own where it has none, and seals what was never sealed. `has_sealed` says that this key
/// has sealed logs before, so that a database without any seal is not one of an earlier version.
///
/// # Errors
/// When the store does not answer.
pub async fn start(db: &Db, key: &ServerKey, other: OtherKey, has_sealed: bool) -> Outcome<Sealed> {
    let mut connection = db.reader().acquire().await?;
    let before = known_key(&mut connection).await?;
    let known = look_at_key(&mut connection, key).await?;
    let list = sealed_logs(&mut connection, key).await?;
    let ids = organization::store::list_ids(&mut connection).await?;
    let mut heads = Vec::new();
    for id in ids {
        heads.push((id, read_head(&mut connection, id).await?));
    }
    drop(connection);
    if known == KnownKey::Other && other == OtherKey::Refused {
        return Ok(Sealed::OtherKey);
    }
    let has_any_seal = heads.iter().any(|(_, head)| head.as_ref().is_some_and(|head| !head.seal.is_empty()));
    for (id, head) in &heads {
        let Some(head) = head else { continue };
        let is_new = head.seq == 1;
        let is_wanted = match known {
            KnownKey::Other => true,
            _ if !head.seal.is_empty() => false,
            KnownKey::Earlier => !has_sealed && (is_new || !has_any_seal),
            // Of an organization that a command made without the key; one that has sealed logs before would be known.
            KnownKey::None => is_new && !has_sealed,
            KnownKey::Current => is_new && matches!(&list, SealedLogs::Known(ids) if !ids.contains(id)),
        };
        if is_wanted {
            seal(db, key, *id).await?;
        } else if head.seal.is_empty() {
            tracing::error!(organization = %id, "the seal of the audit log was taken away, and is not made again");
        }
    }
    match (known, list) {
        (KnownKey::Current, SealedLogs::Known(_)) => Ok(Sealed::Done),
        // `roster check` goes on to find it.
        (KnownKey::None, _) if has_sealed && !heads.is_empty() => {
            tracing::error!("which key served the database was taken away, and is not written again");
            Ok(Sealed::Done)
        }
        (KnownKey::Current, _) => {
            tracing::error!("the list of sealed audit logs was taken away or forged");
            Ok(Sealed::Done)
        }
        (KnownKey::None, SealedLogs::Known(list)) => finish(db, key, before.as_deref(), list).await,
        _ => finish(db, key, before.as_deref(), BTreeSet::new()).await,
    }
}

/// Writes the list of what is sealed now, and the key's fingerprint, together.
async fn finish(
    db: &Db,
    key: &ServerKey,
    before: Option<&str>,
    mut sealed: BTreeSet<OrganizationId>,
) -> Outcome<Sealed> {
    let mut tx = db.begin().await?;
    if !replace_known_key(&mut tx, before, key).await? {
        // Another process was faster.
        return Ok(if look_at_key(&mut tx, key).await? == KnownKey::Current { Sealed::Done } else { Sealed::OtherKey });
    }
    for id in organization::store::list_ids(&mut tx).await? {
        if read_head(&mut tx, id).await?.is_some_and(|head| head.is_sealed_by(key, id)) {
            sealed.insert(id);
        }
    }
    write_sealed_logs(&mut tx, key, &sealed).await?;
    tx.commit().await?;
    Ok(Sealed::Done)
}

/// Seals the end of a chain that is whole otherwise, and says so in the log: from then on nobody moves it unnoticed.
async fn seal(db: &Db, key: &ServerKey, organization: OrganizationId) -> Outcome<()> {
    let mut tx = db.begin().await?;
    organization::store::lock_log(&mut tx, organization).await?;
    let chain = check(&mut tx, organization, None).await?;
    match (chain.fault, read_head(&mut tx, organization).await?) {
        (None, Some(head)) => {
            let seal = key.seal_of_head(organization, head.seq, &head.hash);
            write_head(&mut tx, organization, &Head { seal, ..head }).await?;
            remember(&mut tx, key, organization).await?;
            tx.commit().await?;
            tracing::warn!(%organization, rows = chain.rows, "the end of the audit log was sealed");
        }
        (fault, _) => tracing::error!(%organization, ?fault, "the audit log is not whole, and was not sealed"),
    }
    Ok(())
}

/// What contradicts the key in what the database says about seals, beside the chains themselves.
///
/// # Errors
/// When the store does not answer.
pub async fn contradictions(connection: &mut AnyConnection, key: &ServerKey) -> Outcome<Vec<String>> {
    let ids: BTreeSet<OrganizationId> = organization::store::list_ids(connection).await?.into_iter().collect();
    let found = match (look_at_key(connection, key).await?, sealed_logs(connection, key).await?) {
        (KnownKey::Current, SealedLogs::Known(sealed)) => sealed
            .difference(&ids)
            .map(|id| format!("organization {id}, whose audit log was sealed, is no longer there"))
            .collect(),
        (KnownKey::Current, SealedLogs::Missing) => vec!["the list of sealed audit logs was taken away".to_owned()],
        (KnownKey::None, _) => {
            let mut served = Vec::new();
            for id in ids {
                if read_head(connection, id).await?.is_none_or(|head| head.seq > 1) {
                    served.push(format!("organization {id} was used, but which key served it was taken away"));
                }
            }
            served
        }
        (_, SealedLogs::Forged) => {
            vec!["the list of sealed audit logs is not sealed with this server's key".to_owned()]
        }
        (KnownKey::Earlier, SealedLogs::Known(_)) => {
            vec!["which key served the database was set back to what an earlier version wrote".to_owned()]
        }
        (KnownKey::Earlier | KnownKey::Other, _) => Vec::new(),
    };
    Ok(found)
}
