//! A command that runs while something else is done.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::files;
use crate::run::{Failure, Result, line};

/// Ends with its owner, finished or not.
pub(crate) struct Background(Option<Running>);

struct Running {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Background {
    /// Where nothing has to run.
    pub(super) fn done() -> Self {
        Self(None)
    }

    /// What it prints goes into the log, and to the terminal only if it fails.
    pub(super) fn start(mut command: Command, log: &Path) -> Result<Self> {
        files::write(log, b"")?;
        let open = || File::options().append(true).open(log).map_err(|error| Failure::at(log, error));
        command.stdin(Stdio::null()).stdout(open()?).stderr(open()?);
        let name = line(&command);
        let child = command.spawn().map_err(|error| Failure::new(format!("{name}: {error}")))?;
        Ok(Self(Some(Running { child, name, log: log.to_path_buf() })))
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.0.is_some()
    }

    /// Waits until it has ended.
    pub(crate) fn finish(mut self) -> Result {
        let Some(mut running) = self.0.take() else { return Ok(()) };
        let status = running.child.wait().map_err(|error| Failure::new(format!("{}: {error}", running.name)))?;
        if status.success() {
            return Ok(());
        }
        let log = std::fs::read_to_string(&running.log).unwrap_or_default();
        Err(Failure::new(format!("{log}\n`{}` ended with {status}", running.name)))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(running) = &mut self.0 {
            let _already_ended = running.child.kill();
            let _status = running.child.wait();
        }
    }
}
