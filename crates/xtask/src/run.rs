//! Running other programs, and the one failure type of this tool.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::repo::Repo;

/// What could not be done, as a sentence for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    pub(crate) fn at(path: &Path, error: impl fmt::Display) -> Self {
        Self(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A program with its arguments, in the repository's root and with the project's tools on its search path.
///
/// The program is looked up here: the standard library would search the path that this process was given.
pub(crate) fn program(repo: &Repo, name: impl AsRef<Path>, arguments: &[&str]) -> Result<Command> {
    let name = name.as_ref();
    let found = name.to_str().and_then(|name| repo.find_program(name));
    let mut command = Command::new(found.as_deref().unwrap_or(name));
    command.args(arguments).current_dir(&repo.root).env("PATH", repo.search_path_variable()?);
    Ok(command)
}

/// Runs it with this terminal; anything but success is a failure.
pub(crate) fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|error| Failure::new(format!("{}: {error}", line(command))))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(format!("`{}` ended with {status}", line(command)))),
    }
}

/// Its standard output, when it can be started and succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

pub(crate) fn line(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(name).chain(command.get_args()).map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
