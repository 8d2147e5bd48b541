//! Facts about one act on many accounts: a result for each, nothing beyond one's rights, and the way back.

mod rights;
mod undo;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Database, World, on_both};

on_both! {
    each_account_gets_its_result act_names_what_it_needs dry_run_says_the_same_and_changes_nothing
    grant_ends_to_the_moment seats_are_taken_in_turn deactivated_accounts_are_out_at_once
    level_moves_and_own_level_does_not functional_role_narrows_the_level_where_the_profile_says_so
    ten_thousand_accounts_are_the_most list_is_narrowed_to_holders
}

fn codes(answer: &Value) -> Vec<String> {
    let text = |result: &Value| result["code"].as_str().or(result["outcome"].as_str()).unwrap().to_owned();
    answer["results"].as_array().unwrap().iter().map(text).collect()
}

async fn undo(client: &Client, answer: &Value) -> crate::support::Answer {
    client.post(&format!("/api/v1/operations/{}/undo", answer["operation_id"].as_str().unwrap()), json!({})).await
}

async fn member(world: &World, owner: &Client, name: &str, gifts: Value) -> (Client, String) {
    let client = world.member(owner, &format!("{name}@example.com"), gifts).await;
    let id = client.id().await;
    (client, id)
}

/// Keys of what an account holds itself: roles, groups' names and permissions.
async fn held(client: &Client, id: &str) -> Value {
    let account = client.account(id).await;
    let keys = |list: &str, field: &str| {
        account[list].as_array().unwrap().iter().map(|item| item[field].clone()).collect::<Vec<_>>()
    };
    json!([keys("roles", "key"), keys("groups", "name"), account["permissions"]])
}

async fn each_account_gets_its_result(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let (_, ben) = member(&world, &owner, "ben", json!({ "roles": ["alerts"] })).await;
    let nobody = "01a201dc-78d3-7333-844c-520898157319";
    let answer = owner.bulk(&[&ben, nobody, &ana], json!({ "type": "add_role", "role": "alerts" })).await.good();
    assert_eq!(codes(&answer), ["unchanged", "not_found", "ok"]);
    assert_eq!(answer["results"][2]["account_id"], json!(ana), "in the order asked");
    let group = owner.new_group("Interns", &["data"]).await;
    for action in [
        json!({ "type": "add_group", "group": group }),
        json!({ "type": "add_permission", "permission": "usage.view" }),
    ] {
        assert_eq!(codes(&owner.bulk(&[&ana, &ben], action).await.good()), ["ok", "ok"]);
    }
    assert_eq!(held(&owner, &ana).await, json!([["alerts"], ["Interns"], ["usage.view"]]));
    for action in [
        json!({ "type": "remove_role", "role": "alerts" }),
        json!({ "type": "remove_group", "group": group }),
        json!({ "type": "remove_permission", "permission": "usage.view" }),
    ] {
        assert_eq!(codes(&owner.bulk(&[&ana], action.clone()).await.good()), ["ok"]);
        let again = owner.bulk(&[&ana], action).await.good();
        assert_eq!((codes(&again), again.get("operation_id")), (vec!["unchanged".to_owned()], None));
    }
    assert_eq!(held(&owner, &ana).await, json!([[], [], []]));
    assert_eq!(held(&owner, &ben).await, json!([["alerts"], ["Interns"], ["usage.view"]]));
}

async fn act_names_what_it_needs(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let other = "01a201dc-78d3-7333-844c-520898157319";
    let past = world.clock.now().plus(-1).to_string();
    for (action, field) in [
        (json!({ "type": "add_role" }), "role"),
        (json!({ "type": "add_role", "role": "nobody" }), "role"),
        (json!({ "type": "add_role", "role": "admin" }), "role"),
        (json!({ "type": "set_level", "level": "alerts" }), "level"),
        (json!({ "type": "add_permission", "permission": "*" }), "permission"),
        (json!({ "type": "add_group", "group": other }), "group"),
        (json!({ "type": "activate", "role": "alerts" }), "role"),
        (json!({ "type": "add_role", "role": "alerts", "valid_until": past }), "valid_until"),
        (json!({ "type": "delete" }), "action.type"),
    ] {
        let answer = owner.bulk(&[&ana], action.clone()).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{action}");
    }
    let activate = json!({ "type": "activate" });
    assert_eq!(owner.bulk(&[], activate.clone()).await.fields(), ["ids"]);
    assert_eq!(owner.bulk(&[&ana, &ana], activate).await.body()["errors"][0]["index"], 1);
    let everyone = owner.get("/api/v1/groups").await.good()["items"][0]["id"].clone();
    for kind in ["add_group", "remove_group"] {
        let answer = owner.bulk(&[&ana], json!({ "type": kind, "group": everyone })).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "built_in"));
    }
}

