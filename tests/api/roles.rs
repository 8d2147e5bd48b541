//! Facts about roles: made, changed, copied and deleted, within what one holds.

use reqwest::Method;
use serde_json::{Value, json};

use crate::previews::service_account;
use crate::support::{Answer, Client, Database, World, on_both, send};

on_both! {
    built_in_roles_are_listed_with_the_levels_first catalogue_ends_with_the_consoles_own role_is_made_from_its_name names_are_trimmed_and_unique
    wrong_permissions_are_named_with_their_position built_in_roles_are_copied_and_nothing_else second_administrator_is_told_what_changed
    nobody_puts_into_a_role_what_they_lack role_beyond_ones_rights_is_left_alone everything_is_for_owners_to_give nobody_prolongs_their_own_rights_by_a_role
    role_in_use_stays_and_says_who_holds_it holders_move_with_their_ends role_made_anew_is_held_by_nobody holders_are_counted_and_named service_accounts_are_counted_apart
    missing_permission_names_the_roles_that_bring_it
    change_on_an_old_basis_changes_nothing changed_role_holds_on_the_next_request roles_of_another_organization_are_not_found
}

fn path(role: &Value) -> String {
    format!("/api/v1/roles/{}", role["id"].as_str().unwrap())
}

async fn change(client: &Client, role: &Value, body: Value) -> Answer {
    client.change(Method::PATCH, &path(role), role["version"].as_i64().unwrap(), Some(body)).await
}

async fn delete(client: &Client, role: &Value, body: Option<Value>) -> Answer {
    client.change(Method::DELETE, &path(role), role["version"].as_i64().unwrap(), body).await
}

/// The role of a key, as the list has it.
async fn role(client: &Client, key: &str) -> Value {
    let roles = client.get("/api/v1/roles").await.good();
    roles["items"].as_array().unwrap().iter().find(|role| role["key"] == key).cloned().unwrap_or_default()
}

/// Somebody with the lowest level and these permissions.
async fn clerk(world: &World, owner: &Client, permissions: &[&str]) -> Client {
    let gifts = json!({ "level": "viewer", "permissions": permissions });
    world.member(owner, "clerk@example.com", gifts).await
}

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

async fn role_is_made_from_its_name(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner
        .post(
            "/api/v1/roles",
            json!({ "name": "On-call: EU", "description": "Summer", "permissions": ["data", "alerts", "alerts"] }),
        )
        .await;
    assert_eq!(made.status, 201);
    let made = made.body();
    assert_eq!(
        (&made["key"], &made["permissions"], &made["built_in"], &made["version"]),
        (&json!("on_call_eu"), &json!(["alerts", "data"]), &json!(false), &json!(1))
    );
    assert_eq!(owner.get(&path(&made)).await.good(), made);
    assert_eq!(role(&owner, "on_call_eu").await, made);
}

async fn names_are_trimmed_and_unique(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.new_role("  Interns ", &[]).await;
    assert_eq!(made["name"], "Interns");
    for taken in ["INTERNS", "Owner", "admin", "Alerts"] {
        let answer = owner.post("/api/v1/roles", json!({ "name": taken, "permissions": [] })).await;
        assert_eq!((answer.status, answer.code().as_str(), answer.fields()), (409, "name_taken", vec!["name".into()]));
    }
    for (body, field) in [
        (json!({ "name": " ", "permissions": [] }), "name"),
        (json!({ "name": "x".repeat(101), "permissions": [] }), "name"),
        (json!({ "name": "a\u{202e}b", "permissions": [] }), "name"),
        (json!({ "name": "A", "permissions": [], "description": "x".repeat(501) }), "description"),
        (json!({ "name": "A" }), "permissions"),
        (json!({ "name": "A", "permissions": [], "level_rank": 9 }), "level_rank"),
    ] {
        let answer = owner.post("/api/v1/roles", body).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]));
    }
    let own = change(&owner, &made, json!({ "name": "interns" })).await.good();
    assert_eq!((&own["name"], &own["key"]), (&json!("interns"), &json!("interns")), "its own name is free to it");
}

async fn wrong_permissions_are_named_with_their_position(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let answer = owner.post("/api/v1/roles", json!({ "name": "A", "permissions": ["alerts", "alarms", "Data"] })).await;
    let errors = answer.body()["errors"].clone();
    assert_eq!(
        (answer.status, &errors[0]["index"], &errors[1]["index"], &errors[0]["code"]),
        (422, &json!(1), &json!(2), &json!("unknown_permission"))
    );
}

