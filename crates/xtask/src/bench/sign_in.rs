//! Signing in, beside the one hash that it cannot do without.

use super::figures::Figures;
use super::http::Client;
use super::world::World;
use super::{milliseconds_since, now};
use crate::run::Result;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let runs = world.options.runs();
    figures.add_lines("floor.sign_in.", &world.floor_lines(&["hash", "--runs", &runs.to_string()])?)?;
    let roster = world.demo.settled()?;
    let mut client = Client::open(roster.address)?;
    let request = world.demo.sign_in_request();
    client.ask(&request)?;
    for _ in 0..runs {
        let started = now();
        client.ask(&request)?;
        figures.add("sign_in.ms", milliseconds_since(started));
    }
    Ok(())
}
