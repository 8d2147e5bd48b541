//! `roster clock`: the time that Roster goes by, and the way back after a system clock that was wrongly ahead.

use domain::Timestamp;
use domain::time::MINUTE_MS;
use serde_json::json;

use super::output::say;
use crate::audit::{self, Actor, Event};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::options::StoreOptions;
use crate::organization;
use crate::secrets::ServerKey;
use crate::store::{self, Db, KnownKey, clock_reset};

/// Less than this is the usual small correction, which the time makes up for by itself.
const AHEAD_MS_MIN: i64 = MINUTE_MS;

const LEFT: &str = "\
What can't be undone:
- Everybody is signed out and has to sign in again.
- What was deleted because it seemed old is gone: sessions, counts of wrong passwords, answers kept for repeated requests.
- Mails that were given up as too old, and changes that could no longer be undone, stay so.
- Links of invitations that were sent or copied in the wrong time need a new link where anything was changed since.
- Rows of the audit log keep the wrong times that they were written with.
- What seemed expired works again until its own end: revoke what should not. An account's end that was changed while the
  clock was wrong stays as it was entered.";

fn words(failure: Failure) -> String {
    match failure {
        Failure::Unavailable(reason) | Failure::Internal(reason) => reason,
        other => format!("{other:?}"),
    }
}

pub(super) async fn show(options: StoreOptions) -> Result<(), String> {
    let db = store::open_to_read(&options).await.map_err(|error| error.to_string())?;
    let seen = store::clock::seen_at(&db).await.map_err(words);
    db.close().await;
    let now = Clock::default().now();
    match seen? {
        Some(seen) => say(&format!("Highest time seen: {seen}")),
        None => say("Highest time seen: none"),
    }
    say(&format!("System's time:     {now}"));
    Ok(())
}

pub(super) async fn reset(options: StoreOptions) -> Result<(), String> {
    store::require_nobody_else(&options).await.map_err(|error| error.to_string())?;
    let db = store::open_alone(&options).await.map_err(|error| error.to_string())?;
    let done = put_back(db.clone(), &options, Clock::default().now()).await;
    db.close().await;
    done
}

async fn put_back(db: Db, options: &StoreOptions, now: Timestamp) -> Result<(), String> {
    let seen = store::clock::seen_at(&db).await.map_err(words)?;
    let Some(seen) = seen.filter(|seen| seen.since(now) >= AHEAD_MS_MIN) else {
        return Err("Roster's time is not ahead of the system's; nothing was changed".to_owned());
    };
    let db = sealed(db, options).await?;
    let mut tx = db.begin().await.map_err(words)?;
    let back = clock_reset::put_back(&mut tx, now).await.map_err(words)?;
    for id in organization::store::list_ids(&mut tx).await.map_err(words)? {
        organization::store::lock_rights(&mut tx, id, None).await.map_err(words)?;
        let event = Event::new("clock.reset", id)
            .before(&json!({ "time": seen }))
            .after(&json!({ "time": now, "sessions_ended": back.sessions, "ends_moved": back.ends }));
        audit::store::record(&mut tx, id, &Actor::server(), now, event).await.map_err(words)?;
    }
    tx.commit().await.map_err(|error| error.to_string())?;
    say(&format!("Roster's time is {now} again; it was {seen}."));
    say(&format!("{} sessions ended. {} ends were moved with what they end.", back.sessions, back.ends));
    say(LEFT);
    Ok(())
}

/// The rows that record it have to be sealed like those before them.
async fn sealed(db: Db, options: &StoreOptions) -> Result<Db, String> {
    let file = options.key_file();
    let key = ServerKey::read(&file)?;
    let mut connection = db.reader().acquire().await.map_err(|error| error.to_string())?;
    let known = match &key {
        Some(key) => store::look_at_key(&mut connection, key).await.map_err(words)?,
        None if store::known_key(&mut connection).await.map_err(words)?.is_some() => KnownKey::Other,
        None => KnownKey::None,
    };
    drop(connection);
    match (known, key) {
        (KnownKey::Other, _) => Err(format!(
            "the key that this database was served with is needed, and is not in {}; nothing was changed",
            file.display()
        )),
        (KnownKey::None, _) | (_, None) => Ok(db),
        (_, Some(key)) => Ok(db.sealed_with(key)),
    }
}
