//! PostgreSQL in place of SQLite, each commit on the disk before it is acknowledged.

use super::demo::Demo;
use super::figures::Figures;
use super::world::{CHECK, FIRST_PAGE, World};
use super::{bulk, list};
use crate::postgres::{Cluster, Storage};
use crate::run::Result;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let cluster = Cluster::start(world.repo, Storage::Disk)?;
    let accounts = world.options.accounts.to_string();
    let options = ["--accounts", accounts.as_str()];
    let demo = Demo::make(world.repo, &world.file("postgres"), Some(&cluster.url()), &options)?;
    {
        let (sqlite, postgres) = (world.demo.settled()?, demo.settled()?);
        for _ in 0..world.options.runs() {
            for (server, of, name) in [(&sqlite, &world.demo, "sqlite"), (&postgres, &demo, "postgres")] {
                let asked = [
                    ("list", of.get(&list::another(FIRST_PAGE))),
                    ("session", of.get("/api/v1/session")),
                    ("check", of.post("/api/v1/check", CHECK)),
                ];
                for (figure, request) in asked {
                    figures.add_lines(&format!("{name}.{figure}."), &world.load(server, &request)?)?;
                }
            }
        }
    }
    bulk::rate(&world.demo, world.options.runs(), "sqlite.bulk.rate", figures)?;
    bulk::rate(&demo, world.options.runs(), "postgres.bulk.rate", figures)
}
