//! Files: written completely or not at all, under a temporary name that is replaced once they are on the disk; read only
//! where they are regular files.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    Refused,
    Replaced,
}

/// The largest file that an option may name: a profile, or certificates.
pub const OPTION_BYTES_MAX: u64 = 1024 * 1024;
/// What is at the end of the name of a file that is still being written.
const PARTIAL: &str = ".partial";
/// What SQLite puts beside a file that it writes.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

/// A file that is being written, for its owner alone. What a process left that died is removed; dropped before it is
/// finished, nothing is left.
#[derive(Debug)]
pub struct Partial {
    /// Locked, so that two processes do not write the same file.
    file: File,
    path: PathBuf,
    wanted: PathBuf,
    is_finished: bool,
}

impl Partial {
    /// Begins to write what is to become the file of this path.
    ///
    /// # Errors
    /// When it cannot be made, or another process is just writing it.
    pub fn begin(wanted: &Path) -> io::Result<Self> {
        let path = with_suffix(wanted, PARTIAL);
        remove_left(&path)?;
        let mut options = OpenOptions::new();
        // A new one, so that neither a link to another file nor the rights of an older one matter.
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        lock(&file)?;
        // Another process may have taken it for one that was left, before it was locked.
        if !is_same(&file, &path) {
            return Err(io::Error::other("another process is just writing it"));
        }
        let partial = Self { file, path, wanted: wanted.to_owned(), is_finished: false };
        partial.remove_beside();
        Ok(partial)
    }

    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings it to the disk, and gives it its name.
    ///
    /// # Errors
    /// When the disk refuses, or a file has the name already that is not to be replaced; nothing is left then.
    pub fn finish(mut self, existing: Existing) -> io::Result<()> {
        self.file.sync_all()?;
        match existing {
            Existing::Replaced => fs::rename(&self.path, &self.wanted)?,
            // Unlike a rename, a link never replaces anything.
            Existing::Refused => match fs::hard_link(&self.path, &self.wanted) {
                Ok(()) => fs::remove_file(&self.path)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // There are file systems without links.
                Err(_) if !self.wanted.exists() => fs::rename(&self.path, &self.wanted)?,
                Err(error) => return Err(error),
            },
        }
        self.is_finished = true;
        sync_folder_of(&self.wanted)
    }

    fn remove_beside(&self) {
        for suffix in BESIDE {
            let _ = fs::remove_file(with_suffix(&self.path, suffix));
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = fs::remove_file(&self.path);
            self.remove_beside();
        }
    }
}

/// Refuses a folder, a device or a pipe, the opening of which could wait for ever.
///
/// # Errors
/// When there is no such file, or it is no regular one.
pub fn require_regular(path: &Path) -> io::Result<()> {
    match fs::metadata(path)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it is not a regular file")),
    }
}

/// Reads a regular file of so many bytes at most.
///
/// # Errors
/// When it cannot be read, is no regular file, or is larger.
pub fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    require_regular(path)?;
    let mut bytes = Vec::new();
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > bytes_max {
        true => Err(io::Error::other(format!("it has more than {bytes_max} bytes"))),
        false => Ok(bytes),
    }
}

/// Writes a small file wholly or not at all, for its owner alone.
///
/// # Errors
/// As `Partial`.
pub fn write(path: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let mut partial = Partial::begin(path)?;
    partial.file.write_all(bytes)?;
    partial.finish(existing)
}

/// Removes what processes left in a folder that died while they wrote.
pub fn remove_partial_in(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.to_string_lossy().ends_with(PARTIAL) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes what a process left that died while it wrote, or what somebody else put there; not what another process is writing.
fn remove_left(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        // Nothing is written through it: only the lock is looked at.
        Ok(found) if found.is_file() => lock(&File::open(path)?)?,
        _ => {}
    }
    fs::remove_file(path)
}

fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(io::Error::other("another process is just writing it")),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Makes the names in a file's folder lasting.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    matches!((file.metadata().map(identity), fs::symlink_metadata(path).map(identity)), (Ok(one), Ok(other)) if one == other)
}

/// Elsewhere an open file cannot be renamed.
#[cfg(not(unix))]
const fn is_same(_: &File, _: &Path) -> bool {
    true
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_there_wholly_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        drop(Partial::begin(&path).unwrap());
        assert!(names().is_empty(), "given up");
        fs::write(folder.path().join("a.partial"), "left by a process that died").unwrap();
        write(&path, b"first", Existing::Refused).unwrap();
        assert_eq!((names(), fs::read(&path).unwrap()), (vec!["a".into()], b"first".to_vec()));
        let refused = write(&path, b"second", Existing::Refused).unwrap_err();
        assert_eq!((refused.kind(), fs::read(&path).unwrap()), (io::ErrorKind::AlreadyExists, b"first".to_vec()));
        write(&path, b"third", Existing::Replaced).unwrap();
        assert_eq!((names(), fs::read(&path).unwrap()), (vec!["a".into()], b"third".to_vec()));
    }

    #[test]
    fn file_is_written_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let first = Partial::begin(&path).unwrap();
        assert!(Partial::begin(&path).is_err());
        first.finish(Existing::Refused).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_what_was_left() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (other, path, partial) =
            (folder.path().join("other"), folder.path().join("a"), folder.path().join("a.partial"));
        fs::write(&other, "of somebody else").unwrap();
        let leave: [fn(&Path, &Path); 3] = [
            |other, partial| symlink(other, partial).unwrap(),
            |other, partial| fs::hard_link(other, partial).unwrap(),
            |_, partial| {
                fs::write(partial, "left").unwrap();
                fs::set_permissions(partial, fs::Permissions::from_mode(0o666)).unwrap();
            },
        ];
        for leave in leave {
            leave(&other, &partial);
            write(&path, b"new", Existing::Replaced).unwrap();
            assert_eq!(fs::read_to_string(&other).unwrap(), "of somebody else");
            let found = fs::symlink_metadata(&path).unwrap();
            assert!(found.is_file() && found.permissions().mode() & 0o777 == 0o600, "{found:?}");
        }
    }
}