async fn built_in_roles_are_copied_and_nothing_else(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for key in ["alerts", "admin", "owner"] {
        let built_in = role(&owner, key).await;
        let answer = change(&owner, &built_in, json!({ "permissions": [] })).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "built_in"));
        assert_eq!(delete(&owner, &built_in, None).await.code(), "built_in");
    }
    let source = role(&owner, "alerts").await;
    let copy =
        owner.post("/api/v1/roles", json!({ "name": "Alerts copy", "permissions": source["permissions"] })).await;
    assert_eq!(copy.good()["permissions"], source["permissions"]);
}

async fn second_administrator_is_told_what_changed(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let seen = owner.new_role("Interns", &["alerts"]).await;
    change(&owner, &seen, json!({ "permissions": ["data"] })).await.good();
    let late = change(&owner, &seen, json!({ "name": "Trainees" })).await;
    assert_eq!((late.status, late.code().as_str()), (412, "stale"));
    assert_eq!(late.body()["current_role"]["permissions"], json!(["data"]));
    assert_eq!(role(&owner, "interns").await["name"], "Interns");
    let without = send(owner.request(Method::PATCH, &path(&seen)).json(&json!({ "name": "X" }))).await;
    assert_eq!(without.status, 428);
}

async fn nobody_puts_into_a_role_what_they_lack(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner, &["roles.manage", "accounts.view", "alerts"]).await;
    let refused = clerk.post("/api/v1/roles", json!({ "name": "A", "permissions": ["alerts", "data"] })).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"));
    assert!(refused.body()["detail"].as_str().unwrap().contains("Change data sources"));
    let own = clerk.new_role("A", &["alerts"]).await;
    assert_eq!(change(&clerk, &own, json!({ "permissions": ["alerts", "data"] })).await.code(), "escalation");
    assert_eq!(change(&clerk, &own, json!({ "permissions": ["*"] })).await.code(), "escalation");
    assert_eq!(role(&owner, "a").await["permissions"], json!(["alerts"]));
}

async fn role_beyond_ones_rights_is_left_alone(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner, &["roles.manage", "accounts.view", "alerts"]).await;
    let mixed = owner.new_role("Mixed", &["alerts", "data"]).await;
    for body in [json!({ "permissions": ["alerts"] }), json!({ "name": "Other" }), json!({ "permissions": [] })] {
        assert_eq!(change(&clerk, &mixed, body).await.code(), "escalation");
    }
    assert_eq!(delete(&clerk, &mixed, None).await.code(), "escalation");
    let within = owner.new_role("Within", &["alerts"]).await;
    let holder = world.member(&owner, "ana@example.com", json!({ "roles": ["within"] })).await;
    assert_eq!(
        delete(&clerk, &within, Some(json!({ "move_to": "mixed" }))).await.code(),
        "escalation",
        "moving is giving, too"
    );
    assert_eq!(owner.account(&holder.id().await).await["roles"][0]["key"], "within");
}

async fn everything_is_for_owners_to_give(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let all: Vec<String> = owner.get("/api/v1/permissions").await.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["key"].as_str().unwrap().to_owned())
        .collect();
    let keys: Vec<&str> = all.iter().map(String::as_str).collect();
    owner.new_role("Each by itself", &keys).await;
    let almost = world.member(&owner, "almost@example.com", json!({ "roles": ["each_by_itself"] })).await;
    let refused = almost.post("/api/v1/roles", json!({ "name": "All", "permissions": ["*"] })).await;
    assert_eq!(refused.code(), "escalation");
    let made = owner.new_role("All", &["*", "alerts"]).await;
    assert_eq!(made["permissions"], json!(["*"]));
}

/// Sets up somebody who holds `alerts` for an hour, and manages roles for good.
async fn nobody_prolongs_their_own_rights_by_a_role(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let standing = owner.new_role("Standing", &["roles.manage", "accounts.view"]).await;
    let clerk = world.member(&owner, "clerk@example.com", json!({ "roles": ["standing"] })).await;
    let until = world.clock.now().plus(3_600_000).to_string();
    let action = json!({ "type": "add_permission", "permission": "alerts", "valid_until": until });
    owner.bulk(&[&clerk.id().await], action).await.good();
    let refused =
        change(&clerk, &standing, json!({ "permissions": ["roles.manage", "accounts.view", "alerts"] })).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"));
    assert_eq!(role(&owner, "standing").await["version"], 1, "nothing was changed");
}

