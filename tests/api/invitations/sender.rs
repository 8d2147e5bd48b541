//! Facts about what a sender may give, and about senders who have lost their rights since (I7, I12).

use reqwest::Method;
use serde_json::{Value, json};

use super::{account, act, invite, inviter, outcomes, patch, preview};
use crate::support::{Client, Database, PASSWORD, World, on_both};

on_both! {
    inviter_gives_only_what_they_hold sender_who_lost_the_right_invites_nobody what_the_sender_lost_is_not_granted
    level_stands_with_whoever_gave_it
}

async fn inviter_gives_only_what_they_hold(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let inviter = inviter(&world, &owner).await;
    let with = async |gifts: Value| {
        let mut body = json!({ "emails": ["x@example.com"] });
        body.as_object_mut().unwrap().extend(gifts.as_object().unwrap().clone());
        let answer = inviter.post("/api/v1/invitations", body).await;
        (answer.status, answer.code())
    };
    let refused = (403, "escalation".to_owned());
    for gifts in [
        json!({ "level": "admin" }),
        json!({ "level": "editor" }),
        json!({ "roles": ["owner"] }),
        json!({ "roles": ["alerts"] }),
        json!({ "permissions": ["accounts.manage"] }),
    ] {
        assert_eq!(with(gifts.clone()).await, refused, "{gifts}");
    }
    assert_eq!(account(&owner, "x@example.com").await, Value::Null, "nothing was made");
    assert_eq!(with(json!({ "level": "viewer", "permissions": ["accounts.view"] })).await.0, 200);
    owner.post("/api/v1/invitations", json!({ "emails": ["boss@example.com"], "level": "admin" })).await.good();
    let boss = account(&inviter, "boss@example.com").await;
    for (method, path) in [(Method::POST, "/resend"), (Method::POST, "/link"), (Method::DELETE, "")] {
        let answer = act(&inviter, method, &boss, path).await;
        assert_eq!((answer.status, answer.code()), refused, "{path}");
    }
    assert_eq!(outcomes(&invite(&inviter, &["boss@example.com"]).await), ["forbidden"]);
    let admin = world.member(&owner, "admin@example.com", json!({ "level": "admin" })).await;
    let owner_role =
        admin.post("/api/v1/invitations", json!({ "emails": ["y@example.com"], "roles": ["owner"] })).await;
    assert_eq!(
        (owner_role.status, owner_role.code()),
        refused,
        "even an admin who holds each permission by itself makes no Owner"
    );
}

async fn sender_who_lost_the_right_invites_nobody(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let inviter = inviter(&world, &owner).await;
    let link = invite(&inviter, &["late@example.com"]).await["results"][0]["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap();
    patch(&owner, &inviter.id().await, json!({ "status": "deactivated" })).await.good();
    assert_eq!(preview(&world.nobody(), token).await["state"], "withdrawn");
    let refused = world
        .nobody()
        .post("/api/v1/invitations/accept", json!({ "token": token, "display_name": "Late", "password": PASSWORD }))
        .await;
    assert_eq!(refused.status, 410);
}

async fn what_the_sender_lost_is_not_granted(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let admin = world
        .member(&owner, "admin@example.com", json!({ "level": "admin", "permissions": ["accounts.invite", "alerts"] }))
        .await;
    let gifts =
        json!({ "emails": ["late@example.com"], "level": "admin", "roles": ["data"], "permissions": ["alerts"] });
    let link = admin.post("/api/v1/invitations", gifts).await.good()["results"][0]["link"].as_str().unwrap().to_owned();
    patch(&owner, &admin.id().await, json!({ "level": "viewer" })).await.good();
    let late = world.accept(link.split('#').nth(1).unwrap(), "Late").await;
    let me = late.get("/api/v1/me").await.good();
    assert_eq!(
        (&me["account"]["level"]["key"], &me["account"]["roles"], &me["account"]["permissions"]),
        (&json!("viewer"), &json!([]), &json!(["alerts"]))
    );
}

async fn level_stands_with_whoever_gave_it(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let sender = inviter(&world, &owner).await;
    let admin = world.member(&owner, "admin@example.com", json!({ "level": "admin" })).await;
    let level = async |client: &Client| client.get("/api/v1/session").await.good()["account"]["level"].clone();
    let link = async |client: &Client, email: &str| {
        let answer = invite(client, &[email]).await;
        answer["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned()
    };
    let raise = async |client: &Client, email: &str| {
        let id = account(&owner, email).await["id"].as_str().unwrap().to_owned();
        patch(client, &id, json!({ "level": "admin" })).await.good();
    };
    let vouched = link(&sender, "vouched@example.com").await;
    link(&sender, "lost@example.com").await;
    raise(&admin, "lost@example.com").await;
    raise(&admin, "vouched@example.com").await;
    let lost = link(&admin, "lost@example.com").await;
    let resent = link(&owner, "vouched@example.com").await;
    patch(&owner, &admin.id().await, json!({ "level": "viewer", })).await.good();
    patch(&owner, &admin.id().await, json!({ "valid_until": null })).await.good();
    let permission = json!({ "type": "add_permission", "permission": "accounts.invite" });
    owner.bulk(&[&admin.id().await], permission).await.good();
    assert_eq!(level(&world.accept(&lost, "Lost").await).await, "viewer", "its giver lost it meanwhile");
    assert_ne!(resent, vouched);
    assert_eq!(level(&world.accept(&resent, "Vouched").await).await, "admin", "who sends it again stands for it");
}
