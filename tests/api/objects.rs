//! Facts about objects of the product and who has access to each.

mod gifts;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, World, on_both, send};

on_both! {
    object_is_registered_changed_and_forgotten registering_again_overwrites_no_decision wrong_objects_are_named who_may_modify_shares_without_any_permission
    viewer_of_an_object_shares_nothing access_through_a_group_lasts_as_long_as_the_membership access_that_has_ended_is_none
    objects_are_listed_to_those_with_access_alone list_is_searched_and_paged nobody_left_to_modify_makes_an_orphan object_of_another_organization_is_not_found
    deleted_group_takes_its_access_along candidates_are_found_by_those_who_may_share every_change_of_an_object_has_its_row
    accesses_of_an_object_are_limited
}

const SALES: &str = "/api/v1/objects/dashboard/sales-q3";
const ACCESS: &str = "/api/v1/objects/dashboard/sales-q3/access";

/// Registers or changes an object without a version, as a product does.
async fn register(client: &Client, id: &str, body: Value) -> Answer {
    send(client.request(Method::PUT, &format!("/api/v1/objects/dashboard/{id}")).json(&body)).await
}

async fn give(client: &Client, body: Value) -> Answer {
    client.access(Method::PUT, "dashboard/sales-q3", "", Some(body)).await
}

async fn take(client: &Client, query: &str) -> Answer {
    client.access(Method::DELETE, "dashboard/sales-q3", &format!("?{query}"), None).await
}

fn names(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

async fn object_is_registered_changed_and_forgotten(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let types = owner.get("/api/v1/object-types").await.good();
    assert_eq!(types["items"][0], json!({ "key": "dashboard", "label": "Dashboard" }));
    let made = register(&owner, "sales-q3", json!({ "name": "Sales Q3", "restricted": true })).await;
    assert_eq!((made.status, made.body()["version"].clone()), (201, json!(1)));
    let id = owner.id().await;
    let changed = owner.change(Method::PUT, SALES, 1, Some(json!({ "owner": id, "restricted": false }))).await.good();
    assert_eq!(
        (&changed["name"], &changed["owner"]["id"], &changed["restricted"], &changed["version"]),
        (&json!("Sales Q3"), &json!(id), &json!(false), &json!(2))
    );
    let stale = owner.change(Method::PUT, SALES, 1, Some(json!({ "restricted": true }))).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "stale"));
    assert_eq!(owner.get(SALES).await.good(), changed);
    assert_eq!(owner.change(Method::DELETE, SALES, 1, None).await.status, 412);
    assert_eq!(owner.change(Method::DELETE, SALES, 2, None).await.status, 204);
    assert_eq!(owner.get(SALES).await.status, 404);
}

async fn registering_again_overwrites_no_decision(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let told = json!({ "name": "Sales Q3", "restricted": true });
    register(&owner, "sales-q3", told.clone()).await.good();
    assert_eq!(register(&owner, "sales-q3", told.clone()).await.good()["version"], 1, "the same again changes nothing");
    assert_eq!(register(&owner, "sales-q3", json!({ "name": "Sales" })).await.good()["version"], 2);
    owner.change(Method::PUT, SALES, 2, Some(json!({ "restricted": false }))).await.good();
    let again = register(&owner, "sales-q3", told).await;
    assert_eq!((again.status, again.code().as_str()), (428, "version_required"));
    assert_eq!(owner.get(SALES).await.good()["restricted"], false);
}

