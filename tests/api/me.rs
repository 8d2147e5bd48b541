//! Facts about one's own profile.

use reqwest::Method;
use serde_json::json;

use crate::support::{Client, Database, PASSWORD, World, on_both};

on_both! { user_name_can_be_taken_away everyone_sees_what_they_hold_and_why own_names_can_be_changed own_names_change_in_every_organization user_name_of_another_is_taken }

async fn everyone_sees_what_they_hold_and_why(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let viewer = world.member(&owner, "ana@example.com", json!({ "level": "viewer", "roles": ["trending"] })).await;
    let me = viewer.get("/api/v1/me").await.good();
    let path = |key: &str| {
        me["permissions"].as_array().unwrap().iter().find(|held| held["key"] == key).map(|held| held["paths"].clone())
    };
    assert_eq!(
        path("trending"),
        Some(json!([{ "steps": [{ "type": "role", "key": "trending", "name": "Trending" }] }]))
    );
    assert_eq!(path("dashboards.view"), Some(json!([{ "steps": [{ "type": "baseline" }] }])));
    assert_eq!(path("accounts.view"), None);
    assert_eq!(owner.get("/api/v1/me").await.good()["permissions"][0]["paths"][0]["steps"][0]["type"], "level");
}

async fn own_names_can_be_changed(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let changed = owner
        .change(Method::PATCH, "/api/v1/me", 1, Some(json!({ "display_name": "Olivia O.", "user_name": "olivia" })))
        .await
        .good();
    assert_eq!(
        (&changed["account"]["display_name"], &changed["account"]["user_name"], &changed["account"]["version"]),
        (&json!("Olivia O."), &json!("olivia"), &json!(2))
    );
    assert_eq!(owner.get("/api/v1/session").await.good()["person"]["display_name"], "Olivia O.");
    assert_eq!(owner.get("/api/v1/accounts?q=olivia%20o.").await.good()["total"], 1, "and is found by it");
    assert_eq!(owner.change(Method::PATCH, "/api/v1/me", 1, Some(json!({ "display_name": "X" }))).await.status, 412);
    assert_eq!(
        owner.change(Method::PATCH, "/api/v1/me", 2, Some(json!({ "user_name": "o@x" }))).await.fields(),
        ["user_name"]
    );
}

async fn user_name_can_be_taken_away(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let change = async |version, body| owner.change(Method::PATCH, "/api/v1/me", version, Some(body)).await.good();
    change(1, json!({ "user_name": "olivia99" })).await;
    let other = change(2, json!({ "display_name": "Olivia O." })).await;
    assert_eq!(other["account"]["user_name"], "olivia99", "what is absent stays");
    let without = change(3, json!({ "user_name": null })).await;
    assert_eq!(
        (&without["account"]["user_name"], &without["account"]["display_name"]),
        (&json!(null), &json!("Olivia O."))
    );
    assert_eq!(owner.get("/api/v1/accounts?q=olivia99").await.good()["total"], 0, "and nobody is found by it");
    assert_eq!(world.nobody().sign_in("olivia99", PASSWORD).await.status, 401);
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let version = ana.get("/api/v1/me").await.good()["account"]["version"].as_i64().unwrap();
    let free = ana.change(Method::PATCH, "/api/v1/me", version, Some(json!({ "user_name": "olivia99" }))).await.good();
    assert_eq!(free["account"]["user_name"], "olivia99");
}

async fn user_name_of_another_is_taken(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    owner.change(Method::PATCH, "/api/v1/me", 1, Some(json!({ "user_name": "boss" }))).await.good();
    let version = ana.get("/api/v1/me").await.good()["account"]["version"].as_i64().unwrap();
    let taken = ana.change(Method::PATCH, "/api/v1/me", version, Some(json!({ "user_name": "BOSS" }))).await;
    assert_eq!((taken.status, taken.fields()), (409, vec!["user_name".to_owned()]));
}

async fn own_names_change_in_every_organization(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut ana = world.member(&owner, "ana@example.com", json!({})).await;
    let other = world.other_organization("otto@example.com").await;
    let invited = other.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    let token = invited["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let accepted = ana.post("/api/v1/invitations/accept", json!({ "token": token })).await;
    ana.take_session(&accepted);
    let found = async |who: &Client, text: &str| {
        who.get(&format!("/api/v1/accounts?q={text}")).await.good()["items"].as_array().unwrap().clone()
    };
    let before = found(&owner, "ana@").await;
    let version = ana.get("/api/v1/me").await.good()["account"]["version"].as_i64().unwrap();
    let names = json!({ "display_name": "Ana Zuniga", "user_name": "zuzu" });
    ana.change(Method::PATCH, "/api/v1/me", version, Some(names)).await.good();
    for who in [&owner, &other] {
        let after = found(who, "zuzu").await;
        assert_eq!(
            (after.len(), &after[0]["display_name"], &after[0]["user_name"]),
            (1, &json!("Ana Zuniga"), &json!("zuzu"))
        );
    }
    let after = found(&owner, "ana%20zuniga").await;
    assert_eq!(after[0]["version"].as_i64(), before[0]["version"].as_i64().map(|version| version + 1));
    let mut connection = world.running.app.db.reader().acquire().await.unwrap();
    let logged =
        "SELECT CASE WHEN actor = target THEN 1 ELSE 0 END AS own FROM audit_events WHERE action = 'me.changed'";
    let rows = sqlx::query(logged).fetch_all(&mut *connection).await.unwrap();
    assert_eq!(rows.len(), 2, "one in each organization");
    for id in server::organization::store::list_ids(&mut connection).await.unwrap() {
        assert_eq!(server::audit::store::check(&mut connection, id, None).await.unwrap().fault, None);
    }
}
