//! Facts about services that act on behalf of people (F103): never more than either may.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{generate, path, tokens_of};
use crate::support::{Answer, Client, Database, PASSWORD, Program, World, eventually, on_both, send};

on_both! {
    service_acts_on_behalf_of_a_person access_to_objects_is_what_both_have groups_bring_what_both_may_give
    nobody_changes_themselves_through_a_service each_person_acted_for_was_active
}

/// A service account with a token that may act for people, as `maker` of both.
async fn service(world: &World, owner: &Client, gifts: Value) -> (Value, Program) {
    let (account, _) = world.service(owner, "bridge", gifts).await;
    let new = json!({ "name": "for", "on_behalf": true });
    let (_, program) = generate(world, owner, &tokens_of(&account), new).await;
    (account, program)
}

fn named(program: &Program, method: Method, at: &str, who: &str) -> RequestBuilder {
    program.request(method, at).header("x-roster-on-behalf-of", who)
}

async fn service_acts_on_behalf_of_a_person(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana =
        world.member(&owner, "ana@example.com", json!({ "level": "viewer", "permissions": ["groups.manage"] })).await;
    let gifts = json!({ "permissions": ["groups.manage", "accounts.view"] });
    let (account, plain) = world.service(&owner, "ci", gifts).await;
    let (token, program) =
        generate(&world, &owner, &tokens_of(&account), json!({ "name": "for", "on_behalf": true })).await;
    let made =
        send(named(&program, Method::POST, "/api/v1/groups", "Ana@example.com").json(&json!({ "name": "Hers" }))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let refused = send(named(&program, Method::GET, "/api/v1/accounts", "ana@example.com")).await;
    assert_eq!(refused.code(), "forbidden", "what she lacks it lacks for her");
    eventually("the person it acted for", async || {
        let token = owner.get(&path(&token)).await.good();
        (token["last_used_for"]["handle"] == "ana@example.com").then_some(())
    })
    .await;
    let refused = send(named(&program, Method::GET, "/api/v1/organization", "olivia@example.com")).await;
    assert_eq!(refused.code(), "forbidden", "what it lacks it lacks for an Owner");
    for (program, who) in [(&plain, "ana@example.com"), (&program, "nobody@example.com"), (&program, "sa::ci")] {
        let refused = send(named(program, Method::GET, "/api/v1/me", who)).await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "invalid_token"), "{who}");
    }
    let audited = audited_for(&world, "group.created").await;
    assert_eq!(
        audited,
        (account["id"].as_str().map(str::to_owned), Some(ana.id().await), token["id"].as_str().map(str::to_owned))
    );
}

/// Who acted, for whom and with which token, in the row of an action.
async fn audited_for(world: &World, action: &str) -> (Option<String>, Option<String>, Option<String>) {
    use sqlx::Row;
    let row = sqlx::query("SELECT actor, on_behalf_of, token_id FROM audit_events WHERE action = $1")
        .bind(action.to_owned())
        .fetch_one(world.running.app.db.reader())
        .await
        .unwrap();
    (row.get("actor"), row.get("on_behalf_of"), row.get("token_id"))
}

const BOARD: &str = "/api/v1/objects/dashboard/board";
const ACCESS: &str = "/api/v1/objects/dashboard/board/access";

async fn access_to_objects_is_what_both_have(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer" })).await.id().await;
    let ben = world.member(&owner, "ben@example.com", json!({ "level": "viewer" })).await.id().await;
    let (account, program) = service(&world, &owner, json!({ "permissions": ["dashboards.view"] })).await;
    let board = json!({ "name": "Board", "restricted": true });
    send(owner.request(Method::PUT, BOARD).json(&board)).await.good();
    let give = async |who: &Value, level: &str| {
        let access = json!({ "account": who, "level": level });
        owner.access(Method::PUT, "dashboard/board", "", Some(access)).await.good()
    };
    let seen = async || -> (u16, u64, Value) {
        let shown = send(named(&program, Method::GET, BOARD, "ana@example.com")).await;
        let listed = send(named(&program, Method::GET, "/api/v1/objects", "ana@example.com")).await.good();
        let question = json!({ "permission": "dashboards.view", "access": "modify", "object": { "type": "dashboard", "external_id": "board" } });
        let checked = send(named(&program, Method::POST, "/api/v1/check", "ana@example.com").json(&question)).await;
        (shown.status, listed["total"].as_u64().unwrap(), checked.good()["allowed"].clone())
    };
    let share = async || -> Answer {
        let version = owner.get(BOARD).await.good()["version"].as_i64().unwrap();
        let access = json!({ "account": ben, "level": "view" });
        let request =
            named(&program, Method::PUT, ACCESS, "ana@example.com").header("if-match", format!("\"{version}\""));
        send(request.json(&access)).await
    };
    give(&account["id"], "modify").await;
    assert_eq!(seen().await, (404, 0, json!(false)), "the service alone");
    assert_eq!(share().await.status, 404);
    give(&json!(ana), "view").await;
    assert_eq!(seen().await, (200, 1, json!(false)), "she sees it");
    assert_eq!(share().await.status, 403);
    give(&json!(ana), "modify").await;
    assert_eq!(seen().await, (200, 1, json!(true)), "both modify it");
    assert_eq!(share().await.status, 200);
    give(&account["id"], "view").await;
    assert_eq!(seen().await, (200, 1, json!(false)), "the service sees it");
    assert_eq!(share().await.status, 403);
}

