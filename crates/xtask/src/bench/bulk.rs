//! One act on ten thousand accounts, durable and audited: a permission given to all of them, then taken away.

use super::demo::Demo;
use super::figures::Figures;
use super::http::Client;
use super::ids;
use super::now;
use super::world::World;
use crate::run::{Failure, Result};

/// The most that one request may name, and a page of the list may have.
const ACCOUNTS: usize = 10_000;
const PAGE: usize = 500;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    rate(&world.demo, world.options.runs(), "bulk.rate", figures)
}

/// Accounts changed in a second.
pub(super) fn rate(demo: &Demo, runs: u32, figure: &str, figures: &mut Figures) -> Result {
    let roster = demo.settled()?;
    let mut client = Client::open(roster.address)?;
    let accounts = accounts(demo, &mut client)?;
    let quoted: Vec<String> = accounts.iter().map(|id| format!("\"{id}\"")).collect();
    for run in 0..=runs {
        let kind = if run % 2 == 0 { "add_permission" } else { "remove_permission" };
        let action = format!(r#"{{"type":"{kind}","permission":"reports"}}"#);
        let body = format!(r#"{{"ids":[{}],"action":{action}}}"#, quoted.join(","));
        let request = demo.post("/api/v1/accounts/bulk", &body);
        let started = now();
        client.ask(&request)?;
        // The first run warms up.
        if run > 0 {
            figures.add(figure, accounts.len() as f64 / started.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// The newest active accounts, as many as one request may name.
fn accounts(demo: &Demo, client: &mut Client) -> Result<Vec<String>> {
    let mut found = Vec::new();
    while found.len() < ACCOUNTS {
        let skip = found.len();
        let target = format!("/api/v1/accounts?kind=user&sort=created&status=active&limit={PAGE}&skip={skip}");
        let page = ids::of_users(&client.ask(&demo.get(&target))?.body);
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    found.truncate(ACCOUNTS);
    if found.is_empty() { Err(Failure::new("the demo has no active account")) } else { Ok(found) }
}
