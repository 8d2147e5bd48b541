//! Facts about what new user accounts get (F39 to F46).

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::{Answer, Client, Database, World, on_both};

on_both! {
    new_accounts_get_the_defaults_and_older_ones_do_not defaults_come_whoever_invites setter_gives_only_what_they_hold wrong_defaults_are_named
    second_administrator_is_told what_the_sender_lost_leaves_the_defaults level_set_by_somebody_else_stays_at_acceptance
    default_level_is_used_where_none_is_named
}

const PATH: &str = "/api/v1/organization/defaults";

async fn put(client: &Client, body: Value) -> Answer {
    let version = client.get(PATH).await.body()["version"].as_i64().unwrap_or(1);
    client.change(Method::PUT, PATH, version, Some(body)).await
}

/// What an account was given, with its source and whoever gave it.
async fn given(world: &World, id: &str) -> Vec<(String, String, Option<String>)> {
    let sql = "SELECT key AS what, source, granted_by AS giver FROM grants WHERE account_id = $1
         UNION ALL SELECT u.name, m.source, m.added_by FROM memberships m JOIN user_groups u ON u.id = m.group_id WHERE m.account_id = $1 ORDER BY 1, 2";
    let rows = sqlx::query(sql).bind(id.to_owned()).fetch_all(world.running.app.db.reader()).await.unwrap();
    rows.iter().map(|row| (row.get("what"), row.get("source"), row.get("giver"))).collect()
}

async fn new_accounts_get_the_defaults_and_older_ones_do_not(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let before = world.member(&owner, "before@example.com", json!({})).await.id().await;
    let group = owner.new_group("Newcomers", &["alerts"]).await;
    let set =
        put(&owner, json!({ "groups": [group, group], "permissions": ["usage.view"], "level": "editor" })).await.good();
    assert_eq!(
        (&set["groups"], &set["permissions"], &set["level"]),
        (&json!([{ "id": group, "name": "Newcomers" }]), &json!(["usage.view"]), &json!("editor"))
    );
    assert_eq!(owner.get(PATH).await.good(), set);
    let after = world.member(&owner, "after@example.com", json!({ "roles": ["data"] })).await.id().await;
    let by = Some(owner.id().await);
    let row = |what: &str, source: &str| (what.to_owned(), source.to_owned(), by.clone());
    assert_eq!(
        given(&world, &after).await,
        [row("Newcomers", "default"), row("data", "invitation"), row("usage.view", "default")]
    );
    assert_eq!(owner.account(&after).await["level"]["key"], "editor");
    assert_eq!(given(&world, &before).await, [], "not retroactive");
    put(&owner, json!({})).await.good();
    assert_eq!(given(&world, &after).await.len(), 3, "what was given stays");
    let removed =
        owner.bulk(&[&after], json!({ "type": "remove_permission", "permission": "usage.view" })).await.good();
    assert_eq!(removed["results"][0]["outcome"], "ok", "each can be taken away by itself");
}

/// Decision 0009: they are the organization's gift, in the name of whoever set them.
async fn defaults_come_whoever_invites(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Newcomers", &["data"]).await;
    put(&owner, json!({ "groups": [group], "permissions": ["alerts"], "level": "viewer" })).await.good();
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.invite", "accounts.view"] });
    let clerk = world.member(&owner, "clerk@example.com", gifts).await;
    owner.bulk(&[&clerk.id().await], json!({ "type": "remove_permission", "permission": "alerts" })).await.good();
    owner.bulk(&[&clerk.id().await], json!({ "type": "remove_group", "group": group })).await.good();
    let named = json!({ "groups": [group], "permissions": ["alerts"] });
    let ana = world.member(&clerk, "ana@example.com", named).await.id().await;
    let by = Some(owner.id().await);
    assert_eq!(
        given(&world, &ana).await,
        [("Newcomers".to_owned(), "default".to_owned(), by.clone()), ("alerts".to_owned(), "default".to_owned(), by)]
    );
    let more =
        clerk.post("/api/v1/invitations", json!({ "emails": ["b@example.com"], "permissions": ["trending"] })).await;
    assert_eq!(more.code(), "escalation", "what is no default is still the inviter's to hold");
}

async fn setter_gives_only_what_they_hold(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Data", &["data"]).await;
    let gifts = json!({ "level": "viewer", "permissions": ["settings.manage", "alerts"] });
    let clerk = world.member(&owner, "clerk@example.com", gifts).await;
    for body in [json!({ "permissions": ["usage.view"] }), json!({ "groups": [group] }), json!({ "level": "editor" })] {
        let answer = put(&clerk, body.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "escalation"), "{body}");
    }
    put(&owner, json!({ "groups": [group], "permissions": ["usage.view"], "level": "editor" })).await.good();
    let kept = json!({ "groups": [group], "permissions": ["usage.view", "alerts"], "level": "editor" });
    put(&clerk, kept).await.good();
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let giver = |what: &str, rows: &[(String, String, Option<String>)]| {
        rows.iter().find(|(key, ..)| key == what).and_then(|(_, _, by)| by.clone())
    };
    let rows = given(&world, &ana).await;
    assert_eq!(giver("usage.view", &rows), Some(owner.id().await), "what stays keeps its setter");
    assert_eq!(giver("alerts", &rows), Some(clerk.id().await));
}

