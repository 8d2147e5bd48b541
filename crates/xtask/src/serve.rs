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
    // Where it was removed since, the server's build script does not know.
    std::fs::create_dir_all(repo.dist()).map_err(|error| Failure::at(&repo.dist(), error))?;
    run(&mut program(repo, "cargo", &["build", "--package", "roster-server", "--bin", "roster"])?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn release_of_the_server_stops_at_a_sum_that_does_not_fit() {
        let workspace: toml::Table = include_str!("../../../Cargo.toml").parse().unwrap();
        assert_eq!(workspace["profile"]["release"]["overflow-checks"], true.into());
    }
}
