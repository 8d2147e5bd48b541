//! Facts about what is held for a time: it is handed on until then, and no longer (I7).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, World, on_both};

on_both! {
    permission_is_given_until_it_ends_for_the_giver nothing_that_lasts_is_made_of_what_ends owner_for_a_time_makes_nobody_owner_for_longer
    who_comes_back_or_stays_is_given_anew account_ends_when_it_is_told_to last_owner_gets_no_end
}

const HOUR_MS: i64 = 3_600_000;

fn in_hours(world: &World, hours: i64) -> String {
    world.clock.now().plus(hours * HOUR_MS).to_string()
}

/// Somebody with all rights to give, to whom the permission `alerts` was given for two hours.
async fn clerk(world: &World, owner: &Client) -> Client {
    let console = [
        "accounts.view",
        "accounts.manage",
        "accounts.invite",
        "service_accounts.manage",
        "groups.manage",
        "roles.manage",
        "settings.manage",
    ];
    let gifts = json!({ "level": "viewer", "permissions": console });
    let clerk = world.member(owner, "clerk@example.com", gifts).await;
    let until = in_hours(world, 2);
    let add = json!({ "type": "add_permission", "permission": "alerts", "valid_until": until });
    owner.bulk(&[&clerk.id().await], add).await.good();
    clerk
}

async fn viewer(world: &World, owner: &Client, name: &str, gifts: Value) -> String {
    let mut all = json!({ "level": "viewer" });
    all.as_object_mut().unwrap().extend(gifts.as_object().unwrap().clone());
    world.member(owner, &format!("{name}@example.com"), all).await.id().await
}

#[track_caller]
fn assert_held_for_a_time(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (403, "escalation"), "{what}: {}", answer.text);
    assert!(answer.text.contains("only until"), "{what}: {}", answer.text);
}

async fn permission_is_given_until_it_ends_for_the_giver(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner).await;
    let ana = viewer(&world, &owner, "ana", json!({})).await;
    let add = |end: Option<String>| json!({ "type": "add_permission", "permission": "alerts", "valid_until": end });
    for end in [None, Some(in_hours(&world, 3))] {
        assert_held_for_a_time(&clerk.bulk(&[&ana], add(end.clone())).await, "bulk");
        let preview = json!({ "bulk": { "ids": [ana], "action": add(end) } });
        assert_held_for_a_time(&clerk.post("/api/v1/previews", preview).await, "preview");
    }
    let done = clerk.bulk(&[&ana], add(Some(in_hours(&world, 1)))).await.good();
    assert_eq!(done["results"][0]["outcome"], "ok");
    // What others gave for ever is not given back by who holds it for a time.
    let lasting = viewer(&world, &owner, "ben", json!({ "permissions": ["alerts"] })).await;
    let taken = json!({ "type": "remove_permission", "permission": "alerts" });
    let taken = owner.bulk(&[&lasting], taken).await.good()["operation_id"].clone();
    let undone = clerk.post(&format!("/api/v1/operations/{}/undo", taken.as_str().unwrap()), json!({})).await.good();
    assert_eq!(undone["results"][0]["code"], "escalation");
    assert_eq!(owner.account(&lasting).await["permissions"], json!([]));
}

async fn nothing_that_lasts_is_made_of_what_ends(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner).await;
    let ana = viewer(&world, &owner, "ana", json!({})).await;
    owner.new_role("Watchers", &["alerts"]).await;
    let plain = owner.new_role("Plain", &[]).await;
    let carrying = owner.new_group("Watch", &["watchers"]).await;
    let empty = owner.new_group("Empty", &[]).await;
    let role = format!("/api/v1/roles/{}", plain["id"].as_str().unwrap());
    let group = format!("/api/v1/groups/{empty}");
    let defaults = "/api/v1/organization/defaults";
    let version = owner.get(defaults).await.good()["version"].as_i64().unwrap();
    let alerts = json!({ "permissions": ["alerts"] });
    let invitation = |gifts: Value| {
        let mut body = json!({ "emails": ["new@example.com"], "level": "viewer" });
        body.as_object_mut().unwrap().extend(gifts.as_object().unwrap().clone());
        body
    };
    let member = format!("/api/v1/groups/{carrying}/members/{ana}");
    for (what, answer) in [
        ("role", clerk.post("/api/v1/roles", json!({ "name": "New", "permissions": ["alerts"] })).await),
        ("role's change", clerk.change(Method::PATCH, &role, 1, Some(alerts.clone())).await),
        ("role on a group", clerk.change(Method::PATCH, &group, 2, Some(json!({ "roles": ["watchers"] }))).await),
        ("defaults", clerk.change(Method::PUT, defaults, version, Some(alerts.clone())).await),
        ("default group", clerk.change(Method::PUT, defaults, version, Some(json!({ "groups": [carrying] }))).await),
        ("invitation", clerk.post("/api/v1/invitations", invitation(alerts)).await),
        ("group of it", clerk.post("/api/v1/invitations", invitation(json!({ "groups": [carrying] }))).await),
        ("service", clerk.post("/api/v1/service-accounts", json!({ "account_id": "ci", "roles": ["watchers"] })).await),
        ("membership", clerk.change(Method::PUT, &member, 1, Some(json!({}))).await),
    ] {
        assert_held_for_a_time(&answer, what);
    }
    let until = json!({ "valid_until": in_hours(&world, 1) });
    clerk.change(Method::PUT, &member, 1, Some(until)).await.good();
    assert_eq!(owner.get("/api/v1/accounts?q=new@").await.good()["total"], 0, "nobody was invited");
}

