//! What commands print. A reader that has gone away, such as `head`, ends neither the command nor its verdict.

use std::io::Write;

/// Prints a line on standard output.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
