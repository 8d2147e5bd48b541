//! Facts about refused sign-ins: what they cost the same for every name, and what they leave in the audit log.

use serde_json::{Value, json};
use sqlx::Row;

use crate::support::{Answer, Client, Database, PASSWORD, World, WorldOptions, canary, eventually, on_both, send};

on_both! {
    refusals_of_a_name_an_address_and_a_minute_are_one_row refusals_are_written_when_the_server_stops
    crowd_of_addresses_grows_the_log_by_a_bounded_number_of_rows refused_sign_in_costs_the_same_for_every_name
    known_device_signs_in_from_an_address_that_strangers_have_worn_out
    signed_in_person_confirms_from_an_address_that_strangers_have_worn_out names_tried_once_are_forgotten_within_hours
}

const MINUTE_MS: i64 = 60 * 1_000;

async fn world(database: Database) -> World {
    World::with(database, WorldOptions { is_behind_proxy: true, ..WorldOptions::default() }).await
}

async fn guess(client: &Client, name: &str, ip: &str) -> Answer {
    let body = json!({ "email": name, "password": "wrong horse battery" });
    let request = client.request(reqwest::Method::POST, "/api/v1/session").header("x-forwarded-for", ip);
    send(request.json(&body)).await
}

/// Moves the clock to where a minute has begun a while ago, so that it is not over before the last guess.
fn begin_minute(world: &World) {
    let into = world.clock.now().millis().rem_euclid(MINUTE_MS);
    world.clock.advance(MINUTE_MS - into + 5_000);
}

/// The rows of refused sign-ins, each with its address and number, in the order of the addresses.
async fn rows(world: &World) -> Vec<(Option<String>, i64)> {
    let sql = "SELECT ip, after_json FROM audit_events WHERE action = 'session.refused' ORDER BY ip, seq";
    let rows = sqlx::query(sql).fetch_all(world.running.app.db.reader()).await.unwrap();
    let count = |text: String| serde_json::from_str::<Value>(&text).unwrap()["count"].as_i64().unwrap();
    rows.iter().map(|row| (row.get("ip"), count(row.get("after_json")))).collect()
}

async fn rows_when_there_are(world: &World, number: usize) -> Vec<(Option<String>, i64)> {
    eventually("the rows", async || Some(rows(world).await).filter(|rows| rows.len() >= number)).await
}

async fn refusals_of_a_name_an_address_and_a_minute_are_one_row(database: Database) {
    let world = world(database).await;
    let owner = world.owner().await;
    world.member(&owner, "ana@example.com", json!({})).await;
    let nobody = world.nobody();
    begin_minute(&world);
    for _ in 0..7 {
        assert_eq!(guess(&nobody, "olivia@example.com", "192.0.2.1").await.status, 401);
        assert_eq!(guess(&nobody, "unknown@example.com", "192.0.2.1").await.status, 401);
    }
    guess(&nobody, "olivia@example.com", "192.0.2.2").await;
    guess(&nobody, "ana@example.com", "192.0.2.1").await;
    assert_eq!(rows(&world).await, Vec::new(), "nothing is written beside the answers");
    world.clock.advance(MINUTE_MS);
    let ip = |text: &str| Some(text.to_owned());
    let found = rows_when_there_are(&world, 3).await;
    let mut expected = vec![(ip("192.0.2.1"), 7), (ip("192.0.2.1"), 1), (ip("192.0.2.2"), 1)];
    let mut sorted = found.clone();
    expected.sort();
    sorted.sort();
    assert_eq!(sorted, expected, "of a name that nobody has there is none");
    guess(&nobody, "olivia@example.com", "192.0.2.1").await;
    world.clock.advance(MINUTE_MS);
    assert_eq!(rows_when_there_are(&world, 4).await.len(), 4, "another minute, another row");
}

async fn refusals_are_written_when_the_server_stops(database: Database) {
    let world = world(database).await;
    world.owner().await;
    for _ in 0..3 {
        guess(&world.nobody(), "olivia@example.com", "192.0.2.1").await;
    }
    let world = world.restart().await;
    assert_eq!(rows(&world).await.iter().map(|(_, count)| count).sum::<i64>(), 3);
}

