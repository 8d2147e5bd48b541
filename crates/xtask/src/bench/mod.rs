//! `bench`: Roster against the floor of the same machine in the same run, and the table of `docs/BENCHMARKS.md`.

mod accept;
mod bulk;
mod check;
mod console;
mod demo;
mod document;
mod figures;
mod http;
mod ids;
mod list;
mod machine;
mod memory;
mod options;
mod postgres;
mod process;
mod rights;
mod rows;
mod sign_in;
mod size;
mod start;
mod tokens;
mod world;

use std::time::Instant;

use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result};
use figures::Figures;
use options::{Options, Part};
use world::World;

/// Measures all parts, or the named ones. Only a whole run is written down.
pub(crate) fn bench(repo: &Repo, arguments: &[String]) -> Result {
    let options = Options::parse(arguments).map_err(Failure::new)?;
    let world = World::build(repo, &options)?;
    let mut figures = Figures::default();
    let outcome = options.parts().into_iter().try_for_each(|part| measure(part, &world, &mut figures));
    let table = document::table(&figures);
    println!("\n{table}");
    outcome?;
    if options.is_whole() {
        let page = document::page(&table, &options, &machine::describe());
        files::write(&repo.root.join("docs/BENCHMARKS.md"), page.as_bytes())?;
        println!("bench: written to docs/BENCHMARKS.md");
    }
    Ok(())
}

fn measure(part: Part, world: &World, figures: &mut Figures) -> Result {
    println!("bench: {}", part.name());
    match part {
        Part::Start => start::measure(world, figures),
        Part::Memory => memory::measure(world, figures),
        Part::List => list::measure(world, figures),
        Part::Check => check::measure(world, figures),
        Part::Tokens => tokens::measure(world, figures),
        Part::Rights => rights::measure(world, figures),
        Part::Size => size::measure(world, figures),
        Part::Postgres => postgres::measure(world, figures),
        Part::SignIn => sign_in::measure(world, figures),
        Part::Console => console::measure(world, figures),
        Part::Bulk => bulk::measure(world, figures),
        Part::Invitations => accept::measure(world, figures),
    }
}

#[expect(clippy::disallowed_methods, reason = "the benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

fn milliseconds_since(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}