async fn owner_for_a_time_makes_nobody_owner_for_longer(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let deputy = world.member(&owner, "deputy@example.com", json!({ "level": "viewer" })).await;
    let ana = viewer(&world, &owner, "ana", json!({})).await;
    let make = |end: Option<String>| json!({ "type": "add_role", "role": "owner", "valid_until": end });
    owner.bulk(&[&deputy.id().await], make(Some(in_hours(&world, 2)))).await.good();
    for end in [None, Some(in_hours(&world, 3))] {
        assert_held_for_a_time(&deputy.bulk(&[&ana], make(end)).await, "Owner");
    }
    assert_held_for_a_time(&deputy.bulk(&[&ana], json!({ "type": "set_level", "level": "admin" })).await, "level");
    let path = format!("/api/v1/accounts/{ana}");
    let version = owner.account(&ana).await["version"].as_i64().unwrap();
    let level = Some(json!({ "level": "admin" }));
    assert_held_for_a_time(&deputy.change(Method::PATCH, &path, version, level).await, "level in its cell");
    let done = deputy.bulk(&[&ana], make(Some(in_hours(&world, 1)))).await.good();
    assert_eq!(done["results"][0]["outcome"], "ok");
    assert_eq!(owner.bulk(&[&ana], make(None)).await.good()["results"][0]["outcome"], "ok");
}

async fn who_comes_back_or_stays_is_given_anew(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner).await;
    let ana = viewer(&world, &owner, "ana", json!({ "permissions": ["alerts"] })).await;
    let path = format!("/api/v1/accounts/{ana}");
    let change = async |client: &Client, body: Value| {
        let version = owner.account(&ana).await["version"].as_i64().unwrap();
        client.change(Method::PATCH, &path, version, Some(body)).await
    };
    change(&clerk, json!({ "valid_until": in_hours(&world, 1) })).await.good();
    assert_held_for_a_time(&change(&clerk, json!({ "valid_until": in_hours(&world, 3) })).await, "a longer stay");
    assert_held_for_a_time(&change(&clerk, json!({ "valid_until": null })).await, "a stay for ever");
    change(&clerk, json!({ "valid_until": in_hours(&world, 1) })).await.good();
    change(&owner, json!({ "valid_until": null, "status": "deactivated" })).await.good();
    assert_held_for_a_time(&change(&clerk, json!({ "status": "active" })).await, "coming back");
    let back = clerk.bulk(&[&ana], json!({ "type": "activate" })).await.good();
    assert_eq!(back["results"][0]["code"], "escalation");
    owner.bulk(&[&clerk.id().await], json!({ "type": "add_permission", "permission": "alerts" })).await.good();
    change(&clerk, json!({ "status": "active" })).await.good();
}

async fn account_ends_when_it_is_told_to(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let id = ana.id().await;
    let path = format!("/api/v1/accounts/{id}");
    let change = async |client: &Client, body: Value| {
        let version = owner.account(&id).await["version"].as_i64().unwrap();
        client.change(Method::PATCH, &path, version, Some(body)).await
    };
    let past = world.clock.now().plus(-1).to_string();
    assert_eq!(change(&owner, json!({ "valid_until": past })).await.fields(), ["valid_until"]);
    let until = world.clock.now().plus(60_000).to_string();
    assert_eq!(change(&owner, json!({ "valid_until": until })).await.good()["valid_until"], until);
    assert_eq!(change(&owner, json!({ "display_name": "Ana" })).await.good()["valid_until"], until, "absent stays");
    assert_eq!(ana.get("/api/v1/session").await.status, 200);
    world.clock.advance(60_000);
    assert_eq!(ana.get("/api/v1/session").await.status, 401);
    assert_eq!(owner.get("/api/v1/accounts?status=access_expired").await.good()["total"], 1);
    assert_eq!(change(&owner, json!({ "valid_until": null })).await.good().get("valid_until"), None);
    assert_eq!(owner.get("/api/v1/accounts?status=active").await.good()["total"], 2);
}

async fn last_owner_gets_no_end(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "admin", "roles": ["owner"] });
    let second = world.member(&owner, "second@example.com", gifts).await;
    let until = in_hours(&world, 1);
    let end = async |client: &Client, id: &str, end: Value| {
        let version = owner.account(id).await["version"].as_i64().unwrap();
        let body = Some(json!({ "valid_until": end }));
        client.change(Method::PATCH, &format!("/api/v1/accounts/{id}"), version, body).await
    };
    let (first_id, second_id) = (owner.id().await, second.id().await);
    assert_eq!(end(&owner, &first_id, json!(until)).await.code(), "own_account");
    end(&second, &first_id, json!(until)).await.good();
    assert_eq!(end(&owner, &second_id, json!(until)).await.code(), "last_owner");
    assert_eq!(end(&owner, &first_id, json!(null)).await.code(), "own_account", "nobody prolongs their own stay");
    end(&second, &first_id, json!(null)).await.good();
    end(&owner, &second_id, json!(until)).await.good();
}
