//! `test`: every check in order, with the time each one took.

use std::time::Instant;

use crate::console;
use crate::postgres::{Cluster, Storage};
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program, run};
use crate::setup::{self, WASM};
use crate::{advisories, dependencies, serve, tidy, wide};

type Step = fn(&Repo) -> Result;

const STEPS: [(&str, Step); 7] = [
    ("lint", lint),
    ("tidy", tidy::tidy),
    ("unit", unit),
    ("api", api),
    ("browser", browser),
    ("release", release),
    ("wide", wide::wide),
];
/// The steps that run only when they are named: they take long, and a release needs them.
const NAMED_ONLY: [&str; 2] = ["release", "wide"];

/// Runs the named steps, or all but those of `NAMED_ONLY`. A step that fails does not keep the next ones from running.
pub(crate) fn test(repo: &Repo, names: &[String]) -> Result {
    if let Some(name) = names.iter().find(|name| STEPS.iter().all(|(step, _)| step != name)) {
        let known = STEPS.map(|(step, _)| step).join(" ");
        return Err(Failure::new(format!("there is no step `{name}`; the steps are: {known}")));
    }
    let is_wanted =
        |step: &str| if names.is_empty() { !NAMED_ONLY.contains(&step) } else { names.iter().any(|name| name == step) };
    let wanted = STEPS.iter().filter(|(step, _)| is_wanted(step));
    let mut report = Vec::new();
    let mut failed = 0;
    for (name, step) in wanted {
        println!("\n=== {name}");
        let started = now();
        let outcome = step(repo);
        let seconds = started.elapsed().as_secs_f32();
        if let Err(failure) = &outcome {
            eprintln!("{name}: {failure}");
            failed += 1;
        }
        let word = if outcome.is_ok() { "passed" } else { "FAILED" };
        println!("=== {name} {word} in {seconds:.1} s");
        report.push(format!("{word} {seconds:7.1} s  {name}"));
    }
    println!("\n{}\nsteps: {} passed, {failed} failed", report.join("\n"), report.len() - failed);
    if failed > 0 { Err(Failure::new("a step failed; see above")) } else { Ok(()) }
}

fn lint(repo: &Repo) -> Result {
    setup::components(repo)?;
    setup::wasm_target(repo)?;
    let console = ["--package", "roster-console", "--target", WASM];
    let native = ["--workspace", "--exclude", "roster-console"];
    let outcomes = [
        run(&mut program(repo, "cargo", &["fmt", "--all", "--check"])?),
        clippy(repo, &native),
        clippy(repo, &console),
        deny(repo),
    ];
    outcomes.into_iter().collect()
}

fn clippy(repo: &Repo, packages: &[&str]) -> Result {
    let mut command = program(repo, "cargo", &["clippy", "--all-targets"])?;
    run(command.args(packages).args(["--", "--deny", "warnings"]))
}

/// Compiling cargo-deny takes longer than all the other checks, so it is used where it is. Elsewhere its rules are held in
/// part.
fn deny(repo: &Repo) -> Result {
    if output(&mut program(repo, "cargo", &["deny", "--version"])?).is_none() {
        println!("lint: cargo-deny is not installed; wildcards, and what other platforms would use, are not looked at");
        return [dependencies::check(repo), advisories::check(repo)].into_iter().collect();
    }
    let own = run(&mut program(repo, "cargo", &["deny", "check", "licenses", "bans", "sources"])?);
    // Without a network there may be an older copy of the database, or none.
    let fetched = run(&mut program(repo, "cargo", &["deny", "fetch", "db"])?);
    let known = match fetched {
        Ok(()) => run(&mut program(repo, "cargo", &["deny", "check", "--disable-fetch", "advisories"])?),
        Err(_) => advisories::check(repo),
    };
    [own, known].into_iter().collect()
}

fn unit(repo: &Repo) -> Result {
    nextest(repo, "not binary(api)", None)
}

fn api(repo: &Repo) -> Result {
    setup::test_packages(repo)?;
    setup::proxies(repo)?;
    setup::pooler(repo)?;
    let cluster = Cluster::start(repo, Storage::Memory)?;
    nextest(repo, "binary(api)", Some(&cluster))
}

/// Both steps name the whole workspace, since Cargo would build other features of the dependencies for a part of it.
fn nextest(repo: &Repo, filter: &str, cluster: Option<&Cluster>) -> Result {
    setup::nextest(repo)?;
    std::fs::create_dir_all(repo.dist()).map_err(|error| Failure::at(&repo.dist(), error))?;
    let mut command =
        program(repo, "cargo", &["nextest", "run", "--workspace", "--no-fail-fast", "--filterset", filter])?;
    if let Some(cluster) = cluster {
        command.env("ROSTER_TEST_POSTGRES_URL", cluster.url());
        // Tests that turn a server's settings start one of their own.
        command.env("ROSTER_TEST_POSTGRES_BIN", setup::postgres(repo)?);
    }
    run(&mut command)
}

/// The console in a browser; then `trunk serve`, which compiles and would be in the way of the others.
fn browser(repo: &Repo) -> Result {
    playwright(repo, &["console", "trunk"])
}

/// Builds the release a second time, and compares.
fn release(repo: &Repo) -> Result {
    playwright(repo, &["release"])
}

/// Runs the browser tests of some projects of `playwright.config.ts`, one project after another.
fn playwright(repo: &Repo, projects: &[&str]) -> Result {
    setup::test_packages(repo)?;
    let chromium = setup::chromium(repo)?;
    let cluster = Cluster::start(repo, Storage::Memory)?;
    console::build(repo, serve::build_server)?;
    serve::build_server(repo)?;
    // Where the console was there already, Trunk need not be.
    setup::console(repo)?.finish()?;
    let trunk = repo.find_program("trunk").ok_or_else(|| Failure::new("trunk is not installed"))?;
    let psql = setup::postgres(repo)?.join("psql");
    let tests = repo.root.join("tests");
    let bin = tests.join("node_modules/.bin");
    run(program(repo, bin.join("tsc"), &["--project", "browser"])?.current_dir(&tests))?;
    let test = |project: &&str| {
        let arguments = ["test", "--config", "browser", "--project", project];
        let mut command = program(repo, bin.join("playwright"), &arguments)?;
        command.current_dir(&tests).env("ROSTER_BIN", repo.server("debug")).env("CHROMIUM", &chromium);
        command.env("CARGO_TARGET_DIR", &repo.target).env("PSQL", &psql).env("TRUNK", &trunk);
        run(command.env("ROSTER_TEST_POSTGRES_URL", cluster.url()))
    };
    // One that fails does not keep the next from running.
    let outcomes: Vec<Result> = projects.iter().map(test).collect();
    outcomes.into_iter().collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this tool reports how long its steps take; nothing in it depends on that"
)]
fn now() -> Instant {
    Instant::now()
}
