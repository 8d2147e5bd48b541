//! Facts about the organization's settings.

use reqwest::Method;
use serde_json::json;

use crate::support::{Database, World, on_both};

on_both! { settings_change_and_hold wrong_settings_are_named second_change_is_told default_level_is_given_to_the_invited
default_level_is_refused_when_rights_have_changed_since_its_preview }

async fn settings_change_and_hold(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let before = owner.get("/api/v1/organization").await.good();
    assert_eq!(
        (&before["invitation_ttl_hours"], &before["seats_taken"], &before["seats"]),
        (&json!(24), &json!(1), &json!(null))
    );
    let change = json!({ "name": "Acme Metrics", "invitation_ttl_hours": 48, "seats": 10, "password_chars_min": 20 });
    let after = owner.change(Method::PATCH, "/api/v1/organization", 1, Some(change)).await.good();
    assert_eq!(
        (&after["name"], &after["invitation_ttl_hours"], &after["seats"], &after["version"]),
        (&json!("Acme Metrics"), &json!(48), &json!(10), &json!(2))
    );
    let none = owner.change(Method::PATCH, "/api/v1/organization", 2, Some(json!({ "seats": 0 }))).await.good();
    assert_eq!((&none["seats"], &none["name"]), (&json!(null), &json!("Acme Metrics")));
}

async fn wrong_settings_are_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for (body, field) in [
        (json!({ "invitation_ttl_hours": 0 }), "invitation_ttl_hours"),
        (json!({ "invitation_ttl_hours": 721 }), "invitation_ttl_hours"),
        (json!({ "password_chars_min": 14 }), "password_chars_min"),
        (json!({ "seats": -1 }), "seats"),
        (json!({ "name": " " }), "name"),
        (json!({ "default_level": "boss" }), "default_level"),
    ] {
        let answer = owner.change(Method::PATCH, "/api/v1/organization", 1, Some(body)).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{}", answer.text);
    }
}

async fn second_change_is_told(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let change = |name: &str| owner.change(Method::PATCH, "/api/v1/organization", 1, Some(json!({ "name": name })));
    let (one, two) = tokio::join!(change("One"), change("Two"));
    let (done, told) = if one.status == 200 { (one, two) } else { (two, one) };
    assert_eq!((done.status, told.status, told.code().as_str()), (200, 412, "stale"));
    assert_eq!((&done.headers["etag"], &told.headers["etag"]), (&"\"2\"".parse().unwrap(), &"\"2\"".parse().unwrap()));
    assert_eq!(told.body()["current_organization"], done.body(), "the present state comes with it");
    assert_eq!(owner.get("/api/v1/organization").await.headers["etag"], "\"2\"");
}

async fn default_level_is_given_to_the_invited(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.change(Method::PATCH, "/api/v1/organization", 1, Some(json!({ "default_level": "editor" }))).await.good();
    assert_eq!(owner.get("/api/v1/session").await.good()["organization"]["default_level"], "editor");
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    assert_eq!(ana.get("/api/v1/session").await.good()["account"]["level"], "editor");
}

async fn default_level_is_refused_when_rights_have_changed_since_its_preview(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let preview = async || {
        let preview = owner.post("/api/v1/previews", json!({ "defaults": { "level": "editor" } })).await.good();
        assert!(preview["gains"].as_array().unwrap().len() > 1, "new accounts would be editors");
        preview["basis"].as_str().unwrap().parse().unwrap()
    };
    let (basis, body) = (preview().await, json!({ "default_level": "editor" }));
    owner.new_role("Meanwhile", &["alerts"]).await;
    let late = owner.change_on(Method::PATCH, "/api/v1/organization", 1, basis, body.clone()).await;
    assert_eq!((late.status, late.code().as_str()), (412, "stale"));
    let basis = preview().await;
    let done = owner.change_on(Method::PATCH, "/api/v1/organization", 1, basis, body).await.good();
    assert_eq!(done["default_level"], "editor");
}
