//! `roster backup`: a consistent copy of the embedded database, while the server runs.

use super::output::say;
use crate::options::BackupOptions;
use crate::store::{self, Dialect};

pub(super) async fn run(options: BackupOptions) -> Result<(), String> {
    if options.file.exists() {
        return Err(store::file_exists(&options.file));
    }
    let db = store::open(&options.store).await.map_err(|error| error.to_string())?;
    if db.dialect == Dialect::Postgres {
        return Err("the database is PostgreSQL: use pg_dump".to_owned());
    }
    let written = store::back_up(db.reader(), &options.file).await;
    db.close().await;
    written?;
    say(&format!("Written: {}", options.file.display()));
    Ok(())
}
