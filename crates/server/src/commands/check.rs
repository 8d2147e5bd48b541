//! `roster check`: looks whether the database is whole, its audit log unchanged, and its rows what Roster would write.

use sqlx::AnyConnection;

use super::output::say;
use crate::audit;
use crate::audit::store::sealing;
use crate::failure::Failure;
use crate::options::StoreOptions;
use crate::secrets::ServerKey;
use crate::store::integrity::{self, Finding};
use crate::store::{Db, KnownKey};
use crate::{organization, store};

pub(super) async fn run(options: StoreOptions) -> Result<(), String> {
    let key = ServerKey::read(&options.key_file())?;
    let db = store::open_to_read(&options).await.map_err(|error| error.to_string())?;
    let failed = check(&db, key.as_ref()).await;
    db.close().await;
    match failed? {
        0 => Ok(()),
        1 => Err("one check failed".to_owned()),
        count => Err(format!("{count} checks failed")),
    }
}

/// Prints every check, and counts those that failed.
async fn check(db: &Db, key: Option<&ServerKey>) -> Result<usize, String> {
    let mut connection = db.reader().acquire().await.map_err(|error| error.to_string())?;
    let findings = integrity::findings(&mut connection, db.dialect).await.map_err(|failure| format!("{failure:?}"))?;
    findings.iter().for_each(print);
    let wrong = findings.iter().filter(|finding| finding.wrong > 0).count();
    let wrong = wrong + check_key(&mut connection, key).await?;
    Ok(wrong + check_chains(&mut connection, key).await?)
}

/// Looks whether the key is the one that the database was served with, and what it says about the seals; counts what is
/// wrong. Where there is no key, the ends of the audit log are compared, but not whether the server wrote them.
async fn check_key(connection: &mut AnyConnection, key: Option<&ServerKey>) -> Result<usize, String> {
    let words = |failure: Failure| format!("{failure:?}");
    let Some(key) = key else {
        let is_served = store::known_key(connection).await.map_err(words)?.is_some();
        say(if is_served {
            "ok      there is no key file here: seals of the audit log are not looked at"
        } else {
            "ok      no server has run on this database yet: there is no key to compare"
        });
        return Ok(0);
    };
    match store::look_at_key(connection, key).await.map_err(words)? {
        KnownKey::Other => {
            say("FAILED  the key file is the one that the database was served with: it is another one");
            return Ok(1);
        }
        KnownKey::None => say("ok      no server has run on this database yet: there is no key to compare"),
        KnownKey::Earlier | KnownKey::Current => {
            say("ok      the key file is the one that the database was served with");
        }
    }
    let wrong = sealing::contradictions(connection, key).await.map_err(words)?;
    for reason in &wrong {
        say(&format!("FAILED  what was sealed is still there: {reason}"));
    }
    if wrong.is_empty() {
        say("ok      what was sealed is still there");
    }
    Ok(wrong.len())
}

fn print(Finding { fact, wrong, example }: &Finding) {
    match wrong {
        0 => say(&format!("ok      {fact}")),
        1 => say(&format!("FAILED  {fact}: not so for {}", example.as_deref().unwrap_or("a row"))),
        _ => say(&format!("FAILED  {fact}: not so for {wrong} rows, such as {}", example.as_deref().unwrap_or("one"))),
    }
}

/// Walks the chain of the audit log of every organization, and counts those that are broken.
async fn check_chains(connection: &mut AnyConnection, key: Option<&ServerKey>) -> Result<usize, String> {
    let ids = organization::store::list_ids(connection).await.map_err(|failure| format!("{failure:?}"))?;
    let mut broken = 0;
    for id in ids {
        let chain = audit::store::check(connection, id, key).await.map_err(|failure| format!("{failure:?}"))?;
        match chain.fault {
            None => say(&format!("ok      audit log of organization {id}: {} rows, the chain is whole", chain.rows)),
            Some(fault) => {
                broken += 1;
                say(&format!("FAILED  audit log of organization {id}: {fault}"));
            }
        }
    }
    Ok(broken)
}
