//! Facts about groups, their roles and their members.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, World, on_both, send};

on_both! {
    everyone_is_always_there names_are_unique_without_regard_to_case invited_people_join_the_groups_named list_is_searched_and_paged
    roles_of_a_group_reach_its_members everyone_carries_roles_and_nothing_else_of_it_changes group_carries_neither_level_nor_owner
    second_administrator_is_told_what_changed nobody_puts_on_or_takes_off_what_they_lack nobody_prolongs_their_own_rights_by_a_group
    members_are_added_and_removed_many_at_once member_of_a_group_with_roles_is_given_them one_membership_has_an_end_or_goes
    members_are_searched_and_paged_by_name deleted_group_leaves_nothing_behind groups_of_another_organization_are_not_found
    change_of_members_is_undone inviter_names_only_groups_within_their_rights
}

fn path(id: &str) -> String {
    format!("/api/v1/groups/{id}")
}

async fn change(client: &Client, id: &str, version: i64, body: Value) -> Answer {
    client.change(Method::PATCH, &path(id), version, Some(body)).await
}

async fn members(client: &Client, id: &str, query: &str) -> Value {
    client.get(&format!("{}/members?{query}", path(id))).await.good()
}

fn handles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["account"]["handle"].as_str().unwrap().to_owned()).collect()
}

async fn everyone_id(client: &Client) -> String {
    client.get("/api/v1/groups?q=everyone").await.good()["items"][0]["id"].as_str().unwrap().to_owned()
}

/// Somebody with the lowest level and these permissions.
async fn clerk(world: &World, owner: &Client, permissions: &[&str]) -> Client {
    world.member(owner, "clerk@example.com", json!({ "level": "viewer", "permissions": permissions })).await
}

async fn everyone_is_always_there(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.member(&owner, "ana@example.com", json!({})).await;
    let page = owner.get("/api/v1/groups").await.good();
    assert_eq!(
        (&page["items"][0]["name"], &page["items"][0]["kind"], &page["items"][0]["members"]),
        (&json!("Everyone"), &json!("everyone"), &json!(2))
    );
    let taken = owner.post("/api/v1/groups", json!({ "name": " everyone " })).await;
    assert_eq!((taken.status, taken.code().as_str(), taken.fields()), (409, "name_taken", vec!["name".to_owned()]));
}

async fn names_are_unique_without_regard_to_case(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.post("/api/v1/groups", json!({ "name": "Interns", "description": "Summer" })).await;
    assert_eq!((made.status, made.body()["name"].clone()), (201, json!("Interns")));
    assert_eq!(owner.post("/api/v1/groups", json!({ "name": "INTERNS" })).await.status, 409);
    let other = owner.new_group("Others", &[]).await;
    assert_eq!(change(&owner, &other, 2, json!({ "name": "interns" })).await.code(), "name_taken");
    let renamed = change(&owner, &other, 2, json!({ "name": "OTHERS", "description": "All" })).await.good();
    assert_eq!(
        (&renamed["name"], &renamed["description"], &renamed["version"]),
        (&json!("OTHERS"), &json!("All"), &json!(3))
    );
    for (body, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(101) }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "name": "A", "description": "x".repeat(501) }), "description"),
    ] {
        let answer = owner.post("/api/v1/groups", body.clone()).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]));
        assert_eq!(change(&owner, &other, 3, body).await.fields(), [field]);
    }
}

async fn invited_people_join_the_groups_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.good();
    let ana = world.member(&owner, "ana@example.com", json!({ "groups": [group["id"]] })).await;
    assert_eq!(
        ana.get("/api/v1/me").await.good()["account"]["groups"],
        json!([{ "id": group["id"], "name": "Interns" }])
    );
    let page = owner.get("/api/v1/groups?q=int").await.good();
    assert_eq!(page["items"][0]["members"], 1);
}

async fn list_is_searched_and_paged(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for number in 0..5 {
        owner.post("/api/v1/groups", json!({ "name": format!("Team {number}") })).await.good();
    }
    let first = owner.get("/api/v1/groups?q=TEAM&limit=3").await.good();
    assert_eq!(
        (first["items"].as_array().map(Vec::len), &first["total"], &first["next_cursor"]),
        (Some(3), &json!(5), &json!("team 2"))
    );
    let second = owner.get("/api/v1/groups?q=TEAM&limit=3&cursor=team%202").await.good();
    assert_eq!((second["items"].as_array().map(Vec::len), second["next_cursor"].is_null()), (Some(2), true));
    assert_eq!(owner.get("/api/v1/groups?limit=0").await.fields(), ["limit"]);
}

