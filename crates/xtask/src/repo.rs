//! Where things are: the repository, the build folder, and the tools that the set-up installs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::run::{Failure, Result};

/// The places that the commands read and write. All are absolute.
pub(crate) struct Repo {
    /// The root of the workspace.
    pub(crate) root: PathBuf,
    /// Cargo's build folder.
    pub(crate) target: PathBuf,
    /// What the set-up installs, kept outside the repository so that every checkout shares it.
    pub(crate) tools: PathBuf,
}

impl Repo {
    /// Finds the workspace that this program was started in, and the folders its environment names.
    pub(crate) fn find() -> Result<Self> {
        // Two checkouts may share a build folder, and Cargo then takes what it built in one for that of the other: what it
        // says when it starts the program is true, what was compiled into it need not be.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package)
            .ancestors()
            .nth(2)
            .map(Path::to_path_buf)
            .ok_or_else(|| Failure::new("the workspace has no root folder"))?;
        let target = root.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()));
        Ok(Self { target, tools: cache()?.join("roster").join("tools"), root })
    }

    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    pub(crate) fn npm_tools(&self) -> PathBuf {
        self.tools.join("node")
    }

    pub(crate) fn server(&self, profile_folder: &str) -> PathBuf {
        self.target.join(profile_folder).join("roster")
    }

    /// The search path of every command: the project's own tools come first.
    pub(crate) fn search_path(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.tools.join("bin"), self.npm_tools().join("node_modules/.bin")];
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        folders.extend(std::env::split_paths(&inherited));
        folders
    }

    pub(crate) fn search_path_variable(&self) -> Result<OsString> {
        std::env::join_paths(self.search_path()).map_err(|error| Failure::new(format!("PATH: {error}")))
    }

    /// The first program of that name on the search path.
    pub(crate) fn find_program(&self, name: &str) -> Option<PathBuf> {
        self.search_path().into_iter().map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
    }
}

fn cache() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let home = std::env::home_dir().ok_or_else(|| Failure::new("neither XDG_CACHE_HOME nor HOME is set"))?;
    Ok(home.join(".cache"))
}
