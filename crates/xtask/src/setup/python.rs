//! What comes by way of pip: schemathesis, in an environment of its own.

use std::path::PathBuf;

use super::announce;
use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, program, run};

/// Every package with its version.
const REQUIREMENTS: &str = "crates/xtask/python/requirements.txt";
/// Written into the environment after an installation: the requirements that it was made from.
const STAMP: &str = ".installed-requirements";

/// The interpreter of the environment that schemathesis is in.
pub(crate) fn schemathesis(repo: &Repo) -> Result<PathBuf> {
    let folder = repo.tools.join("python");
    let python = folder.join("bin/python3");
    let requirements = repo.root.join(REQUIREMENTS);
    let wanted = files::read(&requirements)?;
    if std::fs::read(folder.join(STAMP)).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    announce("schemathesis, in an environment of Python's", "it makes up requests from the OpenAPI document");
    if repo.find_program("python3").is_none() {
        return Err(Failure::new("python3 is not on the PATH; on Debian: apt-get install python3-venv"));
    }
    files::empty_folder(&folder)?;
    run(program(repo, "python3", &["-m", "venv"])?.arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(program(repo, &python, &pip)?.arg(&requirements))?;
    files::write(&folder.join(STAMP), &wanted)?;
    Ok(python)
}
