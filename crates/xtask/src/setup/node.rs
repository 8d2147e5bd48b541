//! What comes by way of npm: wasm-opt, and the packages of the browser and mail tests.

use std::fs;
use std::path::Path;

use super::announce;
use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program, run};

const LOCK: &str = "package-lock.json";
/// The oldest Node that the packages run on, as their `engines` and the README say.
const NODE_MIN: (u32, u32) = (20, 11);
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
    let version = output(&mut program(repo, "node", &["--version"])?);
    if let Some(fault) = version_fault(version.as_deref()) {
        return Err(Failure::new(fault));
    }
    if repo.find_program("npm").is_none() {
        return Err(Failure::new("npm is not on the PATH: it comes with Node"));
    }
    let mut command = program(repo, "npm", &["ci", "--no-fund", "--no-audit", "--prefix"])?;
    run(command.arg(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    files::write(&folder.join(STAMP), &files::read(&folder.join(LOCK))?)
}

/// What is wrong with what `node --version` printed, if it printed anything.
fn version_fault(printed: Option<&str>) -> Option<String> {
    let (major, minor) = NODE_MIN;
    let Some(printed) = printed else {
        return Some(format!("Node is not on the PATH: install {major}.{minor} or newer"));
    };
    let mut parts = printed.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let found = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    (found < NODE_MIN).then(|| format!("Node {printed} is too old: install {major}.{minor} or newer"))
}

#[cfg(test)]
mod tests {
    use super::version_fault;

    #[test]
    fn node_is_new_enough_or_named() {
        for printed in ["v20.11.0", "v20.20.2", "v22.0.0"] {
            assert_eq!(version_fault(Some(printed)), None, "{printed}");
        }
        for printed in [None, Some("v20.10.0"), Some("v18.19.1"), Some("")] {
            assert!(version_fault(printed).is_some(), "{printed:?}");
        }
    }
}