async fn groups_bring_what_both_may_give(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["groups.manage"] });
    let ana = world.member(&owner, "ana@example.com", gifts).await.id().await;
    let ben = world.member(&owner, "ben@example.com", json!({ "level": "viewer" })).await.id().await;
    let (account, program) = service(&world, &owner, json!({ "permissions": ["groups.manage"] })).await;
    send(owner.request(Method::PUT, BOARD).json(&json!({ "name": "Board", "restricted": true }))).await.good();
    let group = owner.post("/api/v1/groups", json!({ "name": "Board" })).await.good()["id"].clone();
    for access in [json!({ "group": group, "level": "view" }), json!({ "account": account["id"], "level": "view" })] {
        owner.access(Method::PUT, "dashboard/board", "", Some(access)).await.good();
    }
    let at = format!("/api/v1/groups/{}/members/{ben}", group.as_str().unwrap());
    let add = async || send(named(&program, Method::PUT, &at, "ana@example.com").json(&json!({}))).await;
    let refused = add().await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"), "she has no access to pass on");
    let access = json!({ "account": ana, "level": "view" });
    owner.access(Method::PUT, "dashboard/board", "", Some(access)).await.good();
    let added = add().await;
    assert!(added.status < 300, "{}", added.text);
}

async fn nobody_changes_themselves_through_a_service(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "audit.view"] });
    let ana = world.member(&owner, "ana@example.com", gifts).await.id().await;
    let until = world.clock.now().plus(domain::time::DAY_MS).to_string();
    let for_a_day = json!({ "type": "add_permission", "permission": "usage.view", "valid_until": until });
    owner.bulk(&[&ana], for_a_day).await.good();
    let held = json!({ "level": null, "roles": [], "permissions": ["accounts.manage", "audit.view", "usage.view"] });
    let (_, program) = service(&world, &owner, json!({ "permissions": held["permissions"] })).await;
    let at = format!("/api/v1/accounts/{ana}");
    let version = owner.get(&at).await.good()["version"].as_i64().unwrap();
    let own = async |body: Value| {
        let request = named(&program, Method::PATCH, &at, "ana@example.com");
        send(request.header("if-match", format!("\"{version}\"")).json(&body)).await.code()
    };
    assert_eq!(own(json!({ "status": "deactivated" })).await, "own_account");
    let for_ever = json!({ "ids": [ana], "action": { "type": "add_permission", "permission": "usage.view" } });
    let prolonged = named(&program, Method::POST, "/api/v1/accounts/bulk", "ana@example.com").json(&for_ever);
    let prolonged = send(prolonged).await;
    assert!(
        prolonged.status == 403 || prolonged.good()["results"][0]["code"] == "escalation",
        "what she has for a day she does not get for ever"
    );
}

async fn each_person_acted_for_was_active(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, program) = service(&world, &owner, json!({ "permissions": ["accounts.view"] })).await;
    let mut people = Vec::new();
    for who in ["ana@example.com", "ben@example.com"] {
        people.push((who, world.member(&owner, who, json!({ "level": "viewer" })).await.id().await));
    }
    // A day on, in which nobody has done anything yet.
    world.clock.advance(domain::time::DAY_MS);
    let at = world.clock.now().to_string();
    for (who, _) in &people {
        assert_eq!(send(named(&program, Method::GET, "/api/v1/me", who)).await.status, 200);
    }
    let mut again = world.nobody();
    assert_eq!(again.sign_in("olivia@example.com", PASSWORD).await.status, 200);
    for (who, id) in &people {
        eventually(who, async || (again.account(id).await["last_active_at"].as_str()? >= at.as_str()).then_some(()))
            .await;
    }
}
