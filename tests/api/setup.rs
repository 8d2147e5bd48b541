//! Facts about set-up.

use serde_json::{Value, json};

use crate::support::{Database, World, WorldOptions, on_both};

on_both! { owner_is_made_and_signed_in link_works_once racing_set_ups_make_one newer_link_replaces_the_older wrong_fields_are_named link_ends_after_a_day_and_the_next_one_is_printed }

async fn owner_is_made_and_signed_in(database: Database) {
    let world = World::new(database).await;
    let before = world.nobody().get("/api/v1/setup").await.good();
    assert_eq!((before["done"].clone(), before["profiles"].as_array().map(Vec::len)), (json!(false), Some(5)));
    let owner = world.owner().await;
    let session = owner.get("/api/v1/session").await.good();
    assert_eq!(session["account"]["is_owner"], true);
    assert_eq!(session["organization"]["name"], "Acme");
    assert_eq!(
        world.nobody().get("/api/v1/setup").await.good(),
        json!({ "done": true, "profiles": [], "password_chars_min": 15 })
    );
}

async fn link_works_once(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    let again = world.nobody().post("/api/v1/setup", world.setup_body()).await;
    assert_eq!((again.status, again.code().as_str()), (409, "already_set_up"));
    let mut body = world.setup_body();
    body["setup_token"] = json!("rstw_nonsense");
    assert_eq!(world.nobody().post("/api/v1/setup", body).await.status, 409);
}

async fn racing_set_ups_make_one(database: Database) {
    let options = WorldOptions { is_behind_proxy: true, ..WorldOptions::default() };
    let world = World::with(database, options).await;
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let (client, mut body) = (world.nobody(), world.setup_body());
            body["email"] = json!(format!("racer{number}@example.com"));
            tokio::spawn(async move { client.post_from(number, "/api/v1/setup", body).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
}

async fn newer_link_replaces_the_older(database: Database) {
    let world = World::new(database).await;
    let older = world.setup_body();
    let world = world.restart().await;
    assert_eq!(world.nobody().post("/api/v1/setup", older).await.status, 409);
    world.owner().await;
    assert_eq!(world.restart().await.running.setup_link, None);
}

async fn link_ends_after_a_day_and_the_next_one_is_printed(database: Database) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let world = World::new(database).await;
    let next = async || server::setup::next_link(&world.running.app).await.unwrap();
    world.clock.advance(DAY_MS - 1_000);
    assert_eq!(next().await, None, "the first one works still");
    world.clock.advance(1_000);
    let late = world.nobody().post("/api/v1/setup", world.setup_body()).await;
    assert_eq!((late.status, late.code().as_str()), (409, "already_set_up"));
    let link = next().await.expect("the next link");
    assert_eq!(next().await, None, "one at a time");
    let mut body = world.setup_body();
    body["setup_token"] = json!(link.split('#').nth(1).unwrap());
    assert_eq!(world.nobody().post("/api/v1/setup", body).await.status, 200);
    world.clock.advance(2 * DAY_MS);
    assert_eq!(next().await, None, "set-up is done");
}

async fn wrong_fields_are_named(database: Database) {
    let world = World::new(database).await;
    let cases: [(&str, Value, &str); 8] = [
        ("organization", json!("  "), "organization"),
        ("organization", json!("a\u{202e}b"), "organization"),
        ("profile", json!("nonsense"), "profile"),
        ("email", json!("olivia"), "email"),
        ("display_name", json!("x".repeat(101)), "display_name"),
        ("password", json!("short"), "password"),
        ("password", json!("password1234567"), "password"),
        ("password", json!("AcmeAcmeAcmeAcme"), "password"),
    ];
    for (field, value, named) in cases {
        let mut body = world.setup_body();
        body[field] = value.clone();
        let answer = world.nobody().post("/api/v1/setup", body).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![named.to_owned()]), "{field} {value}");
    }
    world.owner().await;
}
