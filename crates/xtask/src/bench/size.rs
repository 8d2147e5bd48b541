//! The same lists of few accounts and of very many: what a list costs must not depend on how long it is.

use super::demo::Demo;
use super::figures::Figures;
use super::options::{FEW_ACCOUNTS, MANY_TIMES};
use super::world::World;
use crate::run::Result;

const LIST: &str = "/api/v1/accounts?kind=user&limit=100";

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let (few, many) = (FEW_ACCOUNTS, world.options.accounts * MANY_TIMES);
    let demos = [("few", few), ("many", many)].map(|(name, accounts)| {
        let demo = Demo::make(world.repo, &world.file(name), None, &["--accounts", &accounts.to_string()])?;
        let server = demo.settled()?;
        Ok((name, accounts, demo, server))
    });
    let demos = demos.into_iter().collect::<Result<Vec<_>>>()?;
    for _ in 0..world.options.runs() {
        for (name, accounts, demo, server) in &demos {
            for (asked, target) in lists(*accounts) {
                let lines = world.load(server, &demo.get(&target))?;
                figures.add_lines(&format!("size.{asked}.{name}."), &lines)?;
            }
        }
    }
    Ok(())
}

/// Each request has another page.
fn lists(accounts: u32) -> [(&'static str, String); 6] {
    // Numbers have three digits: the last thousand accounts, of which the last hundred are no page.
    let last = accounts / 1_000 - 1;
    [
        ("name", format!("{LIST}&sort=name&skip={{n}}")),
        ("active", format!("{LIST}&sort=-last_active&skip={{n}}")),
        ("status", format!("{LIST}&sort=name&status=pending&skip={{n}}")),
        ("level", format!("{LIST}&sort=name&level=admin&skip={{n}}")),
        ("search", format!("{LIST}&sort=name&q=novak&skip={{n}}")),
        ("last", format!("{LIST}&sort=name&skip={last}{{n}}")),
    ]
}
