//! Facts about every route at once: what it needs, and that it does hold it.

use domain::permissions::ConsolePermission;
use serde_json::json;
use server::http::route::{self, Needs};

use crate::support::{Database, World, on_both, send};

on_both! {
    nobody_gets_in_where_somebody_is_needed viewer_is_refused_what_needs_a_permission table_of_levels_is_the_reviewed_one
    administrator_of_another_organization_finds_nothing
}

/// The reviewed table: its diff is the security review.
const TABLE: &str = include_str!("routes.txt");

/// Who is let in where, level by level: reviewed as the table of routes is.
const LEVELS: &str = include_str!("levels.txt");

fn path(route: &route::Route) -> String {
    let id = "01a201dc-78d3-7333-844c-520898157319";
    route
        .path
        .replace("{id}", id)
        .replace("{account}", id)
        .replace("{type}", "dashboard")
        .replace("{external_id}", "a")
        .replace("{email}", "nobody@example.com")
}

#[test]
fn table_of_routes_is_the_reviewed_one() {
    let lines: Vec<String> = route::all()
        .iter()
        .map(|route| format!("{:6} {:42} {}", route.method.as_str(), route.path, route.needs))
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
        let permission = match route.needs {
            Needs::Permission(permission) => permission,
            Needs::AnyOf(permissions) => permissions[0],
            Needs::Nobody | Needs::SignedIn | Needs::Session => continue,
        };
        seen.push(permission);
        let answer =
            send(viewer.request(route.method.clone(), &path(&route)).header("if-match", "1").json(&json!({}))).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{} {}", route.method, route.path);
        assert!(answer.body()["detail"].as_str().unwrap().contains(permission.key()));
    }
    assert!(seen.contains(&ConsolePermission::AccountsInvite));
}

/// Asks every route as each level, about things that are not there: who is let in is told so, or that the body is wrong.
async fn table_of_levels_is_the_reviewed_one(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut clients = vec![("nobody", world.nobody())];
    for level in ["viewer", "editor", "admin"] {
        clients.push((level, world.member(&owner, &format!("{level}@example.com"), json!({ "level": level })).await));
    }
    clients.push(("owner", owner));
    let names: Vec<&str> = clients.iter().map(|(name, _)| *name).collect();
    let mut lines = vec![format!("{:6} {:42} {}", "", "", names.join(" "))];
    for route in route::all() {
        let mut marks = Vec::new();
        for (name, client) in &clients {
            let request = client.request(route.method.clone(), &path(&route)).header("if-match", "1").json(&json!({}));
            // Signing out would be done.
            let is_in = route.needs == Needs::Nobody || {
                let answer = send(request).await;
                answer.status != 401 && answer.code() != "forbidden"
            };
            marks.push(format!("{:width$}", if is_in { "yes" } else { "-" }, width = name.len()));
        }
        lines.push(format!("{:6} {:42} {}", route.method.as_str(), route.path, marks.join(" ").trim_end()));
    }
    let reviewed: Vec<&str> = LEVELS.lines().collect();
    assert_eq!(lines, reviewed, "\n{}\n", lines.join("\n"));
}

/// Asks every route that names a thing, about one that is there, as the Owner of another organization.
async fn administrator_of_another_organization_finds_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let role = owner.new_role("Interns", &[]).await["id"].as_str().unwrap().to_owned();
    let group = owner.new_group("Interns", &[]).await;
    let done = owner.bulk(&[&ana], json!({ "type": "add_role", "role": "alerts" })).await.good();
    let operation = done["operation_id"].as_str().unwrap().to_owned();
    let service = json!({ "account_id": "ingest", "token": { "name": "proxy" } });
    let made = owner.post("/api/v1/service-accounts", service).await.good();
    let token = made["token"]["token"]["id"].as_str().unwrap().to_owned();
    let other = world.other_organization("otto@example.com").await;
    let mut asked = 0;
    for route in route::all().iter().filter(|route| route.path.contains('{')) {
        let thing = route.path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        let id = match thing {
            "accounts" => &ana,
            "roles" => &role,
            "groups" => &group,
            "operations" => &operation,
            "tokens" => &token,
            "objects" => continue,
            _ => "",
        };
        let path = route.path.replace("{id}", id).replace("{account}", &ana).replace("{email}", "ana@example.com");
        let body = match (path.as_str(), route.method.as_str()) {
            (path, _) if path.ends_with("/members") => json!({ "add": [ana] }),
            (path, "POST") if path.ends_with("/tokens") => json!({ "name": "proxy" }),
            (path, "DELETE") if path.starts_with("/api/v1/accounts/") && !path.ends_with("/invitation") => {
                json!({ "confirm": "sa::ingest" })
            }
            _ => json!({}),
        };
        let answer = send(other.request(route.method.clone(), &path).header("if-match", "1").json(&body)).await;
        let is_pending = answer.code() == "not_pending";
        assert!(answer.status == 404 || is_pending, "{} {} {} {}", route.method, path, answer.status, answer.text);
        asked += 1;
    }
    assert!(asked >= 15, "{asked}");
}
