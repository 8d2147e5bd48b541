//! `roster migrate`: brings the schema up to date, and ends.

use super::output::say;
use crate::options::StoreOptions;
use crate::store;

pub(super) async fn run(options: StoreOptions) -> Result<(), String> {
    let db = store::open(&options).await.map_err(|error| error.to_string())?;
    db.close().await;
    say("The schema is up to date.");
    Ok(())
}
