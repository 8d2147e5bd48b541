//! What comes from the operating system: Chromium, PostgreSQL, PgBouncer, nginx and Caddy, by apt where it exists.

use std::fs;
use std::path::{Path, PathBuf};

use super::announce;
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program, run};

const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// The browser that the browser tests drive; `CHROMIUM` names another one.
pub(crate) fn chromium(repo: &Repo) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").filter(|named| !named.is_empty()) {
        return Ok(named.into());
    }
    let find = || CHROMIUM_NAMES.iter().find_map(|name| repo.find_program(name));
    found_or_installed(repo, find, "chromium", "the browser tests run in a real browser")
}

/// The folder with `initdb` and `postgres`.
pub(crate) fn postgres(repo: &Repo) -> Result<PathBuf> {
    let find = || newest_postgres(Path::new(POSTGRES_VERSIONS)).or_else(|| beside_initdb(repo));
    found_or_installed(repo, find, "postgresql", "the API tests run on PostgreSQL too")
}

/// The proxies that API tests put before a product.
pub(crate) fn proxies(repo: &Repo) -> Result {
    let why = "the API tests put real proxies before a product";
    [("nginx", "nginx-light"), ("caddy", "caddy")].iter().try_for_each(|(name, package)| {
        found_or_installed(repo, || system_program(repo, name), package, why).map(|_| ())
    })
}

/// The pooler that API tests put before PostgreSQL.
pub(crate) fn pooler(repo: &Repo) -> Result {
    let why = "the API tests put a real pooler before PostgreSQL";
    found_or_installed(repo, || system_program(repo, "pgbouncer"), "pgbouncer", why).map(|_| ())
}

/// A program of the PATH, or of the folder that Debian keeps off the PATH of users.
fn system_program(repo: &Repo, name: &str) -> Option<PathBuf> {
    let beside = || Some(Path::new("/usr/sbin").join(name)).filter(|program| program.is_file());
    repo.find_program(name).or_else(beside)
}

fn beside_initdb(repo: &Repo) -> Option<PathBuf> {
    let initdb = repo.find_program("initdb")?.canonicalize().ok()?;
    let folder = initdb.parent()?;
    folder.join("postgres").is_file().then(|| folder.to_path_buf())
}

/// Debian keeps the server's programs off the PATH, in one folder per major version.
fn newest_postgres(versions: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(versions).ok()?.filter_map(|entry| entry.ok());
    let numbered = entries.filter_map(|entry| {
        let major: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("postgres").is_file().then_some((major, folder))
    });
    numbered.max().map(|(_, folder)| folder)
}

fn found_or_installed(repo: &Repo, find: impl Fn() -> Option<PathBuf>, package: &str, why: &str) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install(repo, package, why)?;
    find()
        .ok_or_else(|| Failure::new(format!("{package} was installed, but its programs are not where they should be")))
}

fn install(repo: &Repo, package: &str, why: &str) -> Result {
    if repo.find_program("apt-get").is_none() {
        return Err(Failure::new(format!(
            "{package} is missing ({why}): install it with your system's package manager"
        )));
    }
    announce(&format!("{package} with apt-get"), why);
    apt(repo, &["update"])?;
    apt(repo, &["install", "--yes", "--no-install-recommends", package])
}

fn apt(repo: &Repo, arguments: &[&str]) -> Result {
    let is_root = output(&mut program(repo, "id", &["-u"])?).as_deref() == Some("0");
    let mut command = match is_root {
        true => program(repo, "apt-get", arguments)?,
        false => {
            let mut command = program(repo, "sudo", &["apt-get"])?;
            command.args(arguments);
            command
        }
    };
    // In runlevel 1 no package starts a service of its own: the tests start what they need.
    run(command.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1"))
}
