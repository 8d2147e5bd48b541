//! The build of the console: Trunk conducts it as `Trunk.toml` says, and its hooks do the work. Nothing when nothing changed.

mod dist;
mod hook;
mod inside;
pub(crate) mod trunk;
mod wasm;

pub(crate) use hook::hook;
pub(crate) use inside::check_inside;
pub(crate) use trunk::{Serving, TrunkToml};

use std::path::PathBuf;

use crate::repo::Repo;
use crate::run::{Failure, Result, run};
use crate::{files, setup};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Small: the `console` profile, wasm-opt, and compressed copies.
    Release,
    /// Quick to build: the `dev` profile as it comes.
    Dev,
}

/// Leaves the console in `dist/`, as `trunk build --release` does. While Trunk is still being installed, something else can be
/// done.
pub(crate) fn build(repo: &Repo, meanwhile: impl FnOnce(&Repo) -> Result) -> Result {
    let config = TrunkToml::read(repo)?;
    if Stamp::new(repo, &config)?.is_current() {
        println!("console: nothing changed since the last build");
        return Ok(());
    }
    let trunk = setup::console(repo)?;
    if trunk.is_pending() {
        // Trunk would wait for this, and this need not wait for Trunk.
        wasm::compile(repo, Mode::Release)?;
        meanwhile(repo)?;
    }
    trunk.finish()?;
    Stamp::forget(repo)?;
    // What changes while it is built is not in it.
    let stamp = Stamp::new(repo, &config)?;
    run(trunk::command(repo)?.args(["build", "--release"]))?;
    dist::check(&repo.dist())?;
    stamp.keep()
}

/// Remembers, beside `dist/`, what `dist/` was made from, and what was made: others write there, too.
struct Stamp {
    path: PathBuf,
    sources: String,
    dist: PathBuf,
}

impl Stamp {
    fn new(repo: &Repo, config: &TrunkToml) -> Result<Self> {
        let sources: Vec<&str> = config.watched().into_iter().chain([trunk::CONFIG]).collect();
        Ok(Self { path: Self::path(repo), sources: files::fingerprint(&repo.root, &sources)?, dist: repo.dist() })
    }

    fn path(repo: &Repo) -> PathBuf {
        repo.root.join("dist.stamp")
    }

    fn content(&self) -> Result<String> {
        Ok(format!("{} {}\n", self.sources, files::fingerprint(&self.dist, &["."])?))
    }

    fn is_current(&self) -> bool {
        let kept = std::fs::read_to_string(&self.path);
        kept.is_ok_and(|kept| self.content().is_ok_and(|content| kept == content))
    }

    /// A build that is interrupted must not leave a stamp that vouches for half of it.
    fn forget(repo: &Repo) -> Result {
        let path = Self::path(repo);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::at(&path, error)),
            _ => Ok(()),
        }
    }

    fn keep(&self) -> Result {
        files::write(&self.path, self.content()?.as_bytes())
    }
}