async fn role_in_use_stays_and_says_who_holds_it(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let used = owner.new_role("Used", &["alerts"]).await;
    world.member(&owner, "ana@example.com", json!({ "roles": ["used"] })).await;
    let group = owner.new_group("On call", &["used"]).await;
    let refused = delete(&owner, &used, None).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "in_use"));
    let holders = refused.body()["holders"].clone();
    assert_eq!((&holders["accounts_total"], &holders["groups_total"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&holders["accounts"][0]["handle"], &holders["groups"][0]["id"]),
        (&json!("ana@example.com"), &json!(group))
    );
    for key in ["nobody", "used", "admin", "owner"] {
        assert_eq!(delete(&owner, &used, Some(json!({ "move_to": key }))).await.fields(), ["move_to"], "{key}");
    }
    let free = owner.new_role("Free", &[]).await;
    assert_eq!(delete(&owner, &free, None).await.status, 204);
    assert_eq!(owner.get(&path(&free)).await.status, 404);
}

async fn holders_move_with_their_ends(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (old, new) = (owner.new_role("Old", &["alerts"]).await, owner.new_role("New", &["data"]).await);
    let group = owner.new_group("On call", &["old", "new"]).await;
    let mut ids = Vec::new();
    for email in ["until@example.com", "both@example.com", "later@example.com", "other@example.com"] {
        ids.push(world.member(&owner, email, json!({})).await.id().await);
    }
    let hours = |hours: i64| Some(world.clock.now().plus(hours * 3_600_000).to_string());
    let (soon, late) = (hours(1), hours(2));
    let give = async |id: &str, role: &str, until: &Option<String>| {
        owner.bulk(&[id], json!({ "type": "add_role", "role": role, "valid_until": until })).await.good();
    };
    give(&ids[0], "old", &soon).await;
    give(&ids[1], "old", &late).await;
    give(&ids[1], "new", &soon).await;
    give(&ids[2], "old", &soon).await;
    give(&ids[2], "new", &None).await;
    let seen = owner.account(&ids[0]).await["version"].as_i64().unwrap();
    assert_eq!(delete(&owner, &old, Some(json!({ "move_to": "new" }))).await.status, 204);
    for (id, until) in [(&ids[0], soon.clone()), (&ids[1], late.clone()), (&ids[2], None)] {
        let held = grants(&world, id).await;
        assert_eq!(held, [("new".to_owned(), until)], "the later end stays");
    }
    assert_eq!(grants(&world, &ids[3]).await, []);
    assert!(owner.account(&ids[0]).await["version"].as_i64().unwrap() > seen, "who saw it before is told");
    let on_call = owner.get(&format!("/api/v1/groups/{group}")).await.good();
    assert_eq!(on_call["roles"], json!([{ "key": "new", "name": "New" }]));
    assert_eq!(role(&owner, "new").await["accounts"], 3);
    assert_eq!(new["accounts"], 0);
}

/// The roles given to an account with their ends, as the store has them.
async fn grants(world: &World, id: &str) -> Vec<(String, Option<String>)> {
    use sqlx::Row;
    let rows = sqlx::query("SELECT key, valid_until FROM grants WHERE account_id = $1 AND what = 'role' ORDER BY key")
        .bind(id.to_owned())
        .fetch_all(world.running.app.db.reader())
        .await
        .unwrap();
    let text = |millis| domain::Timestamp::from_millis(millis).to_string();
    rows.iter().map(|row| (row.get("key"), row.get::<Option<i64>, _>("valid_until").map(text))).collect()
}

async fn role_made_anew_is_held_by_nobody(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let first = owner.new_role("Brief", &["alerts"]).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let until = world.clock.now().plus(1_000).to_string();
    owner.bulk(&[&ana], json!({ "type": "add_role", "role": "brief", "valid_until": until })).await.good();
    world.clock.advance(2_000);
    assert_eq!(delete(&owner, &first, None).await.status, 204, "a grant that is over holds nothing up");
    let second = owner.new_role("Brief", &["data"]).await;
    assert_eq!((&second["key"], second["id"] == first["id"]), (&json!("brief"), false));
    assert_eq!(grants(&world, &ana).await, []);
}

