//! A disk that fails on demand, without any privilege: a small library stands between a process and the system's calls.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The library, in C.
const SOURCE: &str = "api/support/faults.c";

/// The disk under a folder, as processes see it that were told of it.
pub(crate) struct Disk {
    library: TempDir,
    folder: PathBuf,
}

impl Disk {
    /// A healthy one. Needs a C compiler, as the build of Roster does.
    pub(crate) fn under(folder: &Path) -> Self {
        let library = TempDir::new().unwrap();
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(library.path().join("faults.so"))
            .arg(super::tests_folder().join(SOURCE))
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let disk = Self { library, folder: folder.canonicalize().unwrap() };
        disk.heal();
        disk
    }

    fn control(&self) -> PathBuf {
        self.library.path().join("control")
    }

    /// Puts a process on this disk.
    pub(crate) fn put(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", self.library.path().join("faults.so"))
            .env("ROSTER_FAULTS", self.control())
            .env("ROSTER_FAULTS_FOLDER", &self.folder);
    }

    /// As `put`, and keeps in a folder what reaches the disk, as a power cut would leave it.
    pub(crate) fn put_with_power_cut(&self, command: &mut Command, durable: &Path) {
        self.put(command);
        command.env("ROSTER_DURABLE", durable);
    }

    /// From now on fails: `full`, `write`, `sync` or `read-only`; or kills who writes a copy: `kill`.
    pub(crate) fn fail(&self, how: &str) {
        // At once, so that nobody reads half a word.
        let next = self.library.path().join("next");
        std::fs::write(&next, how).unwrap();
        std::fs::rename(next, self.control()).unwrap();
    }

    pub(crate) fn heal(&self) {
        self.fail("");
    }
}
