//! The binary `roster`.

use std::process::ExitCode;

use clap::Parser;
use server::commands;
use server::options::Options;

fn main() -> ExitCode {
    match commands::run(Options::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("roster: {error}");
            ExitCode::FAILURE
        }
    }
}
