//! Facts about roles and the catalogue.

use serde_json::json;

use crate::support::{Database, World, on_both};

on_both! { built_in_roles_are_listed_with_the_levels_first catalogue_ends_with_the_consoles_own }

async fn built_in_roles_are_listed_with_the_levels_first(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let roles = owner.get("/api/v1/roles").await.good();
    let keys: Vec<_> =
        roles["items"].as_array().unwrap().iter().map(|role| role["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys, ["admin", "editor", "viewer", "alerts", "data", "owner", "trending"]);
    assert_eq!(roles["items"][5]["permissions"], json!(["*"]));
}

async fn catalogue_ends_with_the_consoles_own(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let catalogue = owner.get("/api/v1/permissions").await.good();
    let last = catalogue["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["key"], &last["category"], &last["risk"]),
        (&json!("settings.manage"), &json!("Administration"), &json!("high"))
    );
}
