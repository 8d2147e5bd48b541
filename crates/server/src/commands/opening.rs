//! Opens the database together with the server's key, which has to be the one it was served with before.

use std::path::Path;

use crate::audit::store::{Sealing, seal};
use crate::failure::Failure;
use crate::options::StoreOptions;
use crate::secrets::ServerKey;
use crate::store::{self, Db};

/// What becomes of a database that was served with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OtherKey {
    Refused,
    /// The old one is lost, and the operator has said so.
    Accepted,
}

/// Opens the database, and the key, which is made where there is none yet. What is written from then on is sealed.
///
/// # Errors
/// When the database or the key cannot be opened, or do not belong together.
pub(super) async fn open(options: &StoreOptions, other: OtherKey) -> Result<(Db, ServerKey), String> {
    let words = |failure: Failure| format!("{failure:?}");
    let db = store::open(options).await.map_err(|error| error.to_string())?;
    std::fs::create_dir_all(&options.data_dir)
        .map_err(|error| format!("--data-dir {}: {error}", options.data_dir.display()))?;
    let file = options.key_file();
    let key = ServerKey::open(&file)?;
    let fingerprint = key.fingerprint();
    let mut sealing = Sealing::Unsealed;
    if !store::is_known_key(&db, &fingerprint).await.map_err(words)? {
        if other == OtherKey::Refused {
            return Err(refusal(&file));
        }
        store::replace_known_key(&db, &fingerprint).await.map_err(words)?;
        sealing = Sealing::All;
    }
    let db = db.sealed_with(key.clone());
    seal(&db, &key, sealing).await.map_err(words)?;
    Ok((db, key))
}

/// Mails would carry links that nobody can open.
fn refusal(file: &Path) -> String {
    format!(
        "the key file {} is not the one this database was served with: bring that one back, or start once with \
         --accept-new-key and resend the open invitations",
        file.display()
    )
}
