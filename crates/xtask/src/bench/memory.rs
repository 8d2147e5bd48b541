//! The memory of a fresh server: idle, and after eight connections have asked for lists and searches.

use std::thread::sleep;

use super::figures::Figures;
use super::process::Running;
use super::world::{FIRST_PAGE, SEARCH, SETTLE, World};
use crate::run::Result;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    for _ in 0..world.options.runs() {
        let roster = world.settled_roster()?;
        record(&roster, "memory.idle", figures)?;
        for target in [FIRST_PAGE, SEARCH] {
            Figures::default().add_lines("memory", &world.load(&roster, &world.get(target))?)?;
        }
        sleep(SETTLE);
        record(&roster, "memory.loaded", figures)?;
        let floor = world.floor()?;
        sleep(SETTLE);
        record(&floor, "floor.memory.idle", figures)?;
        Figures::default().add_lines("memory", &world.load(&floor, &world.get("/query"))?)?;
        record(&floor, "floor.memory.loaded", figures)?;
    }
    Ok(())
}

fn record(running: &Running, name: &str, figures: &mut Figures) -> Result {
    let memory = running.memory()?;
    figures.add(&format!("{name}_mib"), memory.resident);
    figures.add(&format!("{name}_anonymous_mib"), memory.anonymous);
    Ok(())
}
