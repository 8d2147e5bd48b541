//! The binary `roster`.

use std::process::ExitCode;

use clap::Parser;
use server::commands;
use server::log::{self, Lines};
use server::options::Options;

fn main() -> ExitCode {
    match commands::run(Options::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Like the log, it waits for no reader.
            if let Ok(lines) = Lines::to_standard_error() {
                lines.say(&format!("roster: {error}"));
                lines.flush(log::FLUSH_WITHIN);
            }
            ExitCode::FAILURE
        }
    }
}
