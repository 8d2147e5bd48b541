//! Facts about previews that come one after the other: what was read for the first is not believed once it is old.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Database, World, on_both};

on_both! { next_preview_knows_what_was_written_and_what_ended_meanwhile }

/// How many users gain the permission when Everyone gets it.
async fn gainers(owner: &Client, everyone: &str) -> Value {
    let change = json!({ "group": everyone, "group_change": { "roles": ["auditors"] } });
    let preview = owner.post("/api/v1/previews", change).await.good();
    let gains = preview["gains"].as_array().unwrap();
    let found = gains.iter().find(|gain| gain["permission"] == "audit.view");
    found.map_or(json!(0), |gain| gain["users"].clone())
}

async fn next_preview_knows_what_was_written_and_what_ended_meanwhile(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.new_role("Auditors", &["audit.view"]).await;
    let groups = owner.get("/api/v1/groups?q=everyone").await.good();
    let everyone = groups["items"][0]["id"].as_str().unwrap();
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer" })).await.id().await;
    for _ in 0..2 {
        assert_eq!(gainers(&owner, everyone).await, 1, "Ana; the Owner has it");
    }
    let ben = world.member(&owner, "ben@example.com", json!({ "level": "viewer" })).await.id().await;
    assert_eq!(gainers(&owner, everyone).await, 2, "Ben has joined");
    let until = world.clock.now().plus(60_000).to_string();
    let add = json!({ "type": "add_permission", "permission": "audit.view", "valid_until": until });
    owner.bulk(&[&ana], add).await.good();
    for _ in 0..2 {
        assert_eq!(gainers(&owner, everyone).await, 1, "Ana has it for a minute");
    }
    world.clock.advance(60_000);
    assert_eq!(gainers(&owner, everyone).await, 2, "the minute is over");
    owner.bulk(&[&ben], json!({ "type": "deactivate" })).await.good();
    assert_eq!(gainers(&owner, everyone).await, 1, "Ben is out");
    // Each of these takes Ana in or out: what she gains she does not gain by Everyone.
    let team = owner.new_group("Team", &["auditors"]).await;
    let version = async |path: &str| owner.get(path).await.good()["version"].as_i64().unwrap();
    let member = |change: &str| json!({ change: [ana] });
    owner.post(&format!("/api/v1/groups/{team}/members"), member("add")).await.good();
    assert_eq!(gainers(&owner, everyone).await, 0, "Ana is in the team");
    let path = format!("/api/v1/groups/{team}");
    owner.change(Method::PATCH, &path, version(&path).await, Some(json!({ "roles": [] }))).await.good();
    assert_eq!(gainers(&owner, everyone).await, 1, "the team carries nothing");
    owner.bulk(&[&ana], json!({ "type": "set_level", "level": "admin" })).await.good();
    assert_eq!(gainers(&owner, everyone).await, 0, "an admin has it");
    owner.bulk(&[&ana], json!({ "type": "set_level", "level": "viewer" })).await.good();
    assert_eq!(gainers(&owner, everyone).await, 1);
    let path = format!("/api/v1/accounts/{ana}");
    let until = world.clock.now().plus(60_000).to_string();
    owner.change(Method::PATCH, &path, version(&path).await, Some(json!({ "valid_until": until }))).await.good();
    world.clock.advance(60_000);
    assert_eq!(gainers(&owner, everyone).await, 0, "her access has ended");
}
