//! `serve` and `build`: the console and the server together.

use std::os::unix::process::CommandExt;

use crate::console;
use crate::repo::Repo;
use crate::run::{Failure, Result, program, run};

/// Builds both and becomes the server. Without optimization the server reads the console from `dist/`.
pub(crate) fn serve(repo: &Repo, options: &[String]) -> Result {
    console::build(repo, build_server)?;
    build_server(repo)?;
    let server = repo.server("debug");
    let error = program(repo, &server, &["serve"])?.args(options).exec();
    Err(Failure::at(&server, error))
}

/// The binary that one deploys, with the console inside.
pub(crate) fn build(repo: &Repo) -> Result {
    console::build(repo, |_| Ok(()))?;
    run(&mut program(repo, "cargo", &["build", "--release", "--package", "roster-server", "--bin", "roster"])?)?;
    let server = repo.server("release");
    let size = std::fs::metadata(&server).map_err(|error| Failure::at(&server, error))?.len();
    let files = console::check_inside(repo, &server)?;
    println!("built {}, {} kB, with {files} files of the console inside", server.display(), size.div_ceil(1000));
    Ok(())
}

/// The development build of the server, which the tests use too.
pub(crate) fn build_server(repo: &Repo) -> Result {
    run(&mut program(repo, "cargo", &["build", "--package", "roster-server", "--bin", "roster"])?)
}
