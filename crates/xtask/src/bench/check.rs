//! Questions that the product asks on each of its requests, beside a constant answer of the same bytes.

use super::figures::Figures;
use super::http::Client;
use super::ids;
use super::world::{CHECK, World};
use super::{milliseconds_since, now};
use crate::run::{Failure, Result};

const CHECK_PATH: &str = "/api/v1/check";
/// The most that one request may ask.
const CHECKS_MAX: usize = 1_000;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let (roster, floor) = (world.demo.settled()?, world.floor()?);
    let mut client = Client::open(roster.address)?;
    let list = client.ask(&world.demo.get("/api/v1/accounts?kind=user&sort=created&limit=100&status=active"))?;
    let others = ids::of_users(&list.body);
    let other = others.first().ok_or_else(|| Failure::new("the demo has no active account"))?;
    let about = |account: &str| format!(r#"{{"permission":"alerts","account":"{account}"}}"#);
    let many: Vec<String> = others.iter().cycle().take(CHECKS_MAX).map(|account| about(account)).collect();
    let many = world.demo.post(CHECK_PATH, &format!(r#"{{"checks":[{}]}}"#, many.join(",")));
    let asked = [
        (&floor, "floor.constant.", world.demo.post("/constant", CHECK)),
        (&roster, "check.", world.demo.post(CHECK_PATH, CHECK)),
        (&roster, "check.other.", world.demo.post(CHECK_PATH, &about(other))),
    ];
    for run in 0..=world.options.runs() {
        let started = now();
        client.ask(&many)?;
        // The first run warms up.
        if run > 0 {
            figures.add("check.many_ms", milliseconds_since(started));
            for (server, name, request) in &asked {
                figures.add_lines(name, &world.load(server, request)?)?;
            }
        }
    }
    Ok(())
}
