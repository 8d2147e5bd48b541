//! Opens the database together with the server's key, which has to be the one it was served with before.

use std::path::{Path, PathBuf};

use crate::audit::store::sealing::{self, OtherKey, Sealed};
use crate::failure::{Failure, Outcome};
use crate::files::{self, Existing};
use crate::options::StoreOptions;
use crate::secrets::ServerKey;
use crate::store::{self, Db};

/// Opens the database and the key, which is made where there is none yet. What is written from then on is sealed.
///
/// # Errors
/// When the database or the key cannot be opened, or do not belong together.
pub(super) async fn open(options: &StoreOptions) -> Result<(Db, ServerKey), String> {
    with_key(store::open(options).await.map_err(|error| error.to_string())?, options, OtherKey::Refused).await
}

/// As `open`, with an embedded database for this process alone.
///
/// # Errors
/// As `open`, and when a server runs on the embedded database.
pub(super) async fn open_alone(options: &StoreOptions, other: OtherKey) -> Result<(Db, ServerKey), String> {
    with_key(store::open_alone(options).await.map_err(|error| error.to_string())?, options, other).await
}

async fn with_key(db: Db, options: &StoreOptions, other: OtherKey) -> Result<(Db, ServerKey), String> {
    let words = |failure: Failure| format!("{failure:?}");
    std::fs::create_dir_all(&options.data_dir)
        .map_err(|error| format!("--data-dir {}: {error}", options.data_dir.display()))?;
    let file = options.key_file();
    // A new key beside a database that was served with another would be taken for the right one at the next look.
    if other == OtherKey::Refused && ServerKey::read(&file)?.is_none() && is_served(&db).await.map_err(words)? {
        return Err(missing(&file));
    }
    let key = ServerKey::open(&file)?;
    let db = db.sealed_with(key.clone());
    match sealing::start(&db, &key, other, has_sealed(&file)).await.map_err(words)? {
        Sealed::Done => remember_sealing(&file),
        Sealed::OtherKey => return Err(refusal(&file)),
    }
    Ok((db, key))
}

/// Beside the key, out of reach of anyone who can write only to the database.
fn mark(key_file: &Path) -> PathBuf {
    let mut name = key_file.as_os_str().to_owned();
    name.push(".sealed");
    name.into()
}

/// Whether audit logs were sealed with this key before.
pub(super) fn has_sealed(key_file: &Path) -> bool {
    mark(key_file).exists()
}

fn remember_sealing(key_file: &Path) {
    const TEXT: &[u8] = b"Roster has sealed audit logs with the key beside this file. Keep it with the key.\n";
    let mark = mark(key_file);
    if mark.exists() {
        return;
    }
    if let Err(error) = files::write(&mark, TEXT, Existing::Replaced) {
        tracing::warn!(%error, file = %mark.display(), "that audit logs were sealed could not be written beside the key");
    }
}

async fn is_served(db: &Db) -> Outcome<bool> {
    Ok(store::known_key(&mut *db.reader().acquire().await?).await?.is_some())
}

fn missing(file: &Path) -> String {
    format!(
        "the key file {} is missing, and this database was served with one: bring it back, or start once with \
         --accept-new-key and resend the open invitations",
        file.display()
    )
}

/// Mails would carry links that nobody can open.
fn refusal(file: &Path) -> String {
    format!(
        "the key file {} is not the one this database was served with: bring that one back, or start once with \
         --accept-new-key and resend the open invitations",
        file.display()
    )
}
