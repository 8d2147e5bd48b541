//! Facts about sessions that the server knows already: whatever changes of them holds for the next request, on every server.

use reqwest::Method;
use serde_json::json;
use server::clock::Clock;
use server::commands::serve::start;

use crate::support::{Client, Database, PASSWORD, World, nothing_succeeds_after, on_both, send};

on_both! { each_of_many_who_ask_at_once_gets_their_own_answer what_is_said_of_a_known_session_follows_each_change }

/// More than one statement asks for.
const SESSIONS: usize = 150;

/// Makes sessions of the same person as another, and gives clients for them.
async fn copies_of(world: &World, client: &Client) -> Vec<Client> {
    let columns = "person_id, account_id, organization_id, created_at, last_seen_at, expires_at, ip, user_agent";
    let own = server::secrets::hash(client.session.as_deref().unwrap());
    let mut copies = Vec::new();
    for number in 0..SESSIONS {
        let session = format!("{number:0>43}");
        let sql =
            format!("INSERT INTO sessions (id_hash, {columns}) SELECT $1, {columns} FROM sessions WHERE id_hash = $2");
        let made = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(server::secrets::hash(&session)).bind(own.clone());
        made.execute(world.running.app.db.writer()).await.unwrap();
        copies.push(Client { session: Some(session), ..client.clone() });
    }
    copies
}

/// Asks with all of them at once; each has to be answered as is said of its number.
async fn ask_all(clients: &[Client], expected: impl Fn(usize) -> u16) {
    let asked = clients.iter().cloned().enumerate().map(|(number, client)| {
        let expected = expected(number);
        tokio::spawn(async move { assert_eq!(client.get("/api/v1/me").await.status, expected, "{number}") })
    });
    for one in asked.collect::<Vec<_>>() {
        one.await.unwrap();
    }
}

async fn each_of_many_who_ask_at_once_gets_their_own_answer(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clients = copies_of(&world, &owner).await;
    let do_with = async |number: usize, sql: &'static str| {
        let hash = server::secrets::hash(clients[number].session.as_deref().unwrap());
        sqlx::query(sql).bind(hash).execute(world.running.app.db.writer()).await.unwrap();
    };
    for _ in 0..2 {
        ask_all(&clients, |_| 200).await;
    }
    for number in (0..SESSIONS).step_by(3) {
        do_with(number, "UPDATE sessions SET ended_at = created_at WHERE id_hash = $1").await;
        do_with(number + 1, "DELETE FROM sessions WHERE id_hash = $1").await;
    }
    ask_all(&clients, |number| if number % 3 == 2 { 200 } else { 401 }).await;
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
