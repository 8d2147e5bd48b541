//! What commands print.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::PoisonError;

/// The first error of writing, until the command ends.
static FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line on standard output.
pub(super) fn say(line: &str) {
    if let Err(error) = writeln!(io::stdout().lock(), "{line}") {
        note(error);
    }
}

/// A reader that has gone away, such as `head`, ends neither the command nor its verdict.
fn note(error: io::Error) {
    if error.kind() != io::ErrorKind::BrokenPipe {
        FAILED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Says at the end of a command whether all that it printed was written.
///
/// # Errors
/// When something was not, as on a full disk.
pub(super) fn finish() -> Result<(), String> {
    io::stdout().lock().flush().unwrap_or_else(note);
    match FAILED.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(format!("standard output: {error}")),
        None => Ok(()),
    }
}
