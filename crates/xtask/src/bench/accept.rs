//! Invitations accepted into the outbox, durable and audited: requests of 500 addresses, one after the other.

use super::figures::Figures;
use super::http::Client;
use super::now;
use super::world::World;
use crate::run::Result;

/// The most that one request may name.
const ADDRESSES: u32 = 500;
const REQUESTS: u32 = 4;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let roster = world.demo.settled()?;
    let mut client = Client::open(roster.address)?;
    let mut next = 0;
    for run in 0..=world.options.runs() {
        let requests: Vec<_> = (0..REQUESTS).map(|request| invite(world, next + request * ADDRESSES)).collect();
        next += REQUESTS * ADDRESSES;
        let started = now();
        for request in &requests {
            client.ask(request)?;
        }
        let rate = f64::from(REQUESTS * ADDRESSES) / started.elapsed().as_secs_f64();
        // The first run warms up.
        if run > 0 {
            figures.add("invitations.rate", rate);
        }
    }
    Ok(())
}

/// A request for the next addresses that nobody has.
fn invite(world: &World, from: u32) -> Vec<u8> {
    let emails: Vec<_> = (from..from + ADDRESSES).map(|number| format!(r#""new.{number}@bench.example""#)).collect();
    let body = format!(r#"{{"emails":[{}]}}"#, emails.join(","));
    world.demo.post("/api/v1/invitations", &body)
}
