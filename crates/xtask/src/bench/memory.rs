//! The memory of a fresh server: idle, and after eight connections have asked for lists and searches, each time another page.

use std::thread::sleep;

use super::demo::SETTLE;
use super::figures::Figures;
use super::list::another;
use super::process::Running;
use super::world::{FIRST_PAGE, SEARCH, World};
use crate::run::Result;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    for _ in 0..world.options.runs() {
        let roster = world.demo.settled()?;
        record(&roster, "memory.idle", figures)?;
        for target in [FIRST_PAGE, SEARCH].map(another) {
            Figures::default().add_lines("memory", &world.load(&roster, &world.demo.get(&target))?)?;
        }
        sleep(SETTLE);
        record(&roster, "memory.loaded", figures)?;
        let floor = world.floor()?;
        sleep(SETTLE);
        record(&floor, "floor.memory.idle", figures)?;
        Figures::default().add_lines("memory", &world.load(&floor, &world.demo.get("/query"))?)?;
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