async fn wrong_objects_are_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let foreign = world.other_organization("otto@example.com").await.id().await;
    for (id, body, field) in [
        ("a", json!({}), "name"),
        ("a", json!({ "name": " " }), "name"),
        ("a", json!({ "name": "A", "colour": 1 }), "colour"),
        ("a", json!({ "name": "A", "owner": "01a201dc-78d3-7333-844c-520898157319" }), "owner"),
        ("a", json!({ "name": "A", "owner": foreign }), "owner"),
        ("a%20b", json!({ "name": "A" }), "external_id"),
        ("a%2Fb", json!({ "name": "A" }), "external_id"),
        (&"x".repeat(201), json!({ "name": "A" }), "external_id"),
    ] {
        let answer = register(&owner, id, body).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{id} {}", answer.text);
    }
    let body = json!({ "name": "A" });
    let unknown = send(owner.request(Method::PUT, "/api/v1/objects/teapot/a").json(&body)).await;
    assert_eq!((unknown.status, unknown.fields()), (422, vec!["type".to_owned()]));
    for (query, field) in [("type=teapot", "type"), ("limit=0", "limit"), ("cursor=zz", "cursor")] {
        assert_eq!(owner.get(&format!("/api/v1/objects?{query}")).await.fields(), [field], "{query}");
    }
    register(&owner, "sales-q3", json!({ "name": "Sales" })).await.good();
    let id = owner.id().await;
    for (body, field) in [
        (json!({ "level": "view" }), "account"),
        (json!({ "level": "view", "account": id, "group": id }), "group"),
        (json!({ "level": "all", "account": id }), "level"),
        (json!({ "level": "view", "account": foreign }), "account"),
        (json!({ "level": "view", "group": id }), "group"),
        (json!({ "level": "view", "account": id, "valid_until": "2020-01-01T00:00:00Z" }), "valid_until"),
    ] {
        let answer = give(&owner, body).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{}", answer.text);
    }
    assert_eq!(take(&owner, "").await.fields(), ["account"]);
    assert_eq!(take(&owner, &format!("account={id}")).await.status, 404);
}

async fn who_may_modify_shares_without_any_permission(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await;
    let (ana_id, ben_id) = (ana.id().await, ben.id().await);
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "owner": ana_id })).await.good();
    assert_eq!(ana.get("/api/v1/session").await.good()["has_objects"], true);
    assert_eq!(ben.get("/api/v1/session").await.good()["has_objects"], false);
    let access = ana.get(ACCESS).await.good();
    assert_eq!((&access["may_share"], &access["object"]["own_access"]), (&json!(true), &json!("modify")));
    let given = give(&ana, json!({ "account": ben_id, "level": "modify" })).await.good();
    assert_eq!((&given["account"]["id"], &given["granted_by"]), (&json!(ben_id), &json!("Some Body")));
    // Ben shares in his turn, restricts it, and takes himself out.
    let everyone = owner.get("/api/v1/groups").await.good()["items"][0]["id"].clone();
    give(&ben, json!({ "group": everyone, "level": "view" })).await.good();
    ben.change(Method::PUT, SALES, 3, Some(json!({ "restricted": true }))).await.good();
    assert_eq!(ben.get(ACCESS).await.good()["items"].as_array().unwrap().len(), 2);
    assert_eq!(take(&ben, &format!("account={ben_id}")).await.status, 204);
    let left = ben.get(SALES).await.good();
    assert_eq!(left["own_access"], "view", "through Everyone");
    assert_eq!(give(&ben, json!({ "account": ben_id, "level": "modify" })).await.status, 403);
}

async fn viewer_of_an_object_shares_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "editor" })).await;
    let id = ana.id().await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    assert_eq!(ana.get(SALES).await.status, 404, "no access, and no word that it is there");
    for body in [json!({ "name": "Mine" }), json!({ "name": "New" })] {
        assert_eq!(register(&ana, "sales-q3", body.clone()).await.code(), "forbidden");
        assert_eq!(register(&ana, "not-there", body).await.code(), "forbidden");
    }
    give(&owner, json!({ "account": id, "level": "view" })).await.good();
    assert_eq!(ana.get(ACCESS).await.good()["may_share"], false);
    assert_eq!(give(&ana, json!({ "account": id, "level": "modify" })).await.code(), "forbidden");
    assert_eq!(take(&ana, &format!("account={id}")).await.code(), "forbidden");
    let candidates = ana.get("/api/v1/objects/dashboard/sales-q3/candidates?q=").await;
    assert_eq!(candidates.code(), "forbidden");
    assert_eq!(ana.change(Method::PUT, SALES, 1, Some(json!({ "restricted": true }))).await.code(), "forbidden");
    assert_eq!(ana.change(Method::DELETE, SALES, 1, None).await.code(), "forbidden");
}

async fn access_through_a_group_lasts_as_long_as_the_membership(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let id = ana.id().await;
    let group = owner.new_group("Sales", &[]).await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "restricted": true })).await.good();
    give(&owner, json!({ "group": group, "level": "modify" })).await.good();
    assert_eq!(ana.get(SALES).await.status, 404);
    let until = world.clock.now().plus(60_000).to_string();
    let join = json!({ "type": "add_group", "group": group, "valid_until": until });
    owner.bulk(&[&id], join).await.good();
    assert_eq!(ana.get(SALES).await.good()["own_access"], "modify");
    world.clock.advance(60_000);
    assert_eq!(ana.get(SALES).await.status, 404);
}

