//! Facts about lists that are narrowed to a level: the same as the whole list without the others, in any order.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use server::commands::demo;

use super::all_pages;
use crate::support::{Client, Database, PASSWORD, World, on_both};

on_both! { list_of_a_level_is_the_list_without_the_others ended_invitations_of_a_level_are_listed_in_any_order }

/// So many that more have the lowest level than are named one by one.
const DEMO_ACCOUNTS: u32 = 1_800;
const SORTS: [&str; 5] = ["name", "-name", "email", "last_active", "-created"];
const LEVELS: [&str; 5] = ["admin", "editor", "viewer", "-", "nonsense"];

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

fn is_of(item: &Value, level: &str) -> bool {
    item["level"]["key"].as_str().unwrap_or("-") == level
}

async fn total(client: &Client, query: &str) -> u64 {
    client.get(&format!("/api/v1/accounts?{query}&limit=1")).await.good()["total"].as_u64().unwrap()
}

async fn list_of_a_level_is_the_list_without_the_others(database: Database) {
    let world = World::new(database).await;
    let app = &world.running.app;
    demo::fill(&app.db, &app.key, DEMO_ACCOUNTS, PASSWORD, world.clock.now()).await.unwrap();
    let mut owner = world.nobody();
    owner.sign_in("owner@demo.example", PASSWORD).await.good();
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for filter in ["", "&q=an", "&status=pending", "&status=active", "&status=deactivated", "&invitation=open"] {
        for sort in SORTS {
            let all = all_pages(&owner, &format!("sort={sort}{filter}"), 500).await;
            for level in LEVELS {
                let expected: Vec<Value> = all.iter().filter(|item| is_of(item, level)).cloned().collect();
                let query = format!("sort={sort}{filter}&level={level}");
                let narrowed = all_pages(&owner, &query, 500).await;
                assert_eq!(ids(&narrowed), ids(&expected), "{query}");
                assert_eq!(total(&owner, &query).await, expected.len() as u64, "{query}");
                *found.entry(level).or_default() += expected.len();
            }
        }
    }
    assert!(["admin", "editor", "viewer"].iter().all(|level| found[level] > 0), "{found:?}");
    assert!(total(&owner, "level=viewer").await > 1_000, "more than are named");
    assert_eq!(total(&owner, "kind=service&level=viewer&sort=email").await, 0);
    assert_eq!(total(&owner, "role=editor&sort=email").await, total(&owner, "level=editor").await);
}

async fn ended_invitations_of_a_level_are_listed_in_any_order(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let request = json!({ "emails": ["ana@example.com"], "level": "viewer" });
    let link = owner.post("/api/v1/invitations", request).await.good()["results"][0]["link"].clone();
    let token = link.as_str().unwrap().split('#').nth(1).unwrap();
    let declined = world.nobody().post("/api/v1/invitations/decline", json!({ "token": token })).await;
    assert_eq!(declined.status, 204, "{}", declined.text);
    for sort in SORTS {
        for search in ["", "&q=ana"] {
            let query = format!("invitation=ended&level=viewer&sort={sort}{search}");
            assert_eq!(all_pages(&owner, &query, 500).await.len(), 1, "{query}");
            assert_eq!(total(&owner, &query).await, 1, "{query}");
        }
    }
    assert_eq!(total(&owner, "invitation=ended&level=editor&sort=email").await, 0);
}
