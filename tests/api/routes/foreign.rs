//! What belongs to another organization is not found, be it named in the address or in the body (S19).

use reqwest::Method;
use serde_json::{Value, json};
use server::http::route;

use super::things::Things;
use crate::support::{Answer, Client, Database, World, on_both, send};

on_both! { administrator_of_another_organization_finds_nothing foreign_ids_in_bodies_are_nothing }

async fn ask(client: &Client, method: Method, path: &str, body: &Value) -> Answer {
    send(client.request(method, path).header("if-match", "1").json(body)).await
}

/// Asks every route that names a thing, about one that is there, as the Owner of another organization.
async fn administrator_of_another_organization_finds_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let things = Things::new(&owner).await;
    let other = world.other_organization("otto@example.com").await;
    let before = things.look(&owner).await;
    let mut asked = 0;
    for route in route::all().iter().filter(|route| route.path.contains('{')) {
        let path = things.path(route);
        if (route.method.as_str(), route.path) == ("PUT", "/api/v1/objects/{type}/{external_id}") {
            // The address is free there: whoever manages objects may register one of their own.
            let body = json!({ "name": "Own", "owner": things.member });
            let answer = ask(&other, Method::PUT, &path, &body).await;
            assert_eq!((answer.status, answer.fields()), (422, vec!["owner".to_owned()]), "{}", answer.text);
            continue;
        }
        let answer = ask(&other, route.method.clone(), &path, &things.body(route)).await;
        assert_eq!(answer.status, 404, "{} {path} {}", route.method, answer.text);
        asked += 1;
    }
    assert!(asked >= 20, "{asked}");
    assert_eq!(things.look(&owner).await, before, "and nothing came of it");
}

/// Routes whose address is one's own, with ids of another organization in the body.
async fn foreign_ids_in_bodies_are_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let things = Things::new(&owner).await;
    let other = world.other_organization("otto@example.com").await;
    let own = Things::new(&other).await;
    let before = (things.look(&owner).await, own.look(&other).await);
    let bulk = |ids: Vec<&String>, action: Value| json!({ "ids": ids, "action": action });
    let deactivate = json!({ "type": "deactivate" });
    let add = json!({ "type": "add_group", "group": things.group });
    let members = format!("/api/v1/groups/{}/members", own.group);
    let access = format!("/api/v1/objects/{}/{}/access", own.object_type, own.object);
    let Things { member, group, role, .. } = &things;
    let object = json!({ "type": things.object_type, "external_id": "elsewhere" });
    let cases = [
        (Method::POST, "/api/v1/accounts/bulk", bulk(vec![member], deactivate.clone()), "not_found"),
        (Method::POST, "/api/v1/accounts/bulk", bulk(vec![&own.member], add.clone()), "group"),
        (Method::POST, "/api/v1/invitations", json!({ "emails": ["new@example.com"], "groups": [group] }), "groups"),
        (Method::POST, "/api/v1/previews", json!({ "role": role, "role_change": { "permissions": [] } }), "404"),
        (Method::POST, "/api/v1/previews", json!({ "role": role, "role_removal": {} }), "404"),
        (Method::POST, "/api/v1/previews", json!({ "group": group, "group_change": { "roles": [] } }), "404"),
        (Method::POST, "/api/v1/previews", json!({ "group": group, "group_removal": true }), "404"),
        (Method::POST, "/api/v1/previews", json!({ "group": group, "members": { "add": [own.member] } }), "404"),
        (Method::POST, "/api/v1/previews", json!({ "group": own.group, "members": { "add": [member] } }), "nobody"),
        (Method::POST, "/api/v1/previews", json!({ "bulk": bulk(vec![member], deactivate) }), "nobody"),
        (Method::POST, "/api/v1/previews", json!({ "bulk": bulk(vec![&own.member], add) }), "group"),
        (Method::POST, "/api/v1/previews", json!({ "defaults": { "groups": [group] } }), "groups"),
        (Method::POST, "/api/v1/check", json!({ "permission": "alerts", "account": member }), "unknown_account"),
        (Method::POST, "/api/v1/check", json!({ "permission": "alerts", "object": object }), "unknown_object"),
        (Method::PUT, "/api/v1/organization/defaults", json!({ "groups": [group] }), "groups"),
        (Method::POST, &members, json!({ "add": [member] }), "not_found"),
        (Method::POST, &members, json!({ "remove": [member] }), "not_found"),
        (Method::PUT, &format!("{members}/{member}"), json!({}), "404"),
        (Method::DELETE, &format!("{members}/{member}"), json!({}), "404"),
        (Method::PUT, &access, json!({ "account": member, "level": "view" }), "account"),
        (Method::PUT, &access, json!({ "group": group, "level": "view" }), "group"),
        (Method::DELETE, &format!("{access}?account={member}"), json!({}), "404"),
        (Method::DELETE, &format!("{access}?group={group}"), json!({}), "404"),
    ];
    // An object of this name is there, in the other organization alone.
    send(
        owner
            .request(Method::PUT, &format!("/api/v1/objects/{}/elsewhere", things.object_type))
            .json(&json!({ "name": "Elsewhere" })),
    )
    .await
    .good();
    for (method, path, body, expected) in cases {
        // Of the object, since the access that it was given; the organization itself was never changed.
        let version = if path.starts_with(&access) { 2 } else { 1 };
        let answer = other.change(method.clone(), path, version, Some(body.clone())).await;
        assert_eq!(told(&answer), expected, "{method} {path} {body} {}", answer.text);
    }
    let organization = owner.get("/api/v1/session").await.good()["organization"]["id"].clone();
    let switched =
        ask(&other, Method::PUT, "/api/v1/session/organization", &json!({ "organization_id": organization })).await;
    assert_eq!(switched.status, 404);
    assert_eq!((things.look(&owner).await, own.look(&other).await), before, "and nothing came of it");
}

/// How an answer says that there is nothing: its status, the field, the result, the reason, or that nobody gains or loses.
fn told(answer: &Answer) -> String {
    let body = answer.body();
    let of = |value: &Value| value.as_str().map(str::to_owned);
    match answer.status {
        404 => "404".to_owned(),
        422 => answer.fields().join(" "),
        _ => of(&body["results"][0]["code"])
            .or_else(|| of(&body["reason"]))
            .or_else(|| (body["gains"] == json!([]) && body["losses"] == json!([])).then(|| "nobody".to_owned()))
            .unwrap_or_default(),
    }
}
