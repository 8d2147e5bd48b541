//! Facts about what one account holds, and why.

use serde_json::{Value, json};

use crate::support::{Client, Database, World, on_both};

on_both! {
    everything_given_is_listed_with_who_gave_it every_permission_names_its_paths account_that_is_not_active_says_why_and_what_it_would_hold
    account_of_another_organization_is_not_found what_has_ended_is_listed_and_gives_nothing
    who_gives_chooses_from_the_lists_without_seeing_accounts
}

fn held(view: &Value, list: &str) -> Vec<String> {
    view[list].as_array().unwrap().iter().map(|held| held["key"].as_str().unwrap().to_owned()).collect()
}

fn paths(view: &Value, key: &str) -> Vec<Value> {
    let held = view["permissions"].as_array().unwrap().iter().find(|held| held["key"] == key);
    held.map(|held| held["paths"].as_array().unwrap().clone()).unwrap_or_default()
}

async fn everything_given_is_listed_with_who_gave_it(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "roles": ["trending"], "permissions": ["runs"] });
    let ana = world.member(&owner, "ana@example.com", gifts).await.id().await;
    let group = owner.new_group("On call", &["alerts", "data"]).await;
    owner.bulk(&[&ana], json!({ "type": "add_group", "group": group })).await.good();
    owner.bulk(&[&ana], json!({ "type": "add_role", "role": "alerts" })).await.good();
    let view = owner.get(&format!("/api/v1/accounts/{ana}/permissions")).await.good();
    assert_eq!(view["level"], json!({ "key": "viewer", "name": "Viewer" }));
    let grants: Vec<_> = view["grants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grant| {
            let what = grant["role"]["name"].as_str().or(grant["permission"].as_str()).unwrap().to_owned();
            (
                what,
                grant["source"].as_str().unwrap().to_owned(),
                grant["granted_by"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let line = |what: &str, source: &str| (what.to_owned(), source.to_owned(), "Olivia Owner".to_owned());
    assert_eq!(grants, [line("Alerts", "manual"), line("Trending", "invitation"), line("runs", "invitation")]);
    let memberships: Vec<_> = view["memberships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| {
            (member["group"]["name"].clone(), member["is_everyone"].clone(), member["roles"].as_array().unwrap().len())
        })
        .collect();
    assert_eq!(memberships, [(json!("Everyone"), json!(true), 0), (json!("On call"), json!(false), 2)]);
    assert!(view["nothing_because"].is_null() && view["permissions_when_active"] == json!([]));
}

async fn every_permission_names_its_paths(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["alerts"] })).await.id().await;
    let group = owner.new_group("On call", &["alerts"]).await;
    let until = world.clock.now().plus(60_000).to_string();
    owner.bulk(&[&ana], json!({ "type": "add_group", "group": group, "valid_until": until })).await.good();
    let view = owner.get(&format!("/api/v1/accounts/{ana}/permissions")).await.good();
    let role = json!({ "type": "role", "key": "alerts", "name": "Alerts" });
    assert_eq!(
        paths(&view, "alerts"),
        [
            json!({ "steps": [role] }),
            json!({ "steps": [{ "type": "group", "id": group, "name": "On call" }, role], "until": until })
        ]
    );
    assert_eq!(paths(&view, "alerts.view"), [json!({ "steps": [{ "type": "baseline" }] })]);
    let catalogue = owner.get("/api/v1/permissions").await.good();
    let order: Vec<_> = catalogue["items"].as_array().unwrap().iter().map(|entry| entry["key"].clone()).collect();
    let places: Vec<_> =
        held(&view, "permissions").iter().map(|key| order.iter().position(|known| known == key)).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some));
}

async fn account_that_is_not_active_says_why_and_what_it_would_hold(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["alerts"] })).await.id().await;
    let path = format!("/api/v1/accounts/{ana}/permissions");
    let before = held(&owner.get(&path).await.good(), "permissions");
    owner.bulk(&[&ana], json!({ "type": "deactivate" })).await.good();
    let view = owner.get(&path).await.good();
    assert_eq!((view["nothing_because"].as_str(), held(&view, "permissions").len()), (Some("Deactivated"), 0));
    assert_eq!(held(&view, "permissions_when_active"), before);
    let invited =
        owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com"], "roles": ["data"] })).await.good();
    let ben = invited["results"][0]["account_id"].as_str().unwrap().to_owned();
    let view = owner.get(&format!("/api/v1/accounts/{ben}/permissions")).await.good();
    assert_eq!(view["nothing_because"], "Pending invitation");
    assert!(held(&view, "permissions_when_active").contains(&"data".to_owned()));
}

async fn what_has_ended_is_listed_and_gives_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let until = world.clock.now().plus(60_000).to_string();
    let grant = json!({ "type": "add_permission", "permission": "alerts", "valid_until": until });
    owner.bulk(&[&ana], grant).await.good();
    world.clock.advance(60_000);
    let view = owner.get(&format!("/api/v1/accounts/{ana}/permissions")).await.good();
    assert_eq!((view["grants"][0]["valid_until"].as_str(), paths(&view, "alerts").len()), (Some(until.as_str()), 0));
}

async fn account_of_another_organization_is_not_found(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let other = world.other_organization("otto@example.com").await;
    let path = format!("/api/v1/accounts/{}/permissions", owner.id().await);
    assert_eq!(other.get(&path).await.status, 404);
    assert_eq!(owner.get("/api/v1/accounts/nonsense/permissions").await.status, 404);
}

async fn who_gives_chooses_from_the_lists_without_seeing_accounts(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Interns", &["alerts"]).await;
    let status = async |client: &Client, path: &str| client.get(&format!("/api/v1/{path}")).await.status;
    let nothing = world.member(&owner, "viewer@example.com", json!({ "level": "viewer" })).await;
    for permission in [
        "accounts.invite",
        "accounts.manage",
        "service_accounts.manage",
        "groups.manage",
        "roles.manage",
        "settings.manage",
    ] {
        let gifts = json!({ "level": "viewer", "permissions": [permission] });
        let email = format!("{}@example.com", permission.replace('.', "-"));
        let holder = world.member(&owner, &email, gifts).await;
        for list in ["permissions", "roles", "groups"] {
            assert_eq!(status(&holder, list).await, 200, "{permission} {list}");
            assert_eq!(status(&nothing, list).await, 403, "{list}");
        }
        for who in ["accounts".to_owned(), format!("groups/{group}/members")] {
            assert_eq!(status(&holder, &who).await, 403, "{permission} {who}");
        }
    }
}
