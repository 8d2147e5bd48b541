//! Facts about one act on many accounts: a result for each, nothing beyond one's rights, and the way back.

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::{Client, Database, World, on_both};

on_both! {
    each_account_gets_its_result act_names_what_it_needs dry_run_says_the_same_and_changes_nothing grant_ends_to_the_moment
    nobody_gives_what_they_lack_nor_touches_who_holds_more nobody_prolongs_their_own_rights last_owner_stays_through_every_act
    seats_are_taken_in_turn deactivated_accounts_are_out_at_once level_moves_and_own_level_does_not
    functional_role_narrows_the_level_where_the_profile_says_so resend_kills_older_links_and_needs_the_right_to_invite undo_restores_what_was
    undo_leaves_alone_what_somebody_changed_since undo_works_once_and_for_a_day account_that_is_another_by_now_is_left_as_it_is whoever_is_out_keeps_their_level undo_gives_nobody_what_the_actor_lacks
    undo_finds_a_role_of_the_same_name_to_be_another_one every_account_has_its_audit_row accounts_of_another_organization_are_not_found
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

async fn nobody_gives_what_they_lack_nor_touches_who_holds_more(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "accounts.view", "alerts"] });
    let (clerk, _) = member(&world, &owner, "clerk", gifts).await;
    let (_, below) = member(&world, &owner, "below", json!({ "level": "viewer" })).await;
    let (_, above) = member(&world, &owner, "above", json!({ "level": "editor" })).await;
    let with_data = owner.new_group("Data", &["data"]).await;
    for action in [
        json!({ "type": "add_role", "role": "alerts" }),
        json!({ "type": "add_role", "role": "owner" }),
        json!({ "type": "add_permission", "permission": "data" }),
        json!({ "type": "set_level", "level": "editor" }),
        json!({ "type": "add_group", "group": with_data }),
    ] {
        let answer = clerk.bulk(&[&below], action.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "escalation"), "{action}");
    }
    let owner_id = owner.id().await;
    for action in [
        json!({ "type": "add_permission", "permission": "alerts" }),
        json!({ "type": "set_level", "level": "viewer" }),
        json!({ "type": "deactivate" }),
    ] {
        let answer = clerk.bulk(&[&above, &owner_id], action.clone()).await.good();
        assert_eq!(codes(&answer), ["escalation", "escalation"], "{action}");
    }
    let unmake = json!({ "type": "remove_role", "role": "owner" });
    assert_eq!(codes(&clerk.bulk(&[&owner_id], unmake).await.good()), ["escalation"]);
    let within = clerk.bulk(&[&below], json!({ "type": "add_permission", "permission": "alerts" })).await.good();
    assert_eq!(codes(&within), ["ok"]);
    assert_eq!(owner.account(&above).await["level"]["key"], "editor");
}

async fn nobody_prolongs_their_own_rights(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "accounts.view"] });
    let (clerk, id) = member(&world, &owner, "clerk", gifts).await;
    let until = |hours: i64| world.clock.now().plus(hours * 3_600_000).to_string();
    let add = |end: Option<String>| json!({ "type": "add_permission", "permission": "alerts", "valid_until": end });
    owner.bulk(&[&id], add(Some(until(2)))).await.good();
    for end in [None, Some(until(3))] {
        let answer = clerk.bulk(&[&id], add(end)).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "escalation"));
    }
    assert_eq!(codes(&clerk.bulk(&[&id], add(Some(until(1)))).await.good()), ["ok"], "to shorten is to give up");
}

async fn last_owner_stays_through_every_act(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let id = owner.id().await;
    let until = world.clock.now().plus(3_600_000).to_string();
    for action in [
        json!({ "type": "remove_role", "role": "owner" }),
        json!({ "type": "add_role", "role": "owner", "valid_until": until }),
    ] {
        assert_eq!(codes(&owner.bulk(&[&id], action.clone()).await.good()), ["last_owner"], "{action}");
    }
    assert_eq!(codes(&owner.bulk(&[&id], json!({ "type": "deactivate" })).await.good()), ["own_account"]);
    let (second, other) = member(&world, &owner, "second", json!({ "roles": ["owner"] })).await;
    let unmake = json!({ "type": "remove_role", "role": "owner" });
    assert_eq!(codes(&second.bulk(&[&id, &other], unmake.clone()).await.good()), ["ok", "last_owner"]);
    assert_eq!(owner.bulk(&[&other], unmake).await.status, 200, "an admin by level may still ask");
    assert_eq!(second.account(&other).await["roles"][0]["key"], "owner");
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

async fn resend_kills_older_links_and_needs_the_right_to_invite(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let invited = owner.post("/api/v1/invitations", json!({ "emails": ["new@example.com"] })).await.good();
    let token = invited["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let pending = invited["results"][0]["account_id"].as_str().unwrap();
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.manage", "accounts.view"] });
    let (clerk, clerk_id) = member(&world, &owner, "clerk", gifts).await;
    let resend = json!({ "type": "resend" });
    assert_eq!(clerk.bulk(&[pending], resend.clone()).await.code(), "forbidden");
    let answer = owner.bulk(&[pending, &clerk_id], resend).await.good();
    assert_eq!((codes(&answer), answer.get("operation_id")), (vec!["ok".into(), "not_pending".into()], None));
    let state = owner.post("/api/v1/invitations/preview", json!({ "token": token })).await.good();
    assert_eq!(state["state"], "replaced");
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

async fn accounts_of_another_organization_are_not_found(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, ana) = member(&world, &owner, "ana", json!({})).await;
    let group = owner.new_group("Interns", &[]).await;
    let other = world.other_organization("otto@example.com").await;
    let answer = other.bulk(&[&ana], json!({ "type": "add_role", "role": "alerts" })).await.good();
    assert_eq!(codes(&answer), ["not_found"]);
    let own = other.id().await;
    assert_eq!(other.bulk(&[&own], json!({ "type": "add_group", "group": group })).await.fields(), ["group"]);
    assert_eq!(held(&owner, &ana).await, json!([[], [], []]));
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
