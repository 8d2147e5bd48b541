//! Facts about what comes of an invitation, told before it is sent.

use std::collections::BTreeSet;

use domain::new_accounts::{Additions, NewAccountView};
use domain::permissions::Catalogue;
use domain::roles::{Role, RoleDefinition};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{Client, Database, World, on_both};

on_both! { outlook_is_what_the_invited_hold_after_acceptance new_account_is_told_to_inviters_alone }

const PATH: &str = "/api/v1/organization/new-account";

async fn items<T: DeserializeOwned>(client: &Client, path: &str) -> Vec<T> {
    serde_json::from_value(client.get(path).await.good()["items"].clone()).unwrap()
}

fn definition(role: Role) -> RoleDefinition {
    let Role { key, name, description, permissions, level_rank, .. } = role;
    RoleDefinition { key, name, description, permissions, level_rank }
}

async fn outlook_is_what_the_invited_hold_after_acceptance(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let newcomers = owner.new_group("Newcomers", &["data"]).await;
    let groups: Vec<Value> = items(&owner, "/api/v1/groups?q=everyone").await;
    let everyone = format!("/api/v1/groups/{}", groups[0]["id"].as_str().unwrap());
    owner.change(Method::PATCH, &everyone, 1, Some(json!({ "roles": ["trending"] }))).await.good();
    let defaults = json!({ "groups": [newcomers], "permissions": ["runs"] });
    owner.change(Method::PUT, "/api/v1/organization/defaults", 1, Some(defaults)).await.good();

    let view: NewAccountView = serde_json::from_value(owner.get(PATH).await.good()).unwrap();
    let told = view.groups.iter().map(|membership| (membership.group.name.as_str(), membership.roles[0].key.as_str()));
    assert!(told.eq([("Everyone", "trending"), ("Newcomers", "data")]));
    let roles = items(&owner, "/api/v1/roles").await.into_iter().map(definition).collect();
    let book = view.book(roles, Catalogue(items(&owner, "/api/v1/permissions").await));
    let additions = Additions {
        kind: domain::accounts::AccountKind::User,
        level: Some("viewer".to_owned()),
        groups: Vec::new(),
        roles: vec!["alerts".to_owned()],
        permissions: vec!["reports".to_owned()],
    };
    let outlook = view.outlook(&additions, &book);
    let foreseen: BTreeSet<&str> = outlook.keys().collect();

    let gifts = json!({ "level": "viewer", "roles": ["alerts"], "permissions": ["reports"] });
    let ana = world.member(&owner, "ana@example.com", gifts).await;
    let session = ana.get("/api/v1/session").await.good();
    let held: BTreeSet<&str> = session["permissions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(foreseen, held);
    assert!(["alerts", "reports", "runs", "data", "trending", "dashboards.view"].iter().all(|key| held.contains(key)));
}

async fn new_account_is_told_to_inviters_alone(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let viewer = world.member(&owner, "vera@example.com", json!({ "level": "viewer" })).await;
    assert_eq!((viewer.get(PATH).await.status, viewer.get(PATH).await.code().as_str()), (403, "forbidden"));
    let host = world.member(&owner, "hugo@example.com", json!({ "permissions": ["accounts.invite"] })).await;
    assert_eq!(host.get(PATH).await.good()["groups"][0]["is_everyone"], true);
}