async fn wrong_defaults_are_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let everyone = owner.get("/api/v1/groups").await.good()["items"][0]["id"].clone();
    let other = world.other_organization("otto@example.com").await;
    let foreign = other.new_group("Foreign", &[]).await;
    for (body, field, index) in [
        (json!({ "permissions": ["alerts", "alarms"] }), "permissions", json!(1)),
        (json!({ "permissions": ["*"] }), "permissions", json!(0)),
        (json!({ "groups": [everyone] }), "groups", json!(0)),
        (json!({ "groups": [foreign] }), "groups", json!(0)),
        (json!({ "level": "alerts" }), "level", Value::Null),
        (json!({ "roles": [] }), "roles", Value::Null),
    ] {
        let answer = put(&owner, body.clone()).await;
        let error = answer.body()["errors"][0].clone();
        assert_eq!((answer.status, &error["field"], &error["index"]), (422, &json!(field), &index), "{body}");
    }
}

async fn second_administrator_is_told(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let seen = owner.get(PATH).await.good()["version"].as_i64().unwrap();
    owner.change(Method::PUT, PATH, seen, Some(json!({ "permissions": ["alerts"] }))).await.good();
    let late = owner.change(Method::PUT, PATH, seen, Some(json!({}))).await;
    assert_eq!((late.status, late.code().as_str()), (412, "stale"));
    assert_eq!(owner.get(PATH).await.good()["permissions"], json!(["alerts"]));
}

async fn what_the_sender_lost_leaves_the_defaults(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (first, second) =
        (owner.new_group("Newcomers", &["data"]).await, owner.new_group("Chosen", &["trending"]).await);
    put(&owner, json!({ "groups": [first], "permissions": ["alerts"] })).await.good();
    let admin = world.member(&owner, "admin@example.com", json!({ "level": "admin" })).await;
    let named =
        json!({ "emails": ["ana@example.com"], "level": "viewer", "groups": [second], "permissions": ["runs"] });
    let invited = admin.post("/api/v1/invitations", named).await.good();
    let token = invited["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let ana = invited["results"][0]["account_id"].as_str().unwrap().to_owned();
    owner.bulk(&[&ana], json!({ "type": "add_role", "role": "trending" })).await.good();
    let id = admin.id().await;
    owner.bulk(&[&id], json!({ "type": "add_permission", "permission": "accounts.invite" })).await.good();
    owner.bulk(&[&id], json!({ "type": "set_level", "level": "viewer" })).await.good();
    for gone in ["remove_permission", "remove_group"] {
        let what = json!({ "type": gone, "permission": (gone == "remove_permission").then_some("alerts"), "group": (gone == "remove_group").then_some(&first) });
        owner.bulk(&[&id], what).await.good();
    }
    world.accept(&token, "Ana Novak").await;
    let kept: Vec<_> = given(&world, &ana).await.into_iter().map(|(what, source, _)| (what, source)).collect();
    let row = |what: &str, source: &str| (what.to_owned(), source.to_owned());
    assert_eq!(kept, [row("Newcomers", "default"), row("alerts", "default"), row("trending", "manual")]);
}

async fn level_set_by_somebody_else_stays_at_acceptance(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.invite", "accounts.view"] });
    let clerk = world.member(&owner, "clerk@example.com", gifts).await;
    let named = json!({ "emails": ["ana@example.com"], "level": "viewer" });
    let invited = clerk.post("/api/v1/invitations", named).await.good();
    let token = invited["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let ana = invited["results"][0]["account_id"].as_str().unwrap();
    owner.bulk(&[ana], json!({ "type": "set_level", "level": "admin" })).await.good();
    let body = json!({ "token": token, "display_name": "Ana", "password": crate::support::PASSWORD });
    assert_eq!(world.nobody().post("/api/v1/invitations/accept", body).await.status, 410, "that link was for less");
    let path = format!("/api/v1/accounts/{ana}/invitation");
    let version = owner.account(ana).await["version"].as_i64().unwrap();
    owner.change(Method::POST, &format!("{path}/resend"), version, None).await.good();
    let copied = owner.post(&format!("{path}/link"), json!({})).await.good();
    world.accept(copied["link"].as_str().unwrap().split('#').nth(1).unwrap(), "Ana Novak").await;
    assert_eq!(owner.account(ana).await["level"]["key"], "admin");
}

async fn default_level_is_used_where_none_is_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let level = async |email: &str, gifts: Value| {
        let id = world.member(&owner, email, gifts).await.id().await;
        owner.account(&id).await["level"]["key"].clone()
    };
    assert_eq!(level("a@example.com", json!({})).await, "viewer", "the profile's own");
    put(&owner, json!({ "level": "editor" })).await.good();
    assert_eq!(level("b@example.com", json!({})).await, "editor");
    assert_eq!(level("c@example.com", json!({ "level": "viewer" })).await, "viewer");
    put(&owner, json!({})).await.good();
    assert_eq!(level("d@example.com", json!({})).await, "viewer");
}
