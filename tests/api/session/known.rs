//! Facts about sessions that the server knows already: whatever changes of them holds for the next request, on every server.

use reqwest::Method;
use serde_json::json;
use server::clock::Clock;
use server::commands::serve::start;

use crate::support::{Client, Database, PASSWORD, World, nothing_succeeds_after, on_both, send};

on_both! { each_of_many_who_ask_at_once_is_who_they_are what_is_said_of_a_known_session_follows_each_change }

async fn each_of_many_who_ask_at_once_is_who_they_are(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut people = vec![(owner.id().await, owner.clone())];
    for number in 0..5 {
        let person = world.member(&owner, &format!("person-{number}@example.com"), json!({})).await;
        people.push((person.id().await, person));
    }
    let nobody = Client { session: Some("A".repeat(43)), ..owner };
    let mut asked = Vec::new();
    for _ in 0..20 {
        for (id, person) in people.clone() {
            asked.push(tokio::spawn(async move { assert_eq!(person.id().await, id) }));
        }
        let nobody = nobody.clone();
        asked.push(tokio::spawn(async move { assert_eq!(nobody.get("/api/v1/me").await.status, 401) }));
    }
    for one in asked {
        one.await.unwrap();
    }
}

async fn what_is_said_of_a_known_session_follows_each_change(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let id = ana.id().await;
    let told = async || ana.get("/api/v1/session").await.good();
    assert_eq!(told().await["account"]["level"], "viewer");
    owner.bulk(&[&id], json!({ "type": "set_level", "level": "editor" })).await.good();
    assert_eq!(told().await["account"]["level"], "editor");
    owner.bulk(&[&id], json!({ "type": "add_permission", "permission": "usage.view" })).await.good();
    assert!(told().await["permissions"].as_array().unwrap().contains(&json!("usage.view")));
    let version = ana.get("/api/v1/me").await.good()["account"]["version"].as_i64().unwrap();
    ana.change(Method::PATCH, "/api/v1/me", version, Some(json!({ "display_name": "Ana N." }))).await.good();
    assert_eq!(told().await["person"]["display_name"], "Ana N.");
    let version = owner.get("/api/v1/organization").await.good()["version"].as_i64().unwrap();
    owner.change(Method::PATCH, "/api/v1/organization", version, Some(json!({ "name": "Other" }))).await.good();
    assert_eq!(told().await["organization"]["name"], "Other");
}

/// What takes something from a session, each with what a request for the list of accounts is answered from then on.
const TAKEN: [(&str, u16); 5] = [
    ("signed out", 401),
    ("signed out by another", 401),
    ("deactivated", 401),
    ("without the permission", 403),
    ("over", 401),
];

async fn take(world: &World, owner: &Client, what: &str, person: &Client, email: &str) {
    let id = person.id().await;
    match what {
        "signed out" => assert_eq!(send(person.request(Method::DELETE, "/api/v1/session")).await.status, 204),
        "signed out by another" => {
            assert_eq!(owner.post(&format!("/api/logout/{email}"), json!({})).await.status, 204);
        }
        "deactivated" => super::deactivate(owner, person).await,
        "without the permission" => {
            let action = json!({ "type": "remove_permission", "permission": "accounts.view" });
            owner.bulk(&[&id], action).await.good();
        }
        _ => {
            // By another sign-in of the same browser.
            let mut person = person.clone();
            person.base = world.base();
            person.sign_in(email, PASSWORD).await.good();
        }
    }
}

/// Under load on two servers of one database, no request succeeds that begins after the answer that took its right.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_taken_from_a_session_is_done_once_more() {
    let world = World::new(Database::Postgres).await;
    let owner = world.owner().await;
    let second = start(world.options.clone(), Clock::default()).await.unwrap();
    let servers = [world.base(), format!("http://{}", second.address)];
    for (round, (what, expected)) in TAKEN.into_iter().enumerate() {
        let email = format!("person-{round}@example.com");
        let person = world.member(&owner, &email, json!({ "permissions": ["accounts.view"] })).await;
        let clients = servers.iter().cycle().take(4).map(|base| {
            let person = Client { base: base.clone(), ..person.clone() };
            move || person.request(Method::GET, "/api/v1/accounts?limit=1")
        });
        let take = take(&world, &owner, what, &person, &email);
        nothing_succeeds_after(what, clients.collect(), take, expected).await;
    }
    second.stop().await;
}
