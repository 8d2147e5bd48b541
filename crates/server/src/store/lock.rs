//! The lock of an embedded database: one process serves it, and nobody else brings its schema up to date meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::files;

/// Held until it is released or the process ends, however it ends. The file itself stays: removing it would let two
/// processes hold locks on two files of the same name.
#[derive(Debug)]
pub(super) struct Lock(Mutex<Option<File>>);

/// Why there is no lock.
#[derive(Debug)]
pub(super) enum LockError {
    /// A server has it.
    Taken,
    Failed(std::io::Error),
}

impl Lock {
    /// Takes the lock of a database file, which need not be there yet.
    pub(super) fn take(database: &Path) -> Result<Self, LockError> {
        if names_of(database) > 1 {
            let error =
                "the database file has several names (hard links), and the lock is beside one of them; copy it instead";
            return Err(LockError::Failed(std::io::Error::other(error)));
        }
        let file = open(&database.with_extension("lock")).map_err(LockError::Failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Mutex::new(Some(file)))),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken),
            // Some network file systems have no locks. SQLite's own are of another kind.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {
                tracing::warn!("this file system has no locks: nothing keeps a second server from the same database");
                Ok(Self(Mutex::new(None)))
            }
            Err(TryLockError::Error(error)) => Err(LockError::Failed(error)),
        }
    }

    pub(super) fn release(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(unix)]
fn names_of(file: &Path) -> u64 {
    match std::fs::metadata(file) {
        // A folder counts those inside it.
        Ok(found) if found.is_file() => std::os::unix::fs::MetadataExt::nlink(&found),
        _ => 1,
    }
}

#[cfg(not(unix))]
const fn names_of(_: &Path) -> u64 {
    1
}

fn open(path: &Path) -> std::io::Result<File> {
    match files::require_regular(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn database_of_several_names_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (database, other) = (folder.path().join("roster.db"), folder.path().join("other.db"));
        std::fs::write(&database, "").unwrap();
        std::fs::hard_link(&database, &other).unwrap();
        for name in [&database, &other] {
            assert!(matches!(Lock::take(name), Err(LockError::Failed(_))));
        }
        std::fs::remove_file(&other).unwrap();
        assert!(Lock::take(&database).is_ok());
    }

    #[test]
    fn lock_is_held_by_one_until_it_is_released() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("roster.db");
        let first = Lock::take(&database).unwrap();
        assert!(matches!(Lock::take(&database), Err(LockError::Taken)));
        first.release();
        let second = Lock::take(&database).unwrap();
        drop(second);
        assert!(Lock::take(&database).is_ok());
    }
}
