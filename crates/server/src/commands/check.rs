//! `roster check`: looks whether the database is whole, its audit log unchanged, and its rows what Roster would write.

use sqlx::AnyConnection;

use crate::audit;
use crate::options::StoreOptions;
use crate::secrets::ServerKey;
use crate::store::Db;
use crate::store::integrity::{self, Finding};
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

/// Looks whether the key is the one that the database was served with; counts another one. Where there is no key, the
/// ends of the audit log are compared, but not whether the server wrote them.
async fn check_key(connection: &mut AnyConnection, key: Option<&ServerKey>) -> Result<usize, String> {
    let known = store::known_key(connection).await.map_err(|failure| format!("{failure:?}"))?;
    match (known, key.map(ServerKey::fingerprint)) {
        (None, _) => println!("ok      no server has run on this database yet: there is no key to compare"),
        (Some(_), None) => println!("ok      there is no key file here: seals of the audit log are not looked at"),
        (Some(known), Some(own)) if known != own => {
            println!("FAILED  the key file is the one that the database was served with: it is another one");
            return Ok(1);
        }
        _ => println!("ok      the key file is the one that the database was served with"),
    }
    Ok(0)
}

fn print(Finding { fact, wrong, example }: &Finding) {
    match wrong {
        0 => println!("ok      {fact}"),
        1 => println!("FAILED  {fact}: not so for {}", example.as_deref().unwrap_or("a row")),
        _ => println!("FAILED  {fact}: not so for {wrong} rows, such as {}", example.as_deref().unwrap_or("one")),
    }
}

/// Walks the chain of the audit log of every organization, and counts those that are broken.
async fn check_chains(connection: &mut AnyConnection, key: Option<&ServerKey>) -> Result<usize, String> {
    let ids = organization::store::list_ids(connection).await.map_err(|failure| format!("{failure:?}"))?;
    let mut broken = 0;
    for id in ids {
        let chain = audit::store::check(connection, id, key).await.map_err(|failure| format!("{failure:?}"))?;
        match chain.fault {
            None => println!("ok      audit log of organization {id}: {} rows, the chain is whole", chain.rows),
            Some(fault) => {
                broken += 1;
                println!("FAILED  audit log of organization {id}: {fault}");
            }
        }
    }
    Ok(broken)
}
