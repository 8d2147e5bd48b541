//! `roster check`: looks whether the database is whole, its audit log unchanged, and its rows what Roster would write.

use sqlx::AnyConnection;

use crate::audit;
use crate::options::StoreOptions;
use crate::store::Db;
use crate::store::integrity::{self, Finding};
use crate::{organization, store};

pub(super) async fn run(options: StoreOptions) -> Result<(), String> {
    let db = store::open_to_read(&options).await.map_err(|error| error.to_string())?;
    let failed = check(&db).await;
    db.close().await;
    match failed? {
        0 => Ok(()),
        1 => Err("one check failed".to_owned()),
        count => Err(format!("{count} checks failed")),
    }
}

/// Prints every check, and counts those that failed.
async fn check(db: &Db) -> Result<usize, String> {
    let mut connection = db.reader().acquire().await.map_err(|error| error.to_string())?;
    let findings = integrity::findings(&mut connection, db.dialect).await.map_err(|failure| format!("{failure:?}"))?;
    findings.iter().for_each(print);
    let wrong = findings.iter().filter(|finding| finding.wrong > 0).count();
    Ok(wrong + check_chains(&mut connection).await?)
}

fn print(Finding { fact, wrong, example }: &Finding) {
    match wrong {
        0 => println!("ok      {fact}"),
        1 => println!("FAILED  {fact}: not so for {}", example.as_deref().unwrap_or("a row")),
        _ => println!("FAILED  {fact}: not so for {wrong} rows, such as {}", example.as_deref().unwrap_or("one")),
    }
}

/// Walks the chain of the audit log of every organization, and counts those that are broken.
async fn check_chains(connection: &mut AnyConnection) -> Result<usize, String> {
    let ids = organization::store::list_ids(connection).await.map_err(|failure| format!("{failure:?}"))?;
    let mut broken = 0;
    for id in ids {
        match audit::store::check(connection, id).await.map_err(|failure| format!("{failure:?}"))? {
            (rows, None) => println!("ok      audit log of organization {id}: {rows} rows, the chain is whole"),
            (_, Some(seq)) => {
                broken += 1;
                println!("FAILED  audit log of organization {id}: the chain is broken at row {seq}");
            }
        }
    }
    Ok(broken)
}
