//! Facts about ending the sessions of somebody else (F84).

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Client, Database, PASSWORD, World, on_both, send};

on_both! {
    session_of_another_organization_leads_back_with_the_password_alone all_sessions_of_a_person_end_at_once nobody_ends_sessions_beyond_their_rights sessions_in_another_organization_go_on
}

async fn all_sessions_of_a_person_end_at_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let mut elsewhere = world.nobody();
    elsewhere.sign_in("ana@example.com", PASSWORD).await.good();
    let out = owner.post("/api/logout/Ana@Example.com", json!({})).await;
    assert_eq!(out.status, 204, "{}", out.text);
    for client in [&ana, &elsewhere] {
        assert_eq!(client.get("/api/v1/session").await.status, 401);
    }
    assert_eq!(owner.get("/api/v1/session").await.status, 200);
    assert_eq!(elsewhere.sign_in("ana@example.com", PASSWORD).await.status, 200, "she may come back");
    assert_eq!(owner.post("/api/logout/nobody@example.com", json!({})).await.status, 404);
    assert_eq!(owner.post("/api/logout/nonsense", json!({})).await.status, 404);
}

async fn nobody_ends_sessions_beyond_their_rights(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let viewer = world.member(&owner, "viewer@example.com", json!({ "level": "viewer" })).await;
    assert_eq!(viewer.post("/api/logout/olivia@example.com", json!({})).await.code(), "forbidden");
    let admin = world.member(&owner, "admin@example.com", json!({ "level": "admin" })).await;
    let refused = admin.post("/api/logout/olivia@example.com", json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"));
    assert_eq!(owner.get("/api/v1/session").await.status, 200);
    assert_eq!(admin.post("/api/logout/viewer@example.com", json!({})).await.status, 204);
    assert_eq!(viewer.get("/api/v1/session").await.status, 401);
}

async fn sessions_in_another_organization_go_on(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let otto = world.other_organization("otto@example.com").await;
    assert_eq!(owner.post("/api/logout/otto@example.com", json!({})).await.status, 404);
    assert_eq!(otto.get("/api/v1/session").await.status, 200);
}

async fn session_of_another_organization_leads_back_with_the_password_alone(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut otto = world.other_organization("otto@example.com").await;
    let mut earlier = world.nobody();
    earlier.sign_in("otto@example.com", PASSWORD).await.good();
    let invited = owner.post("/api/v1/invitations", json!({ "emails": ["otto@example.com"] })).await.good();
    let link = invited["results"][0]["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap();
    let joined = otto.post("/api/v1/invitations/accept", json!({ "token": token })).await;
    otto.take_session(&joined);
    let acme = joined.good()["organization"]["id"].clone();
    let enter = async |client: &Client| -> Answer {
        let request = client.request(Method::PUT, "/api/v1/session/organization");
        send(request.json(&json!({ "organization_id": acme }))).await
    };
    world.clock.advance(1_000);
    assert_eq!(owner.post("/api/logout/otto@example.com", json!({})).await.status, 204);
    assert_eq!(otto.get("/api/v1/session").await.status, 401);
    assert_eq!(earlier.get("/api/v1/session").await.good()["organization"]["name"], "Other", "that one goes on");
    let refused = enter(&earlier).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "confirmation_required"));
    world.clock.advance(1_000);
    let proved = earlier.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await;
    assert_eq!(proved.status, 204, "{}", proved.text);
    earlier.take_session(&proved);
    assert_eq!(enter(&earlier).await.good()["organization"]["name"], "Acme");
}
