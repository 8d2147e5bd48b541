//! `roster backup`: a consistent copy of the embedded database, while the server runs.

use crate::options::BackupOptions;
use crate::store::{self, Dialect};

pub(super) async fn run(options: BackupOptions) -> Result<(), String> {
    if options.file.exists() {
        return Err(format!("{} exists already; a backup is written into a new file", options.file.display()));
    }
    let db = store::open(&options.store).await.map_err(|error| error.to_string())?;
    if db.dialect == Dialect::Postgres {
        return Err("the database is PostgreSQL: use pg_dump".to_owned());
    }
    store::back_up(db.reader(), &options.file).await.map_err(|error| error.to_string())?;
    db.close().await;
    #[cfg(unix)]
    std::fs::set_permissions(&options.file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(|error| error.to_string())?;
    println!("Written: {}", options.file.display());
    Ok(())
}
