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

/// Some active accounts that are not the one who asks.
pub(super) fn others(world: &World, client: &mut Client) -> Result<Vec<String>> {
    let list = client.ask(&world.demo.get("/api/v1/accounts?kind=user&sort=created&limit=100&status=active"))?;
    let own = ids::before(&client.ask(&world.demo.get("/api/v1/session"))?.body, "\",\"is_owner\"");
    let others: Vec<String> = ids::of_users(&list.body).into_iter().filter(|id| !own.contains(id)).collect();
    if own.is_empty() {
        return Err(Failure::new("the session does not say whose it is"));
    }
    if others.is_empty() { Err(Failure::new("the demo has one active account alone")) } else { Ok(others) }
}

/// Whether an account may do something.
pub(super) fn about(account: &str) -> String {
    format!(r#"{{"permission":"alerts","account":"{account}"}}"#)
}

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let (roster, floor) = (world.demo.settled()?, world.floor()?);
    let mut client = Client::open(roster.address)?;
    let others = others(world, &mut client)?;
    let many: Vec<String> = others.iter().cycle().take(CHECKS_MAX).map(|account| about(account)).collect();
    let many = world.demo.post(CHECK_PATH, &format!(r#"{{"checks":[{}]}}"#, many.join(",")));
    let asked = [
        (&floor, "floor.constant.", world.demo.post("/constant", CHECK)),
        (&roster, "check.", world.demo.post(CHECK_PATH, CHECK)),
        (&roster, "check.other.", world.demo.post(CHECK_PATH, &about(&others[0]))),
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
