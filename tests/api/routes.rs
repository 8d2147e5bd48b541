//! Facts about every route at once: what it needs, and that it does hold it.

mod bodies;
mod document;
mod foreign;
mod levels;
mod methods;
mod things;

use domain::permissions::ConsolePermission;
use serde_json::json;
use server::http::route::{self, Needs};
use things::Things;

use crate::support::{Database, World, on_both, send};

on_both! { nobody_gets_in_where_somebody_is_needed viewer_is_refused_what_needs_a_permission }

/// The reviewed table: its diff is the security review.
const TABLE: &str = include_str!("routes.txt");

#[test]
fn table_of_routes_is_the_reviewed_one() {
    let lines: Vec<String> = route::all()
        .iter()
        .map(|route| {
            let also = route.also.map(|also| format!("; {also}")).unwrap_or_default();
            format!("{:6} {:42} {}{also}", route.method.as_str(), route.path, route.needs)
        })
        .collect();
    let reviewed: Vec<&str> = TABLE.lines().collect();
    assert_eq!(lines, reviewed, "\n{}\n", lines.join("\n"));
}

/// If this fails: `cargo run -p roster-server -- permissions > docs/PERMISSIONS.md`
#[test]
fn page_of_permissions_is_up_to_date() {
    let command = "cargo run -p roster-server -- permissions > docs/PERMISSIONS.md";
    assert!(server::commands::permissions::document() == include_str!("../../docs/PERMISSIONS.md"), "run: {command}");
}

async fn nobody_gets_in_where_somebody_is_needed(database: Database) {
    let world = World::new(database).await;
    let things = Things::new(&world.owner().await).await;
    for route in route::all().iter().filter(|route| route.needs != Needs::Nobody) {
        let request =
            world.nobody().request(route.method.clone(), &things.path(route)).header("if-match", "1").json(&json!({}));
        let answer = send(request).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "not_signed_in"), "{} {}", route.method, route.path);
    }
}

async fn viewer_is_refused_what_needs_a_permission(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let things = Things::new(&owner).await;
    let viewer = world.member(&owner, "viewer@example.com", json!({ "level": "viewer" })).await;
    let mut seen: Vec<ConsolePermission> = Vec::new();
    for route in route::all() {
        let permission = match route.needs {
            Needs::Permission(permission) => permission,
            Needs::AnyOf(permissions) => permissions[0],
            Needs::Nobody | Needs::SignedIn | Needs::Session => continue,
        };
        seen.push(permission);
        let answer =
            send(viewer.request(route.method.clone(), &things.path(&route)).header("if-match", "1").json(&json!({})))
                .await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{} {}", route.method, route.path);
        assert!(answer.body()["detail"].as_str().unwrap().contains(permission.key()));
    }
    assert!(seen.contains(&ConsolePermission::AccountsInvite));
}
