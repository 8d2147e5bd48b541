//! `cargo xtask`: the commands that build, serve and check Roster.

mod advisories;
mod bench;
mod console;
mod dependencies;
mod dev;
mod files;
mod postgres;
mod repo;
mod run;
mod serve;
mod setup;
mod test;
mod tidy;
mod wide;

use std::process::ExitCode;

use crate::repo::Repo;
use crate::run::{Failure, Result};

const USAGE: &str = "usage: cargo xtask COMMAND

  serve [OPTIONS]   build the console and the server, then start it; OPTIONS go to `roster serve`
  dev [OPTIONS]     the server behind `trunk serve`, which builds the console quickly, and anew on each change
  build             the release binary, with the console inside
  test [STEP...]    every check, or only the named ones: lint tidy unit api browser; and
                    `release` and `wide`, which run only when they are named: slow checks that a release needs
  bench [OPTIONS]   measures the release build against the floor of this machine and writes docs/BENCHMARKS.md;
                    OPTIONS: --accounts N, --quick, --no-build, and parts: start memory list check tokens rights size
                    sign-in console postgres bulk invitations
  tidy              the rules of the source that no compiler checks
  hook wasm|page    the steps of the console's build, for Trunk, which calls them as Trunk.toml says";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Failure::new(USAGE));
    };
    let repo = Repo::find()?;
    match command.as_str() {
        "serve" => serve::serve(&repo, rest),
        "dev" => dev::dev(&repo, rest),
        "build" => serve::build(&repo),
        "test" => test::test(&repo, rest),
        "bench" => bench::bench(&repo, rest),
        "tidy" => tidy::tidy(&repo),
        "hook" => console::hook(&repo, rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(Failure::new(format!("there is no command `{other}`\n\n{USAGE}"))),
    }
}
