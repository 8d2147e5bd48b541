//! `roster check`: walks the chain of the audit log of every organization.

use crate::audit;
use crate::options::StoreOptions;
use crate::{organization, store};

pub(super) async fn run(options: StoreOptions) -> Result<(), String> {
    let db = store::open(&options).await.map_err(|error| error.to_string())?;
    let mut connection = db.reader().acquire().await.map_err(|error| error.to_string())?;
    let ids = organization::store::list_ids(&mut connection).await.map_err(|failure| format!("{failure:?}"))?;
    let mut is_whole = true;
    for id in ids {
        match audit::store::check(&mut connection, id).await.map_err(|failure| format!("{failure:?}"))? {
            (rows, None) => println!("Organization {id}: {rows} audit rows, the chain is whole."),
            (_, Some(seq)) => {
                is_whole = false;
                println!("Organization {id}: the chain of the audit log is broken at row {seq}.");
            }
        }
    }
    drop(connection);
    db.close().await;
    if is_whole { Ok(()) } else { Err("the audit log was changed".to_owned()) }
}