async fn dry_run_says_the_same_and_changes_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let id = owner.id().await;
    let action = json!({ "type": "add_role", "role": "owner" });
    let request = |dry_run| json!({ "ids": [ana, id], "action": action, "dry_run": dry_run });
    let version = owner.account(&ana).await["version"].clone();
    let said = owner.post("/api/v1/accounts/bulk", request(true)).await.good();
    assert_eq!(said.get("operation_id"), None);
    assert_eq!(
        (owner.account(&ana).await["version"].clone(), held(&owner, &ana).await),
        (version, json!([[], [], []]))
    );
    let done = owner.post("/api/v1/accounts/bulk", request(false)).await.good();
    assert_eq!(said["results"], done["results"]);
}

async fn grant_ends_to_the_moment(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (viewer, id) = member(&world, &owner, "viewer", json!({ "level": "viewer" })).await;
    let group = owner.new_group("Lookers", &[]).await;
    let until = |millis| world.clock.now().plus(millis).to_string();
    let add = json!({ "type": "add_permission", "permission": "accounts.view", "valid_until": until(60_000) });
    owner.bulk(&[&id], add).await.good();
    owner.bulk(&[&id], json!({ "type": "add_group", "group": group, "valid_until": until(60_000) })).await.good();
    assert_eq!(viewer.get("/api/v1/accounts").await.status, 200);
    world.clock.advance(61_000);
    assert_eq!(viewer.get("/api/v1/accounts").await.status, 403);
    let members = owner.get(&format!("/api/v1/groups/{group}/members")).await.good();
    assert_eq!((&members["total"], &members["items"]), (&json!(0), &json!([])));
    let again = owner.bulk(&[&id], json!({ "type": "add_permission", "permission": "accounts.view" })).await.good();
    assert_eq!(codes(&again), ["ok"], "what is over counts as not there");
    assert_eq!(viewer.get("/api/v1/accounts").await.status, 200);
}

async fn seats_are_taken_in_turn(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut ids = Vec::new();
    for name in ["ana", "ben", "cleo"] {
        ids.push(member(&world, &owner, name, json!({})).await.1);
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let out = owner.bulk(&ids, json!({ "type": "deactivate" })).await.good();
    let version = owner.get("/api/v1/organization").await.good()["version"].as_i64().unwrap();
    owner.change(Method::PATCH, "/api/v1/organization", version, Some(json!({ "seats": 2 }))).await.good();
    let back = owner.bulk(&ids, json!({ "type": "activate" })).await.good();
    assert_eq!(codes(&back), ["ok", "no_seat", "no_seat"]);
    assert_eq!(codes(&undo(&owner, &out).await.good()), ["stale", "no_seat", "no_seat"]);
}

async fn deactivated_accounts_are_out_at_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (ana, ana_id) = member(&world, &owner, "ana", json!({})).await;
    owner.post("/api/v1/invitations", json!({ "emails": ["pending@example.com"] })).await.good();
    let pending = owner.get("/api/v1/accounts?q=pending@").await.good()["items"][0]["id"].clone();
    let ids = [ana_id.as_str(), pending.as_str().unwrap()];
    let answer = owner.bulk(&ids, json!({ "type": "deactivate" })).await.good();
    assert_eq!(codes(&answer), ["ok", "invalid"], "an open invitation is withdrawn instead");
    assert_eq!(ana.get("/api/v1/session").await.status, 401);
    assert_eq!(codes(&undo(&owner, &answer).await.good()), ["ok"]);
    assert_eq!(ana.get("/api/v1/session").await.status, 401, "the session has ended for good");
    assert_eq!(owner.account(&ana_id).await["status"], "active");
}

