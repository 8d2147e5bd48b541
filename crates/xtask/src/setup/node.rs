//! What comes by way of npm: wasm-opt, and the packages of the browser and mail tests.

use std::fs;
use std::path::Path;

use super::announce;
use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, program, run};

const LOCK: &str = "package-lock.json";
/// Written beside `node_modules` after an installation: the lock file that it was made from.
const STAMP: &str = "node_modules/.installed-lock";

/// Binaryen's `wasm-opt`, into the tools folder.
pub(crate) fn wasm_opt(repo: &Repo) -> Result {
    let source = repo.root.join("crates/xtask/node");
    let folder = repo.npm_tools();
    if is_installed(&folder, &source.join(LOCK)) {
        return Ok(());
    }
    announce("binaryen's wasm-opt", "it makes the console's WebAssembly smaller");
    for name in ["package.json", LOCK] {
        files::write(&folder.join(name), &files::read(&source.join(name))?)?;
    }
    install(repo, &folder)
}

/// Playwright, axe and the SMTP server, into `tests/node_modules`.
pub(crate) fn test_packages(repo: &Repo) -> Result {
    let folder = repo.root.join("tests");
    if is_installed(&folder, &folder.join(LOCK)) {
        return Ok(());
    }
    announce("the Node packages of tests/package.json", "Playwright, axe and the SMTP server of the tests");
    install(repo, &folder)
}

fn is_installed(folder: &Path, lock: &Path) -> bool {
    match (fs::read(folder.join(STAMP)), fs::read(lock)) {
        (Ok(installed), Ok(wanted)) => installed == wanted,
        _ => false,
    }
}

fn install(repo: &Repo, folder: &Path) -> Result {
    if repo.find_program("npm").is_none() {
        return Err(Failure::new("npm is not on the PATH: install Node 20 or newer"));
    }
    let mut command = program(repo, "npm", &["ci", "--no-fund", "--no-audit", "--prefix"])?;
    run(command.arg(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    files::write(&folder.join(STAMP), &files::read(&folder.join(LOCK))?)
}
