//! The file of an embedded database: whether it still lies where it was opened.

use std::io;
use std::path::{Path, PathBuf};

/// A file as it was when the database was opened. A file that is deleted or replaced while it is open goes on taking
/// writes, and the next start finds none of them.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
}

/// Device and inode.
#[cfg(unix)]
type Identity = (u64, u64);
/// Elsewhere an open file can be neither deleted nor replaced.
#[cfg(not(unix))]
type Identity = ();

impl DatabaseFile {
    /// # Errors
    /// When there is no such file.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }

    /// One call of the system, far cheaper than any write.
    pub(super) fn is_in_place(&self) -> bool {
        identity(&self.path).is_ok_and(|now| now == self.identity)
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    std::fs::metadata(path).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_in_place_until_it_is_gone_or_another() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "").unwrap();
        let file = DatabaseFile::of(&path).unwrap();
        assert!(file.is_in_place());
        std::fs::rename(&path, &aside).unwrap();
        assert!(!file.is_in_place());
        std::fs::write(&path, "").unwrap();
        assert!(!file.is_in_place());
        std::fs::rename(&aside, &path).unwrap();
        assert!(file.is_in_place());
    }
}