async fn roles_of_a_group_reach_its_members(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.new_role("Lookers", &["accounts.view"]).await;
    let group = owner.new_group("Interns", &[]).await;
    let gifts = json!({ "level": "viewer", "groups": [group] });
    let ana = world.member(&owner, "ana@example.com", gifts).await;
    assert_eq!(ana.get("/api/v1/accounts").await.status, 403);
    let found = change(&owner, &group, 2, json!({ "roles": ["lookers", "alerts", "alerts"] })).await.good();
    assert_eq!(found["roles"], json!([{ "key": "alerts", "name": "Alerts" }, { "key": "lookers", "name": "Lookers" }]));
    assert_eq!(ana.get("/api/v1/accounts").await.status, 200);
    change(&owner, &group, 3, json!({ "roles": ["alerts"] })).await.good();
    assert_eq!(ana.get("/api/v1/accounts").await.status, 403);
    assert_eq!(owner.get(&path(&group)).await.good()["members"], 1);
}

async fn everyone_carries_roles_and_nothing_else_of_it_changes(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.new_role("Lookers", &["accounts.view"]).await;
    let everyone = everyone_id(&owner).await;
    let viewer = world.member(&owner, "ana@example.com", json!({ "level": "viewer" })).await;
    change(&owner, &everyone, 1, json!({ "roles": ["lookers"] })).await.good();
    assert_eq!(viewer.get("/api/v1/accounts").await.status, 200);
    let (ana, account) = (viewer.id().await, format!("{}/members/{}", path(&everyone), viewer.id().await));
    for answer in [
        change(&owner, &everyone, 2, json!({ "name": "All" })).await,
        change(&owner, &everyone, 2, json!({ "description": "All" })).await,
        owner.change(Method::DELETE, &path(&everyone), 2, None).await,
        owner.post(&format!("{}/members", path(&everyone)), json!({ "remove": [ana] })).await,
        send(owner.request(Method::PUT, &account).json(&json!({}))).await,
        send(owner.request(Method::DELETE, &account)).await,
    ] {
        assert_eq!((answer.status, answer.code().as_str()), (409, "built_in"));
    }
    let page = members(&owner, &everyone, "").await;
    assert_eq!((handles(&page).len(), &page["total"]), (2, &json!(2)));
    assert_eq!(members(&owner, &everyone, "kind=service").await["total"], 0);
}

async fn group_carries_neither_level_nor_owner(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &["alerts"]).await;
    let answer = change(&owner, &group, 2, json!({ "roles": ["alerts", "owner", "admin", "nobody"] })).await;
    let errors = answer.body()["errors"].clone();
    let found: Vec<_> = errors.as_array().unwrap().iter().map(|error| (&error["index"], &error["code"])).collect();
    assert_eq!(
        found,
        [(&json!(1), &json!("not_allowed")), (&json!(2), &json!("not_allowed")), (&json!(3), &json!("unknown_role"))]
    );
    assert_eq!(owner.get(&path(&group)).await.good()["version"], 2);
}

async fn second_administrator_is_told_what_changed(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &["alerts"]).await;
    let late = change(&owner, &group, 1, json!({ "name": "Trainees" })).await;
    assert_eq!((late.status, late.code().as_str()), (412, "stale"));
    assert_eq!(late.body()["current_group"]["roles"][0]["key"], "alerts");
    assert_eq!(owner.change(Method::DELETE, &path(&group), 1, None).await.status, 412);
    assert_eq!(send(owner.request(Method::DELETE, &path(&group))).await.status, 428);
}

async fn nobody_puts_on_or_takes_off_what_they_lack(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner, &["groups.manage", "accounts.view", "alerts", "notifications"]).await;
    let group = owner.new_group("Mixed", &["data", "alerts"]).await;
    let free = owner.new_group("Free", &[]).await;
    let everyone = everyone_id(&owner).await;
    for (id, version, roles) in [
        (&free, 2, json!(["data"])),
        (&everyone, 1, json!(["data"])),
        (&group, 2, json!(["alerts"])),
        (&group, 2, json!([])),
    ] {
        let answer = change(&clerk, id, version, json!({ "roles": roles })).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "escalation"), "{roles}");
    }
    assert_eq!(clerk.change(Method::DELETE, &path(&group), 2, None).await.code(), "escalation");
    assert_eq!(change(&clerk, &group, 2, json!({ "roles": ["data"] })).await.status, 200, "the other one stays");
    assert_eq!(change(&clerk, &free, 2, json!({ "roles": ["alerts"] })).await.status, 200);
}

