//! Facts about rotation: the successor works at once, the old one for as long as was chosen.

use reqwest::Method;
use serde_json::{Value, json};

use super::{generate, path, tokens_of};
use crate::support::{Database, Program, World, on_both, send};

on_both! { token_makes_no_sibling_that_reaches_further old_and_new_work_side_by_side_until_the_overlap_ends overlap_of_nothing_ends_it_at_once ended_and_rotated_tokens_have_no_successor people_rotate_their_own_as_long_as_they_may_have_some }

/// What one token of an account lacks, it does not get by another of the same account.
async fn token_makes_no_sibling_that_reaches_further(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let holds = json!({ "permissions": ["service_accounts.manage", "accounts.view", "tokens.manage_all"] });
    let (account, whole) = world.service(&owner, "ci", holds).await;
    let tokens = tokens_of(&account);
    let make = async |new: Value| generate(&world, &owner, &tokens, new).await;
    let scopes = json!(["service_accounts.manage"]);
    let (narrow_token, narrow) = make(json!({ "name": "narrow", "scopes": scopes, "networks": ["127.0.0.0/8"] })).await;
    let (wide, _) = make(json!({ "name": "wide", "networks": ["127.0.0.0/8"] })).await;
    let (elsewhere, _) = make(json!({ "name": "elsewhere", "scopes": scopes })).await;
    let (acting, _) =
        make(json!({ "name": "acting", "scopes": scopes, "networks": ["127.0.0.1"], "on_behalf": true })).await;
    let (fitting, _) = make(json!({ "name": "fitting", "scopes": scopes, "networks": ["127.0.0.1"] })).await;
    let rotate =
        async |token: &Value| narrow.post(&[&path(token), "/rotate"].concat(), json!({ "overlap_hours": 0 })).await;
    assert_eq!(rotate(&wide).await.code(), "escalation", "its scopes");
    assert_eq!(rotate(&elsewhere).await.fields(), ["networks"]);
    assert_eq!(rotate(&acting).await.fields(), ["on_behalf"]);
    for token in [&wide, &elsewhere, &acting] {
        let left = owner.get(&path(token)).await.good();
        assert!(left["replaced_by"].is_null() && left["ends_at"].is_null(), "{left}");
    }
    assert_eq!(rotate(&fitting).await.status, 201);
    assert_eq!(rotate(&narrow_token).await.status, 201, "and its own successor it makes");
    let (_, bound) = make(json!({ "name": "bound", "networks": ["127.0.0.0/8"] })).await;
    let by = async |new: Value| bound.post(&tokens, new).await;
    assert_eq!(by(json!({ "name": "free" })).await.fields(), ["networks"]);
    assert_eq!(by(json!({ "name": "near", "networks": ["127.0.0.1"] })).await.status, 201);
    assert_eq!(
        whole.post(&tokens, json!({ "name": "free" })).await.status,
        201,
        "one without limits makes one without"
    );
}

async fn old_and_new_work_side_by_side_until_the_overlap_ends(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({ "permissions": ["accounts.view"] })).await;
    let end = world.clock.now().plus(90 * domain::time::DAY_MS).to_string();
    let new = json!({ "name": "proxy", "scopes": ["accounts.view"], "networks": ["127.0.0.1"], "expires_at": end });
    let (token, old) = generate(&world, &owner, &tokens_of(&account), new).await;
    let rotated = owner.post(&format!("{}/rotate", path(&token)), json!({ "overlap_hours": 2 })).await;
    assert_eq!(rotated.status, 201, "{}", rotated.text);
    let rotated = rotated.body();
    let successor = &rotated["minted"]["token"];
    let new = Program::new(&world.base(), rotated["minted"]["secret"].as_str().unwrap());
    for field in ["name", "scopes", "networks"] {
        assert_eq!(successor[field], token[field], "{field}");
    }
    assert_eq!(rotated["before"]["replaced_by"], successor["id"]);
    for program in [&old, &new] {
        assert_eq!(program.get("/api/v1/me").await.status, 200);
    }
    world.clock.advance(2 * domain::time::HOUR_MS);
    assert_eq!(old.get("/api/v1/me").await.code(), "invalid_token", "it ends by itself");
    assert_eq!(new.get("/api/v1/me").await.status, 200);
}

async fn overlap_of_nothing_ends_it_at_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let (token, old) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "proxy" })).await;
    assert_eq!(old.get("/api/v1/me").await.status, 200);
    let at = format!("{}/rotate", path(&token));
    assert_eq!(owner.post(&at, json!({ "overlap_hours": 721 })).await.fields(), ["overlap_hours"]);
    owner.post(&at, json!({ "overlap_hours": 0 })).await.good();
    assert_eq!(old.get("/api/v1/me").await.code(), "invalid_token");
}

async fn ended_and_rotated_tokens_have_no_successor(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let (token, _) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "proxy" })).await;
    let at = format!("{}/rotate", path(&token));
    owner.post(&at, json!({ "overlap_hours": 1 })).await.good();
    assert_eq!(owner.post(&at, json!({})).await.body()["errors"][0]["code"], "rotated");
    let (token, _) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "gone" })).await;
    send(owner.request(Method::DELETE, &path(&token))).await;
    let refused = owner.post(&format!("{}/rotate", path(&token)), json!({})).await;
    assert_eq!(refused.body()["errors"][0]["code"], "ended");
}

async fn people_rotate_their_own_as_long_as_they_may_have_some(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let (token, program) = generate(&world, &ana, "/api/v1/me/tokens", json!({ "name": "laptop" })).await;
    let at = format!("{}/rotate", path(&token));
    assert_eq!(owner.post(&at, json!({})).await.status, 404, "nobody gets a person's secret");
    assert_eq!(program.post(&at, json!({})).await.code(), "session_required");
    let rotated = ana.post(&at, json!({})).await.good();
    let successor = rotated["minted"]["token"].clone();
    let version = owner.get("/api/v1/organization").await.good()["version"].as_i64().unwrap();
    let off = json!({ "tokens": { "user_tokens": false } });
    owner.change(Method::PATCH, "/api/v1/organization", version, Some(off)).await.good();
    let refused = ana.post(&format!("{}/rotate", path(&successor)), json!({})).await;
    assert_eq!((refused.status, &refused.body()["errors"][0]["code"]), (422, &json!("not_allowed")));
}
