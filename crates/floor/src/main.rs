//! `floor`: what Roster is measured against, and the load that measures both.

mod hash;
mod histogram;
mod load;
mod serve;
mod store;
mod wire;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

/// The floor of Roster's benchmark: what this machine can do at all.
#[derive(Parser)]
enum Command {
    /// Answer fixed bytes, with and without a query behind them, and serve a page written by hand.
    Serve(serve::Options),
    /// Send the request of standard input over and over, and print how fast the answers were.
    Load(load::Options),
    /// Print the milliseconds of one password hash, several times.
    Hash(hash::Options),
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Serve(options) => serve::run(&options),
        Command::Load(options) => load::run(&options),
        Command::Hash(options) => hash::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn now() -> Instant {
    Instant::now()
}
