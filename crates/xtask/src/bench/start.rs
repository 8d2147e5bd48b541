//! From the start of the process to the line that says where it listens, and the size of the binary.

use super::figures::Figures;
use super::world::{self, World};
use crate::run::Result;

const BYTES_PER_MB: f64 = 1e6;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    figures.add("start.binary_mb", world::length(&world.binary())? as f64 / BYTES_PER_MB);
    for run in 0..=world.options.runs() {
        let (roster, floor) = (world.demo.serve()?.ready_ms, world.floor()?.ready_ms);
        // The first run warms up.
        if run > 0 {
            figures.add("start.ready_ms", roster);
            figures.add("floor.start.ready_ms", floor);
        }
    }
    Ok(())
}
