//! Facts about taking back an act on many accounts, and what the log says of both.

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;

use super::{codes, held, member, undo};
use crate::support::{Database, World, on_both};

on_both! {
    undo_restores_what_was undo_leaves_alone_what_somebody_changed_since undo_works_once_and_for_a_day
    undo_gives_nobody_what_the_actor_lacks undo_finds_a_role_of_the_same_name_to_be_another_one
    every_account_has_its_audit_row account_that_is_another_by_now_is_left_as_it_is
    whoever_is_out_keeps_their_level
}

async fn undo_restores_what_was(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &["data"]).await;
    let (_, ana) = member(&world, &owner, "ana", json!({ "roles": ["alerts"], "groups": [group] })).await;
    let (_, ben) = member(&world, &owner, "ben", json!({})).await;
    let before = [rows(&world, &ana).await, rows(&world, &ben).await];
    let until = world.clock.now().plus(3_600_000).to_string();
    for action in [
        json!({ "type": "add_role", "role": "alerts", "valid_until": until }),
        json!({ "type": "add_group", "group": group, "valid_until": until }),
        json!({ "type": "add_permission", "permission": "usage.view" }),
        json!({ "type": "remove_role", "role": "alerts" }),
        json!({ "type": "remove_group", "group": group }),
    ] {
        let done = owner.bulk(&[&ana, &ben], action.clone()).await.good();
        let undone = undo(&owner, &done).await.good();
        assert!(codes(&undone).iter().all(|code| code == "ok"), "{action} {undone}");
        let after = [rows(&world, &ana).await, rows(&world, &ben).await];
        assert_eq!(after, before, "{action}: with source and giver");
    }
}

/// All grants and memberships of an account, as the store has them.
async fn rows(world: &World, id: &str) -> Vec<String> {
    let sql = "SELECT what || ' ' || key || ' ' || COALESCE(valid_until, 0) || ' ' || source || ' ' || COALESCE(granted_by, '') || ' ' || granted_at AS line FROM grants WHERE account_id = $1
         UNION ALL SELECT group_id || ' ' || COALESCE(valid_until, 0) || ' ' || source || ' ' || COALESCE(added_by, '') || ' ' || added_at FROM memberships WHERE account_id = $1 ORDER BY 1";
    let rows = sqlx::query(sql).bind(id.to_owned()).fetch_all(world.running.app.db.reader()).await.unwrap();
    rows.iter().map(|row| row.get("line")).collect()
}

async fn undo_leaves_alone_what_somebody_changed_since(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let (_, ben) = member(&world, &owner, "ben", json!({})).await;
    let done = owner.bulk(&[&ana, &ben], json!({ "type": "add_role", "role": "alerts" })).await.good();
    owner.bulk(&[&ben], json!({ "type": "add_permission", "permission": "usage.view" })).await.good();
    assert_eq!(codes(&undo(&owner, &done).await.good()), ["ok", "stale"]);
    assert_eq!(held(&owner, &ana).await, json!([[], [], []]));
    assert_eq!(held(&owner, &ben).await, json!([["alerts"], [], ["usage.view"]]));
}

async fn undo_works_once_and_for_a_day(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let add = json!({ "type": "add_role", "role": "alerts" });
    let first = owner.bulk(&[&ana], add.clone()).await.good();
    undo(&owner, &first).await.good();
    let twice = undo(&owner, &first).await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "not_undoable"));
    let second = owner.bulk(&[&ana], add).await.good();
    world.clock.advance(24 * 3_600_000 + 1);
    owner.sign_in("olivia@example.com", crate::support::PASSWORD).await.good();
    assert_eq!(undo(&owner, &second).await.code(), "not_undoable");
    let nothing = owner.post("/api/v1/operations/01a201dc-78d3-7333-844c-520898157319/undo", json!({})).await;
    assert_eq!(nothing.status, 404);
}

async fn undo_gives_nobody_what_the_actor_lacks(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({ "level": "viewer", "roles": ["data"] })).await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "accounts.view"] });
    let (clerk, _) = member(&world, &owner, "clerk", gifts).await;
    let taken = owner.bulk(&[&ana], json!({ "type": "remove_role", "role": "data" })).await.good();
    assert_eq!(codes(&undo(&clerk, &taken).await.good()), ["escalation"]);
    assert_eq!(held(&owner, &ana).await, json!([[], [], []]));
    let other = world.other_organization("otto@example.com").await;
    assert_eq!(undo(&other, &taken).await.status, 404);
    // People and service accounts are managed by a right each, and so is what was done to them.
    let (robot, _) = world.service(&owner, "robot", json!({})).await;
    let robot = robot["id"].as_str().unwrap();
    let given = owner.bulk(&[robot], json!({ "type": "add_role", "role": "data" })).await.good();
    let taken = owner.bulk(&[robot], json!({ "type": "remove_role", "role": "data" })).await.good();
    owner.bulk(&[&clerk.id().await], json!({ "type": "add_role", "role": "data" })).await.good();
    assert_eq!(codes(&undo(&clerk, &taken).await.good()), ["forbidden"]);
    assert_eq!(codes(&undo(&owner, &taken).await.good()), ["ok"], "who may not leaves it to who may");
    assert_eq!(codes(&undo(&owner, &given).await.good()), ["stale"]);
}