async fn crowd_of_addresses_grows_the_log_by_a_bounded_number_of_rows(database: Database) {
    let world = world(database).await;
    world.owner().await;
    begin_minute(&world);
    for number in 0..60 {
        guess(&world.nobody(), "olivia@example.com", &format!("198.51.100.{number}")).await;
    }
    world.clock.advance(MINUTE_MS);
    let rows = rows_when_there_are(&world, 21).await;
    assert_eq!((rows.len(), rows.iter().map(|(_, count)| count).sum::<i64>()), (21, 60));
    assert!(rows.contains(&(None, 40)), "{rows:?}");
}

async fn refused_sign_in_costs_the_same_for_every_name(database: Database) {
    let world = world(database).await;
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["invited@example.com"] })).await.good();
    let gone = world.member(&owner, "gone@example.com", json!({})).await.id().await;
    owner.bulk(&[&gone], json!({ "type": "deactivate" })).await.good();
    world.service(&owner, "deployer", json!({})).await;
    world.member(&owner, "locked@example.com", json!({})).await;
    for _ in 0..12 {
        world.clock.advance(3 * MINUTE_MS);
        guess(&world.nobody(), "locked@example.com", "192.0.2.9").await;
    }
    let names = [
        "unknown@example.com",
        "olivia@example.com",
        "invited@example.com",
        "gone@example.com",
        "sa::deployer",
        "locked@example.com",
        "no address",
    ];
    let mut statements = Vec::new();
    for name in names {
        let answer = guess(&world.nobody(), name, "192.0.2.1").await;
        assert_eq!(answer.status, 401, "{name}");
        statements.push(canary::statements_of(answer.headers["x-request-id"].to_str().unwrap()));
    }
    assert!(statements[0].iter().any(|statement| statement.contains("guesses")), "{:?}", statements[0]);
    for (name, found) in names.iter().zip(&statements) {
        assert_eq!(found, &statements[0], "{name}");
    }
    let writes = "SELECT COUNT(*) AS rows FROM audit_events WHERE action = 'session.refused' AND ip = '192.0.2.1'";
    let count = sqlx::query(writes).fetch_one(world.running.app.db.reader()).await.unwrap();
    assert_eq!(count.get::<i64, _>("rows"), 0, "and nothing follows");
}

async fn known_device_signs_in_from_an_address_that_strangers_have_worn_out(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    world.wear_out(&world.running.app.attempts);
    assert_eq!(world.nobody().sign_in("olivia@example.com", PASSWORD).await.status, 429);
    owner.session = None;
    assert_eq!(owner.sign_in("olivia@example.com", PASSWORD).await.status, 200);
    let mut foreign = Client { device: owner.device.clone(), ..world.nobody() };
    assert_eq!(foreign.sign_in("ana@example.com", PASSWORD).await.status, 429, "it is the device of one person");
}

async fn signed_in_person_confirms_from_an_address_that_strangers_have_worn_out(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.wear_out(&world.running.app.attempts);
    let proved = owner.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await;
    assert_eq!(proved.status, 204, "{}", proved.text);
}

async fn names_tried_once_are_forgotten_within_hours(database: Database) {
    let world = world(database).await;
    world.owner().await;
    for number in 0..20 {
        guess(&world.nobody(), &format!("guess{number}@example.com"), &format!("192.0.2.{number}")).await;
    }
    for _ in 0..8 {
        guess(&world.nobody(), "olivia@example.com", "198.51.100.1").await;
        world.clock.advance(10_000);
    }
    let count = async || {
        let row = sqlx::query("SELECT COUNT(*) AS rows FROM guesses").fetch_one(world.running.app.db.reader()).await;
        row.unwrap().get::<i64, _>("rows")
    };
    assert_eq!(count().await, 21);
    world.clock.advance(2 * 60 * MINUTE_MS);
    eventually("the sweep", async || (count().await == 1).then_some(())).await;
}
