//! What the API's document says of routes is so: which changes need a version, and which parameters are read.

use reqwest::Method;
use serde_json::Value;
use server::http::route::{self, Needs, Route};

use super::things::Things;
use crate::support::{Database, World, on_both, send};

on_both! {
    document_says_which_changes_need_a_version documented_parameters_are_known
    requests_that_create_or_mail_take_a_key
}

fn parameters<'a>(document: &'a Value, route: &Route, place: &str) -> Vec<&'a Value> {
    let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
    let all = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|parameter| parameter["in"] == place).collect()
}

async fn document_says_which_changes_need_a_version(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let things = Things::new(&owner).await;
    let document = owner.get("/api/v1/openapi.json").await.good();
    let mut needing = Vec::new();
    for route in route::all().iter().filter(|route| route.method != Method::GET && route.needs != Needs::Nobody) {
        let documented = parameters(&document, route, "header");
        let says = documented.iter().any(|parameter| parameter["name"] == "if-match" && parameter["required"] == true);
        let answer = send(owner.request(route.method.clone(), &things.path(route)).json(&things.body(route))).await;
        assert_eq!(answer.code() == "version_required", says, "{} {}: {}", route.method, route.path, answer.text);
        needing.extend(says.then_some(route.path));
    }
    assert!(needing.len() >= 10, "{needing:?}");
    let required = parameters(&document, &find(&Method::POST, "/api/v1/invitations"), "header");
    assert_eq!(required[0]["name"], "idempotency-key");
    let members = parameters(&document, &find(&Method::POST, "/api/v1/groups/{id}/members"), "header");
    assert_eq!(members[0]["name"], "roster-basis");
    let refused = &document["paths"]["/api/v1/accounts/{id}"]["patch"]["responses"]["default"]["headers"];
    assert!(refused["Retry-After"].is_object() && refused["ETag"].is_object(), "{refused}");
}

fn find(method: &Method, path: &str) -> Route {
    route::all().into_iter().find(|route| route.method == *method && route.path == path).unwrap()
}

/// What is documented is read, and nothing else is: another parameter is refused.
async fn documented_parameters_are_known(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let things = Things::new(&owner).await;
    let document = owner.get("/api/v1/openapi.json").await.good();
    let mut asked = 0;
    for route in route::all() {
        let documented = parameters(&document, &route, "query");
        let path = things.path(&route);
        let path = path.split('?').next().unwrap();
        for parameter in &documented {
            assert!(parameter["description"].is_string(), "{parameter}");
            let name = parameter["name"].as_str().unwrap();
            let id = "01a201dc-78d3-7333-844c-520898157319";
            let value = match name {
                "group" | "account" => id,
                "limit" | "skip" => "1",
                "orphan" | "counts" if route.path != "/api/v1/accounts" => "true",
                "account_id" => "ci",
                _ => "user",
            };
            let address = format!("{path}?{name}={value}");
            let answer = send(owner.request(route.method.clone(), &address)).await;
            assert_ne!(answer.code(), "malformed", "{address}: {}", answer.text);
            asked += 1;
        }
        if !documented.is_empty() {
            let answer = send(owner.request(route.method.clone(), &format!("{path}?nonsense=1"))).await;
            assert_eq!(answer.code(), "malformed", "{}: {}", route.path, answer.text);
        }
    }
    assert!(asked >= 25, "{asked}");
}

/// Requests that are sent by POST or PUT and neither create nor mail anything, or do it once without a key.
const WITHOUT_KEY: [(&str, &str); 11] = [
    ("/api/v1/session/organization", "changes the own session"),
    ("/api/v1/session/confirmation", "notes that the password was proved"),
    ("/api/logout/{email}", "ends sessions"),
    ("/api/v1/tokens/revoke", "ends tokens"),
    ("/api/v1/tokens/lookup", "reads"),
    ("/api/v1/introspect", "reads"),
    ("/api/v1/check", "reads"),
    ("/api/v1/previews", "reads"),
    ("/api/v1/organization/defaults", "changes what is there, at a version"),
    ("/api/v1/me", "changes what is there, at a version"),
    ("/api/v1/organization", "changes what is there, at a version"),
];

async fn requests_that_create_or_mail_take_a_key(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let document = owner.get("/api/v1/openapi.json").await.good();
    let mut keyed = 0;
    for route in route::all() {
        let creates = [Method::POST, Method::PUT].contains(&route.method) && route.needs != Needs::Nobody;
        let has_key = parameters(&document, &route, "header").iter().any(|header| header["name"] == "idempotency-key");
        let is_exempt = WITHOUT_KEY.iter().any(|(path, _)| *path == route.path);
        assert_eq!(has_key, creates && !is_exempt, "{} {}", route.method, route.path);
        keyed += usize::from(has_key);
    }
    assert!(keyed >= 15, "{keyed}");
}