async fn account_that_is_another_by_now_is_left_as_it_is(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({ "level": "viewer" })).await;
    let (_, ben) = member(&world, &owner, "ben", json!({ "level": "viewer" })).await;
    let (_, cleo) = member(&world, &owner, "cleo", json!({ "level": "viewer" })).await;
    let version = async |id: &str| owner.account(id).await["version"].as_i64().unwrap();
    let seen = json!([version(&ana).await, version(&ben).await, null]);
    for id in [&ben, &cleo] {
        owner.bulk(&[id], json!({ "type": "set_level", "level": "admin" })).await.good();
    }
    let action = json!({ "type": "set_level", "level": "editor" });
    let request = |versions: Value| json!({ "ids": [ana, ben, cleo], "versions": versions, "action": action });
    let answer = owner.post("/api/v1/accounts/bulk", request(seen)).await.good();
    assert_eq!(codes(&answer), ["ok", "stale", "ok"]);
    assert_eq!(owner.account(&ben).await["level"]["key"], "admin", "the quicker one's");
    let uneven = owner.post("/api/v1/accounts/bulk", request(json!([1]))).await;
    assert_eq!((uneven.status, uneven.fields()), (422, vec!["versions".to_owned()]));
}

async fn whoever_is_out_keeps_their_level(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({ "level": "viewer" })).await;
    let to_editor = json!({ "type": "set_level", "level": "editor" });
    let moved = owner.bulk(&[&ana], to_editor.clone()).await.good();
    let out = owner.bulk(&[&ana], json!({ "type": "deactivate" })).await.good();
    assert_eq!(
        codes(&owner.bulk(&[&ana], json!({ "type": "set_level", "level": "viewer" })).await.good()),
        ["level_kept"]
    );
    assert_eq!(codes(&owner.bulk(&[&ana], to_editor).await.good()), ["unchanged"]);
    let path = format!("/api/v1/accounts/{ana}");
    let patch = async |body: Value| {
        let version = owner.account(&ana).await["version"].as_i64().unwrap();
        owner.change(Method::PATCH, &path, version, Some(body)).await
    };
    let refused = patch(json!({ "level": "viewer" })).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "level_kept"));
    assert_eq!(codes(&undo(&owner, &moved).await.good()), ["stale"], "so does an undo");
    assert_eq!(codes(&undo(&owner, &out).await.good()), ["ok"]);
    assert_eq!(patch(json!({ "level": "viewer", "status": "deactivated" })).await.good()["level"]["key"], "viewer");
    let back = patch(json!({ "level": "admin", "status": "active" })).await.good();
    assert_eq!((&back["level"]["key"], &back["status"]), (&json!("admin"), &json!("active")), "both at once");
}

async fn undo_finds_a_role_of_the_same_name_to_be_another_one(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let role = owner.new_role("Brief", &["alerts"]).await;
    let (_, ana) = member(&world, &owner, "ana", json!({ "roles": ["brief"] })).await;
    let taken = owner.bulk(&[&ana], json!({ "type": "remove_role", "role": "brief" })).await.good();
    let path = format!("/api/v1/roles/{}", role["id"].as_str().unwrap());
    assert_eq!(owner.change(Method::DELETE, &path, 1, None).await.status, 204);
    owner.new_role("Brief", &["data", "accounts.delete"]).await;
    assert_eq!(codes(&undo(&owner, &taken).await.good()), ["not_found"]);
    assert_eq!(held(&owner, &ana).await, json!([[], [], []]));
}

async fn every_account_has_its_audit_row(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let (_, ben) = member(&world, &owner, "ben", json!({})).await;
    let done = owner.bulk(&[&ana, &ben], json!({ "type": "add_role", "role": "alerts" })).await.good();
    undo(&owner, &done).await.good();
    let rows = sqlx::query("SELECT action, target FROM audit_events ORDER BY seq DESC LIMIT 5")
        .fetch_all(world.running.app.db.reader())
        .await
        .unwrap();
    let mut found: Vec<(String, String)> = rows.iter().map(|row| (row.get("action"), row.get("target"))).collect();
    found.reverse();
    let row = |action: &str, target: &str| (action.to_owned(), target.to_owned());
    let operation = done["operation_id"].as_str().unwrap();
    let expected = [
        row("account.role_added", &ana),
        row("account.role_added", &ben),
        row("operation.undone", operation),
        row("account.change_undone", &ana),
        row("account.change_undone", &ben),
    ];
    assert_eq!(found, expected);
    let mut connection = world.running.app.db.reader().acquire().await.unwrap();
    for organization in server::organization::store::list_ids(&mut connection).await.unwrap() {
        assert_eq!(server::audit::store::check(&mut connection, organization, None).await.unwrap().fault, None);
    }
}
