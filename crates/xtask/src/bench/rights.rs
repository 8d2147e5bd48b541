//! An organization in which everybody holds much: `effective` alone, and a preview of a change that touches all.

use super::demo::Demo;
use super::figures::Figures;
use super::http::Client;
use super::ids;
use super::options::dense;
use super::world::World;
use super::{milliseconds_since, now};
use crate::run::{Failure, Result, output, program};

/// The first role of a demo, which Everyone carries, and the second, which some groups and accounts hold.
const ROLES: [(&str, &str); 2] =
    [("preview.all", "\",\"key\":\"platform_access\""), ("preview.some", "\",\"key\":\"data_science_access\"")];

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let runs = world.options.runs().to_string();
    let arguments = ["bench", "--package", "roster-domain", "--bench", "effective", "--", &runs];
    let lines = output(&mut program(world.repo, "cargo", &arguments)?);
    figures.add_lines("effective.", &lines.ok_or_else(|| Failure::new("the benchmark of `effective` failed"))?)?;

    let options = dense(world.options.accounts);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let demo = Demo::make(world.repo, &world.file("dense"), None, &options)?;
    let roster = demo.settled()?;
    let mut client = Client::open(roster.address)?;
    let roles = client.ask(&demo.get("/api/v1/roles"))?.body;
    for (figure, key) in ROLES {
        let role = ids::before(&roles, key).pop().ok_or_else(|| Failure::new("the demo lacks one of its roles"))?;
        // It gives what no role of the demo does, so that everybody who holds it gains.
        let body = format!(r#"{{"role":"{role}","role_change":{{"permissions":["deployments","accounts.view"]}}}}"#);
        let request = demo.post("/api/v1/previews", &body);
        for run in 0..=world.options.runs() {
            // Something is written: the server has to look at everybody again, and then for the next preview it has not.
            client.ask(&demo.post("/api/v1/groups", &format!(r#"{{"name":"{figure} {run}"}}"#)))?;
            for preview in ["first", "next"] {
                let started = now();
                client.ask(&request)?;
                // The first run warms up.
                if run > 0 {
                    figures.add(&format!("{figure}.{preview}_ms"), milliseconds_since(started));
                }
            }
        }
    }
    let anew = demo.get(&super::list::another(super::world::FIRST_PAGE));
    for _ in 0..world.options.runs() {
        figures.add_lines("dense.list.", &world.load(&roster, &anew)?)?;
    }
    Ok(())
}