async fn access_that_has_ended_is_none(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let id = ana.id().await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "restricted": true })).await.good();
    let until = world.clock.now().plus(60_000).to_string();
    give(&owner, json!({ "account": id, "level": "modify", "valid_until": until })).await.good();
    assert_eq!(ana.get(ACCESS).await.good()["items"][0]["valid_until"], until);
    world.clock.advance(60_000);
    assert_eq!(ana.get(SALES).await.status, 404);
    assert_eq!(owner.get(ACCESS).await.good()["items"], json!([]));
    assert_eq!(owner.get(SALES).await.good()["accesses"], 0);
    assert_eq!(take(&owner, &format!("account={id}")).await.status, 404);
    give(&owner, json!({ "account": id, "level": "view" })).await.good();
    assert_eq!(ana.get(SALES).await.good()["own_access"], "view", "given anew");
}

async fn objects_are_listed_to_those_with_access_alone(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let id = ana.id().await;
    for name in ["One", "Two", "Three", "Four"] {
        register(&owner, name, json!({ "name": name })).await.good();
    }
    register(&owner, "Own", json!({ "name": "Own", "owner": id })).await.good();
    let group = owner.new_group("Readers", &[]).await;
    owner.bulk(&[&id], json!({ "type": "add_group", "group": group })).await.good();
    for (object, body) in [
        ("Two", json!({ "account": id, "level": "view" })),
        ("Three", json!({ "group": group, "level": "modify" })),
        ("Two", json!({ "group": group, "level": "view" })),
    ] {
        owner.access(Method::PUT, &format!("dashboard/{object}"), "", Some(body)).await.good();
    }
    let page = ana.get("/api/v1/objects").await.good();
    assert_eq!((names(&page), &page["total"]), (vec!["Own".into(), "Three".into(), "Two".into()], &json!(3)));
    let own: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["own_access"].clone()).collect();
    assert_eq!(own, ["modify", "modify", "view"]);
    assert_eq!(owner.get("/api/v1/objects").await.good()["total"], 5);
}

async fn list_is_searched_and_paged(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for number in 0..7 {
        let body = json!({ "name": format!("Board {number}") });
        register(&owner, &format!("X-{number}"), body).await.good();
    }
    let alert = json!({ "name": "Alert" });
    send(owner.request(Method::PUT, "/api/v1/objects/alert/x-0").json(&alert)).await.good();
    assert_eq!(owner.get("/api/v1/objects?type=alert").await.good()["total"], 1);
    assert_eq!(owner.get("/api/v1/objects?q=BOARD").await.good()["total"], 7);
    assert_eq!(owner.get("/api/v1/objects?q=x-0").await.good()["total"], 2, "by the product's id, too");
    assert_eq!(owner.get("/api/v1/objects?q=%25").await.good()["total"], 0);
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = owner.get(&format!("/api/v1/objects?limit=3{cursor}")).await.good();
        found.extend(names(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let expected: Vec<_> =
        ["Alert".to_owned()].into_iter().chain((0..7).map(|number| format!("Board {number}"))).collect();
    assert_eq!(found, expected);
}

async fn nobody_left_to_modify_makes_an_orphan(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let id = ana.id().await;
    let group = owner.new_group("Sales", &[]).await;
    let is_orphan = async || owner.get(SALES).await.good()["is_orphan"] == true;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    assert!(!is_orphan().await, "open to all who hold the permission");
    owner.change(Method::PUT, SALES, 1, Some(json!({ "restricted": true }))).await.good();
    assert!(is_orphan().await);
    give(&owner, json!({ "account": id, "level": "view" })).await.good();
    give(&owner, json!({ "group": group, "level": "modify" })).await.good();
    assert!(is_orphan().await, "a viewer, and a group without members");
    owner.bulk(&[&id], json!({ "type": "add_group", "group": group })).await.good();
    assert!(!is_orphan().await);
    owner.bulk(&[&id], json!({ "type": "deactivate" })).await.good();
    assert!(is_orphan().await);
    assert_eq!(names(&owner.get("/api/v1/objects?orphan=true").await.good()), ["Sales Q3"]);
    owner.change(Method::PUT, SALES, 4, Some(json!({ "owner": owner.id().await }))).await.good();
    assert!(!is_orphan().await);
    assert_eq!(owner.get("/api/v1/objects?orphan=true").await.good()["total"], 0);
}

async fn object_of_another_organization_is_not_found(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let other = world.other_organization("otto@example.com").await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    assert_eq!(other.get(SALES).await.status, 404);
    assert_eq!(other.get(ACCESS).await.status, 404);
    assert_eq!(other.change(Method::DELETE, SALES, 1, None).await.status, 404);
    assert_eq!(other.get("/api/v1/objects").await.good()["total"], 0);
    assert_eq!(register(&other, "sales-q3", json!({ "name": "Theirs" })).await.status, 201, "ids are each one's own");
    assert_eq!(owner.get(SALES).await.good()["name"], "Sales Q3");
}

async fn deleted_group_takes_its_access_along(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Sales", &[]).await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    give(&owner, json!({ "group": group, "level": "modify" })).await.good();
    let path = format!("/api/v1/groups/{group}");
    let version = owner.get(&path).await.good()["version"].as_i64().unwrap();
    assert_eq!(owner.change(Method::DELETE, &path, version, None).await.status, 204);
    assert_eq!(owner.get(ACCESS).await.good()["items"], json!([]));
}

async fn candidates_are_found_by_those_who_may_share(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ann.pending@example.com"] })).await.good();
    owner.new_group("Analysts", &[]).await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "owner": ana.id().await })).await.good();
    let found = ana.get("/api/v1/objects/dashboard/sales-q3/candidates?q=AN").await.good();
    let handles: Vec<_> = found["accounts"].as_array().unwrap().iter().map(|item| item["handle"].clone()).collect();
    assert_eq!(handles, ["ana@example.com"], "active ones alone");
    assert_eq!(found["groups"][0]["name"], "Analysts");
    let all = ana.get("/api/v1/objects/dashboard/sales-q3/candidates").await.good();
    assert_eq!((all["accounts"].as_array().unwrap().len(), all["groups"].as_array().unwrap().len()), (2, 2));
}

