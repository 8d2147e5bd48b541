//! Lists a second and their times, beside the bare route and the one query, turn by turn in the same run.

use super::figures::Figures;
use super::http::Client;
use super::world::{FIRST_PAGE, SEARCH, World};
use super::{milliseconds_since, now};
use crate::run::Result;

/// So many places a page of `another` can begin at.
const SKIPS: u32 = 1_000;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let (roster, floor) = (world.demo.settled()?, world.floor()?);
    let last_page = format!("{FIRST_PAGE}&skip={}{{n}}", world.options.accounts / SKIPS - 1);
    let by_status = format!("{FIRST_PAGE}&status=pending");
    let asked = [
        (&floor, "floor.bare.", world.demo.get("/bare")),
        (&floor, "floor.query.", world.demo.get("/query")),
        (&floor, "floor.query.anew.", world.demo.get("/query?skip={n}")),
        (&roster, "list.", world.demo.get(FIRST_PAGE)),
        (&roster, "list.anew.", world.demo.get(&another(FIRST_PAGE))),
        (&roster, "list.search.", world.demo.get(&another(SEARCH))),
        (&roster, "list.status.", world.demo.get(&another(&by_status))),
        (&roster, "list.last.", world.demo.get(&last_page)),
        (&roster, "list.session.", world.demo.get("/api/v1/session")),
    ];
    for _ in 0..world.options.runs() {
        figures.add("list.counted_ms", first_counts_ms(world)?);
        for (server, name, request) in &asked {
            figures.add_lines(name, &world.load(server, request)?)?;
        }
    }
    Ok(())
}

/// The same list from another row on for each request: none of the pages was read before.
pub(super) fn another(target: &str) -> String {
    format!("{target}&skip={{n}}")
}

/// What the console asks for first, of a server that has counted nothing yet.
fn first_counts_ms(world: &World) -> Result<f64> {
    let fresh = world.demo.settled()?;
    let mut client = Client::open(fresh.address)?;
    client.ask(&world.demo.get("/api/v1/session"))?;
    let request = world.demo.get(&format!("{FIRST_PAGE}&counts=status"));
    let started = now();
    client.ask(&request)?;
    Ok(milliseconds_since(started))
}