async fn level_moves_and_own_level_does_not(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (admin, admin_id) = member(&world, &owner, "admin", json!({ "level": "admin" })).await;
    let (_, ana) = member(&world, &owner, "ana", json!({ "level": "viewer" })).await;
    let (_, ben) = member(&world, &owner, "ben", json!({ "level": "editor" })).await;
    let to_editor = json!({ "type": "set_level", "level": "editor" });
    let answer = admin.bulk(&[&ana, &ben, &admin_id], to_editor).await.good();
    assert_eq!(codes(&answer), ["ok", "unchanged", "own_account"]);
    assert_eq!(codes(&undo(&admin, &answer).await.good()), ["ok"]);
    assert_eq!(owner.account(&ana).await["level"]["key"], "viewer");
}

async fn functional_role_narrows_the_level_where_the_profile_says_so(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner_with("circonus").await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let level = async || owner.account(&ana).await["level"]["key"].clone();
    assert_eq!(level().await, "normal");
    let given = json!({ "ids": [ana], "action": { "type": "add_role", "role": "alerts" } });
    let preview = owner.post("/api/v1/previews", json!({ "bulk": given })).await.good();
    assert_eq!(preview["narrowed"], json!({ "level": "Limited", "users": 1 }));
    let add = owner.bulk(&[&ana], json!({ "type": "add_role", "role": "alerts" })).await.good();
    assert_eq!(level().await, "limited");
    owner.bulk(&[&ana], json!({ "type": "remove_role", "role": "alerts" })).await.good();
    assert_eq!(level().await, "limited", "nobody gains anything by a removal");
    assert_eq!(codes(&undo(&owner, &add).await.good()), ["stale"]);
    owner.bulk(&[&ana], json!({ "type": "set_level", "level": "normal" })).await.good();
    let add = owner.bulk(&[&ana], json!({ "type": "add_role", "role": "data" })).await.good();
    assert_eq!(codes(&undo(&owner, &add).await.good()), ["ok"]);
    assert_eq!((level().await, held(&owner, &ana).await), (json!("normal"), json!([[], [], []])));
    let (_, ben) = member(&world, &owner, "ben", json!({ "roles": ["trending"] })).await;
    assert_eq!(owner.account(&ben).await["level"]["key"], "limited", "an invitation does the same");
}

async fn ten_thousand_accounts_are_the_most(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ids: Vec<String> = (0..10_001).map(|number| domain::AccountId::from_u128(number).to_string()).collect();
    let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let action = json!({ "type": "activate" });
    assert_eq!(owner.bulk(&ids, action.clone()).await.fields(), ["ids"]);
    ids.pop();
    let answer = owner.bulk(&ids, action).await.good();
    assert_eq!(answer["results"].as_array().unwrap().len(), 10_000);
}

async fn list_is_narrowed_to_holders(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &[]).await;
    member(&world, &owner, "ana", json!({ "roles": ["alerts"], "groups": [group] })).await;
    member(&world, &owner, "ben", json!({ "roles": ["alerts"], "level": "editor" })).await;
    member(&world, &owner, "cleo", json!({ "groups": [group], "level": "editor" })).await;
    let everyone = owner.get("/api/v1/groups").await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    let found = async |query: &str| {
        let page = owner.get(&format!("/api/v1/accounts?sort=email&{query}")).await.good();
        let items = page["items"].as_array().unwrap();
        assert_eq!(page["total"], items.len(), "{query}");
        items.iter().map(|item| item["email"].as_str().unwrap()[..3].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("role=alerts").await, ["ana", "ben"]);
    assert_eq!(found("role=editor").await, ["ben", "cle"]);
    assert_eq!(found(&format!("group={group}")).await, ["ana", "cle"]);
    assert_eq!(found(&format!("group={group}&role=alerts")).await, ["ana"]);
    assert_eq!(found(&format!("group={group}&role=editor&q=cleo")).await, ["cle"]);
    assert_eq!(found(&format!("group={everyone}")).await.len(), 4);
    assert_eq!(found("role=nobody").await, Vec::<String>::new());
    let skipped = owner.get(&format!("/api/v1/accounts?group={group}&skip=1&sort=email")).await.good();
    assert_eq!((&skipped["items"][0]["email"], &skipped["total"]), (&json!("cleo@example.com"), &json!(2)));
    assert_eq!(owner.get("/api/v1/accounts?group=nonsense").await.fields(), ["group"]);
}
