//! Facts about every route at once: what it needs, and that it does hold it.

use domain::permissions::ConsolePermission;
use serde_json::json;
use server::http::route::{self, Needs};

use crate::support::{Database, World, on_both, send};

on_both! { nobody_gets_in_where_somebody_is_needed viewer_is_refused_what_needs_a_permission }

/// The reviewed table: its diff is the security review.
const TABLE: &str = include_str!("routes.txt");

fn path(route: &route::Route) -> String {
    route.path.replace("{id}", "01a201dc-78d3-7333-844c-520898157319")
}

#[test]
fn table_of_routes_is_the_reviewed_one() {
    let needs = |needs: Needs| match needs {
        Needs::Nobody => "nobody".to_owned(),
        Needs::SignedIn => "signed in".to_owned(),
        Needs::Permission(permission) => permission.to_string(),
    };
    let lines: Vec<String> = route::all()
        .iter()
        .map(|route| format!("{:6} {:42} {}", route.method.as_str(), route.path, needs(route.needs)))
        .collect();
    let reviewed: Vec<&str> = TABLE.lines().collect();
    assert_eq!(lines, reviewed, "\n{}\n", lines.join("\n"));
}

async fn nobody_gets_in_where_somebody_is_needed(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    for route in route::all().iter().filter(|route| route.needs != Needs::Nobody) {
        let request =
            world.nobody().request(route.method.clone(), &path(route)).header("if-match", "1").json(&json!({}));
        let answer = send(request).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "not_signed_in"), "{} {}", route.method, route.path);
    }
}

async fn viewer_is_refused_what_needs_a_permission(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let viewer = world.member(&owner, "viewer@example.com", json!({ "level": "viewer" })).await;
    let mut seen: Vec<ConsolePermission> = Vec::new();
    for route in route::all() {
        let Needs::Permission(permission) = route.needs else { continue };
        seen.push(permission);
        let answer =
            send(viewer.request(route.method.clone(), &path(&route)).header("if-match", "1").json(&json!({}))).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{} {}", route.method, route.path);
        assert!(answer.body()["detail"].as_str().unwrap().contains(permission.key()));
    }
    assert!(seen.contains(&ConsolePermission::AccountsInvite));
}
