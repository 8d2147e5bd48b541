//! Who is let in where, in each shipped profile: asked of every route about things that are there.

use serde_json::json;
use server::http::route::{self, Needs, Route};

use super::things::Things;
use crate::support::{Client, Database, World, on_both, send};

on_both! { table_of_levels_is_the_reviewed_one }

/// Reviewed as the table of routes is: `-` for who is turned away, `404` for who is told that there is nothing.
const LEVELS: &str = include_str!("../levels.txt");

const PROFILES: [&str; 5] = ["default", "wavefront", "circonus", "victoriametrics", "wandb"];

/// Somebody who asks, and the name of the column.
struct Asker {
    name: String,
    client: Client,
}

/// Nobody, each level from the lowest up, an Owner, and a service account to which nothing was given; without levels, who has none and who has each of the roles.
async fn askers(world: &World, owner: &Client) -> Vec<Asker> {
    let roles = owner.get("/api/v1/roles").await.good();
    let key = |role: &serde_json::Value| role["key"].as_str().unwrap().to_owned();
    let of = |are_levels: bool| {
        let items = roles["items"].as_array().unwrap().iter();
        let wanted = items.filter(|role| role["built_in"] == true && role["level_rank"].is_i64() == are_levels);
        wanted.map(key).filter(|key| key != "owner").collect::<Vec<_>>()
    };
    let mut gifts: Vec<_> = of(true).into_iter().rev().map(|key| (key.clone(), json!({ "level": key }))).collect();
    if gifts.is_empty() {
        gifts.push(("member".to_owned(), json!({})));
        gifts.extend(of(false).into_iter().map(|key| (key.clone(), json!({ "roles": [key] }))));
    }
    // While the Owner's password is proved lately.
    let (_, program) = world.service(owner, "asker", json!({})).await;
    let mut askers = vec![Asker { name: "nobody".to_owned(), client: world.nobody() }];
    for (name, gift) in gifts {
        let client = world.member(owner, &format!("{name}@example.com"), gift).await;
        world.clock.advance(60_000);
        askers.push(Asker { name, client });
    }
    askers.push(Asker { name: "owner".to_owned(), client: owner.clone() });
    askers.push(Asker { name: "service".to_owned(), client: program.client });
    askers
}

/// What becomes of a request at a version that nothing has, with little in it.
async fn mark(asker: &Asker, owner: &Client, things: &Things, route: &Route) -> &'static str {
    // Signing out would be done.
    if route.needs == Needs::Nobody {
        return "yes";
    }
    let request = asker.client.request(route.method.clone(), &things.path(route)).header("if-match", "0");
    let answer = send(request.json(&things.body(route))).await;
    if route.path.contains("/members") {
        let again = json!({ "add": [things.member] });
        owner.post(&format!("/api/v1/groups/{}/members", things.group), again).await.good();
    }
    match (answer.status, answer.code().as_str()) {
        (401, _) | (_, "forbidden" | "session_required") => "-",
        (404, _) => "404",
        _ => "yes",
    }
}

async fn table_of_levels_is_the_reviewed_one(database: Database) {
    let mut lines = Vec::new();
    for profile in PROFILES {
        let world = World::new(database).await;
        let owner = world.owner_with(profile).await;
        let (things, askers) = (Things::new(&owner).await, askers(&world, &owner).await);
        let names: Vec<&str> = askers.iter().map(|asker| asker.name.as_str()).collect();
        lines.push(format!("{:6} {:50} {}", "", profile, names.join(" ")));
        for route in route::all() {
            let mut marks = Vec::new();
            for asker in &askers {
                let mark = mark(asker, &owner, &things, &route).await;
                marks.push(format!("{mark:width$}", width = asker.name.len()));
            }
            lines.push(format!("{:6} {:50} {}", route.method.as_str(), route.path, marks.join(" ").trim_end()));
        }
    }
    let reviewed: Vec<&str> = LEVELS.lines().collect();
    assert_eq!(lines, reviewed, "\n{}\n", lines.join("\n"));
}