async fn nobody_prolongs_their_own_rights_by_a_group(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.new_role("Brief", &["alerts"]).await;
    let group = owner.new_group("Standing", &[]).await;
    let gifts = json!({ "level": "viewer", "permissions": ["groups.manage", "accounts.view"], "groups": [group] });
    let clerk = world.member(&owner, "clerk@example.com", gifts).await;
    let until = world.clock.now().plus(3_600_000).to_string();
    let id = clerk.id().await;
    owner.bulk(&[&id], json!({ "type": "add_role", "role": "brief", "valid_until": until })).await.good();
    assert_eq!(change(&clerk, &group, 2, json!({ "roles": ["brief"] })).await.code(), "escalation");
    let other = owner.new_group("Brief ones", &["brief"]).await;
    let members = format!("{}/members", path(&other));
    assert_eq!(clerk.post(&members, json!({ "add": [id] })).await.code(), "escalation");
}

async fn members_are_added_and_removed_many_at_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &[]).await;
    let ana = world.member(&owner, "ana@example.com", json!({ "groups": [group] })).await.id().await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await.id().await;
    let until = world.clock.now().plus(3_600_000).to_string();
    let nobody = "01a201dc-78d3-7333-844c-520898157319";
    let body = json!({ "add": [ben, nobody], "remove": [ana], "valid_until": until });
    let answer = owner.post(&format!("{}/members", path(&group)), body).await.good();
    let outcomes: Vec<_> = answer["results"].as_array().unwrap().iter().map(|result| &result["outcome"]).collect();
    assert_eq!(outcomes, [&json!("ok"), &json!("error"), &json!("ok")]);
    let page = members(&owner, &group, "").await;
    assert_eq!(handles(&page), ["ben@example.com"]);
    assert_eq!(
        (&page["items"][0]["valid_until"], &page["items"][0]["added_by"]),
        (&json!(until), &json!("Olivia Owner"))
    );
    let twice = owner.post(&format!("{}/members", path(&group)), json!({ "add": [ana], "remove": [ana] })).await;
    assert_eq!((twice.status, twice.fields()), (422, vec!["remove".to_owned()]));
    assert_eq!(owner.post(&format!("{}/members", path(&group)), json!({})).await.status, 422);
    world.clock.advance(3_600_001);
    let mut owner = owner;
    owner.sign_in("olivia@example.com", crate::support::PASSWORD).await.good();
    assert_eq!(owner.get(&path(&group)).await.good()["members"], 0);
}

async fn member_of_a_group_with_roles_is_given_them(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner, &["groups.manage", "accounts.view"]).await;
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer" })).await.id().await;
    let editor = world.member(&owner, "ed@example.com", json!({ "level": "editor" })).await.id().await;
    let (with_data, plain) = (owner.new_group("Data", &["data"]).await, owner.new_group("Plain", &[]).await);
    let add = |group: &str| format!("{}/members", path(group));
    let refused = clerk.post(&add(&with_data), json!({ "add": [ana] })).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"));
    let answer = clerk.post(&add(&plain), json!({ "add": [ana, editor] })).await.good();
    let codes: Vec<_> = answer["results"].as_array().unwrap().iter().map(|result| result["code"].clone()).collect();
    assert_eq!(codes, [Value::Null, json!("escalation")], "nobody changes an account that holds more");
    owner.post(&add(&with_data), json!({ "add": [ana] })).await.good();
    let out = clerk.post(&add(&with_data), json!({ "remove": [ana] })).await.good();
    assert_eq!(out["results"][0]["code"], "escalation");
}

async fn one_membership_has_an_end_or_goes(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &[]).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let one = format!("{}/members/{ana}", path(&group));
    let put = async |body: Value| send(owner.request(Method::PUT, &one).json(&body)).await;
    let until = world.clock.now().plus(3_600_000).to_string();
    let made = put(json!({ "valid_until": until })).await.good();
    assert_eq!((&made["account"]["id"], &made["valid_until"]), (&json!(ana), &json!(until)));
    assert_eq!(put(json!({})).await.good().get("valid_until"), None);
    assert_eq!(put(json!({ "valid_until": world.clock.now().plus(-1).to_string() })).await.fields(), ["valid_until"]);
    assert_eq!(send(owner.request(Method::DELETE, &one)).await.status, 204);
    assert_eq!(members(&owner, &group, "").await["total"], 0);
    assert_eq!(send(owner.request(Method::DELETE, &one)).await.status, 404, "it is not in it");
    let nobody = format!("{}/members/01a201dc-78d3-7333-844c-520898157319", path(&group));
    assert_eq!(send(owner.request(Method::PUT, &nobody).json(&json!({}))).await.status, 404);
}

