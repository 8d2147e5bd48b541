//! The console in a real browser, beside a page written by hand: `tests/bench` measures, by way of Playwright.

use super::figures::Figures;
use super::world::{TYPED, World};
use crate::run::{Result, program, run};
use crate::{files, setup};

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let repo = world.repo;
    setup::test_packages(repo)?;
    let chromium = setup::chromium(repo)?;
    let tests = repo.root.join("tests");
    let bin = tests.join("node_modules/.bin");
    run(program(repo, bin.join("tsc"), &["--project", "bench"])?.current_dir(&tests))?;
    let (roster, floor) = (world.demo.settled()?, world.floor()?);
    let figures_file = world.file("console.figures");
    let mut playwright = program(repo, bin.join("playwright"), &["test", "--config", "bench"])?;
    playwright.current_dir(&tests).env("CHROMIUM", chromium);
    playwright.env("BENCH_FIGURES", &figures_file).env("BENCH_RUNS", world.options.runs().to_string());
    playwright.env("BENCH_EMAIL", &world.demo.email).env("BENCH_PASSWORD", &world.demo.password);
    playwright.env("BENCH_TYPED", TYPED);
    playwright.env("BENCH_ROSTER", format!("http://{}", roster.address));
    playwright.env("BENCH_FLOOR", format!("http://{}", floor.address));
    run(&mut playwright)?;
    figures.add_lines("", &files::read_text(&figures_file)?)
}