async fn holders_are_counted_and_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.new_role("Counted", &[]).await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["counted"] })).await.id().await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await.id().await;
    let until = world.clock.now().plus(1_000).to_string();
    owner.bulk(&[&ben], json!({ "type": "add_role", "role": "counted", "valid_until": until })).await.good();
    owner.new_group("One", &["counted"]).await;
    let counts = async || {
        let found = owner.get(&path(&made)).await.good();
        (found["accounts"].as_u64().unwrap(), found["groups"].as_u64().unwrap())
    };
    assert_eq!(counts().await, (2, 1));
    let holders = owner.get(&format!("{}/holders", path(&made))).await.good();
    assert_eq!((holders["accounts"].as_array().unwrap().len(), &holders["groups"][0]["name"]), (2, &json!("One")));
    world.clock.advance(2_000);
    assert_eq!(counts().await, (1, 1), "a grant that is over is not counted");
    let level = role(&owner, "viewer").await;
    assert_eq!(level["accounts"], 2);
    let holders = owner.get(&format!("{}/holders", path(&level))).await.good();
    let ids: Vec<_> = holders["accounts"].as_array().unwrap().iter().map(|account| account["id"].clone()).collect();
    assert!(ids.contains(&json!(ana)) && ids.contains(&json!(ben)));
}

async fn change_on_an_old_basis_changes_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.new_role("Interns", &["alerts"]).await;
    let basis = async || {
        use sqlx::Row;
        let row = sqlx::query("SELECT rights_revision FROM organizations")
            .fetch_one(world.running.app.db.reader())
            .await
            .unwrap();
        row.get::<i64, _>("rights_revision")
    };
    let seen = basis().await;
    owner.new_role("Meanwhile", &[]).await;
    let body = json!({ "permissions": ["data"] });
    let late = owner.change_on(Method::PATCH, &path(&made), 1, seen, body.clone()).await;
    assert_eq!((late.status, late.code().as_str()), (412, "stale"));
    assert_eq!(role(&owner, "interns").await["permissions"], json!(["alerts"]));
    let now = basis().await;
    assert_eq!(owner.change_on(Method::PATCH, &path(&made), 1, now, body).await.status, 200);
}

async fn changed_role_holds_on_the_next_request(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.new_role("Looker", &["accounts.view"]).await;
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer", "roles": ["looker"] })).await;
    assert_eq!(ana.get("/api/v1/accounts").await.status, 200);
    let made = change(&owner, &made, json!({ "permissions": [] })).await.good();
    assert_eq!(ana.get("/api/v1/accounts").await.status, 403);
    change(&owner, &made, json!({ "permissions": ["accounts.view"] })).await.good();
    assert_eq!(ana.get("/api/v1/accounts").await.status, 200);
}

async fn roles_of_another_organization_are_not_found(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.new_role("Interns", &[]).await;
    let other = world.other_organization("otto@example.com").await;
    for answer in [
        other.get(&path(&made)).await,
        other.get(&format!("{}/holders", path(&made))).await,
        change(&other, &made, json!({ "name": "Mine" })).await,
        delete(&other, &made, None).await,
        other.get("/api/v1/roles/nonsense").await,
    ] {
        assert_eq!(answer.status, 404);
    }
    assert_eq!(other.new_role("Interns", &[]).await["key"], "interns", "each organization has its own names");
}

async fn service_accounts_are_counted_apart(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer" })).await.id().await;
    let build = service_account(&world, "build").await;
    owner.bulk(&[&ana, &build], json!({ "type": "add_role", "role": "alerts" })).await.good();
    let counts = async |key: &str| {
        let role = role(&owner, key).await;
        let one = owner.get(&path(&role)).await.good();
        assert_eq!(one, role, "alone as in the list");
        (role["accounts"].clone(), role["service_accounts"].clone())
    };
    assert_eq!(counts("alerts").await, (json!(2), json!(1)));
    assert_eq!(counts("viewer").await, (json!(1), json!(0)));
    assert_eq!(counts("data").await, (json!(0), json!(0)));
}

async fn missing_permission_names_the_roles_that_bring_it(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner_with("wavefront").await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let roles = async |client: &Client, permission: &str| {
        let session = client.get("/api/v1/session").await.good();
        let lacking = session["lacking"].as_array().unwrap().clone();
        lacking.into_iter().find(|lacking| lacking["permission"] == permission).map(|lacking| lacking["roles"].clone())
    };
    assert_eq!(roles(&ana, "accounts.view").await, Some(json!(["Account manager"])));
    assert_eq!(roles(&ana, "audit.view").await, None, "no role brings it");
    owner.new_role("Auditors", &["audit.view"]).await;
    assert_eq!(roles(&ana, "audit.view").await, Some(json!(["Auditors"])), "roles that people made as well");
    assert_eq!(roles(&owner, "accounts.view").await, None, "an Owner lacks nothing");
}