async fn every_change_of_an_object_has_its_row(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let id = owner.id().await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    register(&owner, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    owner.change(Method::PUT, SALES, 1, Some(json!({ "restricted": true }))).await.good();
    give(&owner, json!({ "account": id, "level": "view" })).await.good();
    give(&owner, json!({ "account": id, "level": "modify" })).await.good();
    take(&owner, &format!("account={id}")).await;
    owner.change(Method::DELETE, SALES, 5, None).await;
    let mut connection = world.running.app.db.reader().acquire().await.unwrap();
    let rows = sqlx::query("SELECT action, target FROM audit_events WHERE action LIKE 'object.%' ORDER BY seq")
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    let text = |row: &sqlx::any::AnyRow, name: &str| sqlx::Row::get::<String, _>(row, name);
    let actions: Vec<_> = rows.iter().map(|row| text(row, "action")).collect();
    let expected = ["registered", "changed", "access_granted", "access_changed", "access_revoked", "forgotten"]
        .map(|act| format!("object.{act}"));
    assert_eq!(actions, expected);
    assert!(rows.iter().all(|row| text(row, "target") == "dashboard/sales-q3"));
}

async fn accesses_of_an_object_are_limited(database: Database) {
    let world = World::new(database).await;
    server::commands::demo::fill(
        &world.running.app.db,
        &world.running.app.key,
        1_001,
        crate::support::PASSWORD,
        world.clock.now(),
    )
    .await
    .unwrap();
    let mut demo = world.nobody();
    demo.sign_in("owner@demo.example", crate::support::PASSWORD).await.good();
    register(&demo, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    let mut ids = Vec::new();
    let mut cursor = String::new();
    while ids.len() < 1_001 {
        let page = demo.get(&format!("/api/v1/accounts?limit=500{cursor}")).await.good();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
        cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap_or_default());
    }
    let last = ids.pop().unwrap();
    // A thousand requests would prove the same more slowly.
    let mut tx = world.running.app.db.begin().await.unwrap();
    for id in &ids {
        sqlx::query("INSERT INTO object_access (object_id, account_id, level, granted_at) SELECT id, $1, 'view', 1 FROM objects")
            .bind(id.as_str().unwrap().to_owned())
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let refused = give(&demo, json!({ "account": last, "level": "view" })).await;
    assert_eq!((refused.status, refused.fields()), (422, vec!["account".to_owned()]));
    give(&demo, json!({ "account": ids[0], "level": "modify" })).await.good();
}
