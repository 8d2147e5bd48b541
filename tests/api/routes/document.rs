//! What the API's document says of routes is so: which changes need a version, and which parameters are read.

use std::io::Write;
use std::process::{Command, Stdio};

use domain::bulk::BULK_ACCOUNTS_MAX;
use domain::check::CHECKS_MAX;
use domain::defaults::{DEFAULT_GROUPS_MAX, DEFAULT_PERMISSIONS_MAX};
use domain::groups::{GROUPS_PER_INVITE_MAX, ROLES_PER_GROUP_MAX};
use domain::invitations::GRANTS_PER_INVITE_MAX;
use domain::organization::{INVITATION_TTL_HOURS_MAX, SEATS_MAX};
use domain::password::PASSWORD_CHARS_MAX;
use domain::roles::ROLE_PERMISSIONS_MAX;
use domain::service_accounts::GIFTS_PER_SERVICE_ACCOUNT_MAX;
use domain::tokens::{NETWORKS_MAX, OVERLAP_HOURS_MAX, REVOKE_AT_ONCE_MAX, SCOPES_MAX, TTL_DAYS_MAX};
use reqwest::Method;
use serde_json::Value;
use server::http::route::{self, Needs, Route};

use super::things::Things;
use crate::support::{Database, World, on_both, send, tests_folder};

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
    for (status, header) in [("429", "Retry-After"), ("412", "ETag"), ("401", "WWW-Authenticate")] {
        let answer = &document["paths"]["/api/v1/accounts/{id}"]["patch"]["responses"][status];
        let shared = answer["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
        assert!(shared.unwrap()["headers"][header].is_object(), "{status}: {answer}");
    }
}

/// By the rules of OpenAPI and of JSON Schema, as `tests/openapi/validate.mjs` reads them.
#[test]
fn document_is_valid() {
    let script = tests_folder().join("openapi/validate.mjs");
    let mut validator = Command::new("node").arg(script).stdin(Stdio::piped()).spawn().unwrap();
    let document = server::http::openapi::document().to_json().unwrap();
    validator.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    assert!(validator.wait().unwrap().success());
}

/// The document writes limits as numbers: they are those that the rules hold.
#[test]
fn documented_limits_are_those_of_the_rules() {
    let document = serde_json::to_value(server::http::openapi::document()).unwrap();
    let limits = [
        ("InviteRequest", "groups", "maxItems", GROUPS_PER_INVITE_MAX),
        ("InviteRequest", "roles", "maxItems", GRANTS_PER_INVITE_MAX),
        ("InviteRequest", "permissions", "maxItems", GRANTS_PER_INVITE_MAX),
        ("NewServiceAccount", "groups", "maxItems", GROUPS_PER_INVITE_MAX),
        ("NewServiceAccount", "roles", "maxItems", GIFTS_PER_SERVICE_ACCOUNT_MAX),
        ("NewServiceAccount", "permissions", "maxItems", GIFTS_PER_SERVICE_ACCOUNT_MAX),
        ("GroupChange", "roles", "maxItems", ROLES_PER_GROUP_MAX),
        ("NewRole", "permissions", "maxItems", ROLE_PERMISSIONS_MAX),
        ("RoleChange", "permissions", "maxItems", ROLE_PERMISSIONS_MAX),
        ("Defaults", "groups", "maxItems", DEFAULT_GROUPS_MAX),
        ("Defaults", "permissions", "maxItems", DEFAULT_PERMISSIONS_MAX),
        ("BulkRequest", "ids", "maxItems", BULK_ACCOUNTS_MAX),
        ("MembersChange", "add", "maxItems", BULK_ACCOUNTS_MAX),
        ("BulkRevoke", "ids", "maxItems", REVOKE_AT_ONCE_MAX),
        ("CheckBody", "checks", "maxItems", CHECKS_MAX),
        ("NewToken", "scopes", "maxItems", SCOPES_MAX),
        ("TokenChange", "scopes", "maxItems", SCOPES_MAX),
        ("NewToken", "networks", "maxItems", NETWORKS_MAX),
        ("RotateToken", "overlap_hours", "maximum", OVERLAP_HOURS_MAX as usize),
        ("TokenPolicyChange", "ttl_days_max", "maximum", TTL_DAYS_MAX as usize),
        ("OrganizationChange", "seats", "maximum", SEATS_MAX as usize),
        ("OrganizationChange", "invitation_ttl_hours", "maximum", INVITATION_TTL_HOURS_MAX as usize),
        ("OrganizationChange", "password_chars_min", "maximum", PASSWORD_CHARS_MAX),
    ];
    for (schema, field, limit, expected) in limits {
        let documented = &document["components"]["schemas"][schema]["properties"][field][limit];
        assert_eq!(documented.as_u64(), Some(expected as u64), "{schema}.{field}");
    }
}

/// Each list says what its items are, and each body that is taken says that it takes nothing else.
#[test]
fn lists_and_bodies_are_described_to_the_end() {
    let document = serde_json::to_value(server::http::openapi::document()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let pages: Vec<_> = schemas.iter().filter(|(_, schema)| schema["properties"]["total"].is_object()).collect();
    for (name, page) in &pages {
        let item = page["properties"]["items"]["items"]["$ref"].as_str().unwrap_or_default();
        assert_eq!(item, format!("#/components/schemas/{}", name.trim_end_matches("Page")), "{page}");
    }
    assert!(pages.len() >= 7, "{pages:?}");
    for route in route::all().iter().filter(|route| route.request.is_some()) {
        let body = &document["paths"][route.path][route.method.as_str().to_lowercase()]["requestBody"];
        let (media_type, content) = body["content"].as_object().unwrap().iter().next().unwrap();
        let name = content["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        // The standards of the forms say that what is not known is to be ignored.
        let is_form = media_type.ends_with("urlencoded");
        assert_eq!(schemas[name]["additionalProperties"] == false, !is_form, "{name}");
    }
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