async fn members_are_searched_and_paged_by_name(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &[]).await;
    let emails: Vec<String> = (0..7).map(|number| format!("m{number}@example.com")).collect();
    owner.post("/api/v1/invitations", json!({ "emails": emails, "groups": [group] })).await.good();
    for id in [&group, &everyone_id(&owner).await] {
        let all = handles(&members(&owner, id, "q=M").await);
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = members(&owner, id, &format!("q=m&limit=3{cursor}")).await;
            assert_eq!(page["total"], all.len());
            paged.extend(handles(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, all);
        assert!(all.len() >= 7 && all.iter().filter(|handle| emails.contains(handle)).count() == 7);
    }
    assert_eq!(handles(&members(&owner, &group, "q=m3%40").await), ["m3@example.com"]);
    assert_eq!(members(&owner, &group, "kind=service").await["total"], 0);
    for (query, status) in [("limit=0", 422), ("cursor=nonsense", 422), ("kind=robot", 400)] {
        assert_eq!(owner.get(&format!("{}/members?{query}", path(&group))).await.status, status, "{query}");
    }
}

async fn deleted_group_leaves_nothing_behind(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.new_role("Lookers", &["accounts.view"]).await;
    let group = owner.new_group("Interns", &["lookers"]).await;
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer", "groups": [group] })).await;
    let version = owner.get("/api/v1/organization/defaults").await.good()["version"].as_i64().unwrap();
    let defaults = json!({ "groups": [group] });
    owner.change(Method::PUT, "/api/v1/organization/defaults", version, Some(defaults)).await.good();
    let seen = owner.account(&ana.id().await).await["version"].as_i64().unwrap();
    assert_eq!(owner.change(Method::DELETE, &path(&group), 2, None).await.status, 204);
    assert_eq!(owner.get(&path(&group)).await.status, 404);
    assert_eq!(ana.get("/api/v1/accounts").await.status, 403);
    assert_eq!(owner.get("/api/v1/organization/defaults").await.good()["groups"], json!([]));
    assert!(owner.account(&ana.id().await).await["version"].as_i64().unwrap() > seen);
    assert_eq!(owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.good()["members"], 0);
}

async fn groups_of_another_organization_are_not_found(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &[]).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let other = world.other_organization("otto@example.com").await;
    let own = other.new_group("Own", &[]).await;
    for answer in [
        other.get(&path(&group)).await,
        other.get(&format!("{}/members", path(&group))).await,
        change(&other, &group, 2, json!({ "name": "Mine" })).await,
        other.change(Method::DELETE, &path(&group), 2, None).await,
        other.post(&format!("{}/members", path(&group)), json!({ "add": [other.id().await] })).await,
        send(other.request(Method::PUT, &format!("{}/members/{ana}", path(&own))).json(&json!({}))).await,
    ] {
        assert_eq!(answer.status, 404);
    }
}

async fn change_of_members_is_undone(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &[]).await;
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer", "groups": [group] })).await.id().await;
    let ben = world.member(&owner, "ben@example.com", json!({ "level": "viewer" })).await.id().await;
    let clerk = clerk(&world, &owner, &["groups.manage", "accounts.view"]).await;
    let body = json!({ "add": [ben], "remove": [ana] });
    let done = clerk.post(&format!("{}/members", path(&group)), body).await.good();
    let undo = format!("/api/v1/operations/{}/undo", done["operation_id"].as_str().unwrap());
    let undone = clerk.post(&undo, json!({})).await.good();
    assert!(undone["results"].as_array().unwrap().iter().all(|result| result["outcome"] == "ok"));
    assert_eq!(handles(&members(&owner, &group, "").await), ["ana@example.com"]);
}

async fn inviter_names_only_groups_within_their_rights(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let clerk = clerk(&world, &owner, &["accounts.invite", "accounts.view"]).await;
    let (with_data, plain) = (owner.new_group("Data", &["data"]).await, owner.new_group("Plain", &[]).await);
    let invite = |group: &str| json!({ "emails": ["ana@example.com"], "groups": [group] });
    let refused = clerk.post("/api/v1/invitations", invite(&with_data)).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"));
    clerk.post("/api/v1/invitations", invite(&plain)).await.good();
    assert_eq!(handles(&members(&owner, &plain, "").await), ["ana@example.com"]);
}
