//! Facts about the link of an invitation: looking, accepting, declining, asking for a new one.

use reqwest::Method;
use serde_json::{Value, json};

use super::{account, invite, outcomes, preview};
use crate::support::{Client, Database, PASSWORD, World, WorldOptions, on_both, send};

on_both! {
    looking_uses_nothing_up declined_invitation_is_over link_expires_a_day_after_the_mail_left
    parallel_acceptances_make_one_account new_link_is_asked_of_the_sender_once_an_hour
    person_of_another_organization_joins_with_their_password signed_in_person_joins_and_someone_else_does_not
    malformed_tokens_are_not_found nobody_learns_by_a_link_who_is_known_here
    mails_of_another_organization_are_not_told
}

async fn looking_uses_nothing_up(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    invite(&owner, &["ana@example.com"]).await;
    let token = world.mailbox.as_ref().unwrap().token("ana@example.com").await;
    let before = account(&owner, "ana@example.com").await;
    for _ in 0..3 {
        let seen = preview(&world.nobody(), &token).await;
        assert_eq!(
            (&seen["state"], &seen["viewer"], &seen["organization"], &seen["invited_by"], &seen["level"]),
            (&json!("open"), &json!("not_signed_in"), &json!("Acme"), &json!("Olivia Owner"), &json!("Viewer"))
        );
    }
    assert_eq!(account(&owner, "ana@example.com").await["version"], before["version"]);
}

async fn declined_invitation_is_over(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    invite(&owner, &["ben@example.com"]).await;
    let token = world.mailbox.as_ref().unwrap().token("ben@example.com").await;
    let decline = json!({ "token": token });
    assert_eq!(world.nobody().post("/api/v1/invitations/decline", decline.clone()).await.status, 204);
    assert_eq!(world.nobody().post("/api/v1/invitations/decline", decline).await.status, 410);
    assert_eq!(preview(&world.nobody(), &token).await["state"], "declined");
    assert_eq!(account(&owner, "ben@example.com").await["invitation"]["outcome"], "declined");
    assert_eq!(outcomes(&invite(&owner, &["ben@example.com"]).await), ["invited"], "they can be invited again");
}

/// The account once its mail has left.
async fn sent(owner: &Client, email: &str) -> Value {
    crate::support::eventually("the mail's state", async || {
        Some(account(owner, email).await).filter(|account| account["invitation"]["delivery"] == "sent")
    })
    .await
}

async fn link_expires_a_day_after_the_mail_left(database: Database) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let world = World::with_mail(database).await;
    let mut owner = world.owner().await;
    invite(&owner, &["ana@example.com"]).await;
    let token = world.mailbox.as_ref().unwrap().token("ana@example.com").await;
    let pending = sent(&owner, "ana@example.com").await;
    let at = |name: &str| pending["invitation"][name].as_str().unwrap().parse::<domain::Timestamp>().unwrap();
    assert_eq!(at("expires_at").since(at("sent_at")), DAY_MS);
    world.clock.advance(DAY_MS - 60_000);
    assert_eq!(preview(&world.nobody(), &token).await["state"], "open");
    world.clock.advance(60_000);
    assert_eq!(preview(&world.nobody(), &token).await["state"], "expired");
    let refused = world
        .nobody()
        .post("/api/v1/invitations/accept", json!({ "token": token, "display_name": "Ana", "password": PASSWORD }))
        .await;
    assert_eq!(refused.status, 410);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_eq!(owner.get("/api/v1/accounts?status=invitation_expired").await.good()["total"], 1);
}

async fn parallel_acceptances_make_one_account(database: Database) {
    let options = WorldOptions { is_behind_proxy: true, ..WorldOptions::default() };
    let world = World::with(database, options).await;
    let owner = world.owner().await;
    let link = invite(&owner, &["ana@example.com"]).await["results"][0]["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap().to_owned();
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            let (client, body) = (
                world.nobody(),
                json!({ "token": token, "display_name": format!("Ana {number}"), "password": PASSWORD }),
            );
            tokio::spawn(async move { client.post_from(number, "/api/v1/invitations/accept", body).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 401, 410, 422, 429].contains(status)), "{statuses:?}");
    assert_eq!(owner.get("/api/v1/accounts").await.good()["total"], 2);
}

async fn new_link_is_asked_of_the_sender_once_an_hour(database: Database) {
    const HOUR_MS: i64 = 60 * 60 * 1_000;
    let world = World::with_mail(database).await;
    let mut owner = world.owner().await;
    invite(&owner, &["ana@example.com"]).await;
    let mailbox = world.mailbox.as_ref().unwrap();
    let token = mailbox.token("ana@example.com").await;
    let ask = async || world.nobody().post("/api/v1/invitations/request-link", json!({ "token": token })).await.status;
    assert_eq!(ask().await, 410, "an open link needs no new one");
    sent(&owner, "ana@example.com").await;
    world.clock.advance(25 * HOUR_MS);
    assert_eq!((ask().await, ask().await), (202, 202));
    let mails = mailbox.wait("olivia@example.com", 1).await;
    assert_eq!(mails[0]["subject"], "ana@example.com asks for a new invitation link");
    assert_eq!(preview(&world.nobody(), &token).await["link_requested"], true);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert!(account(&owner, "ana@example.com").await["invitation"]["link_requested_at"].is_string());
    invite(&owner, &["ben@example.com"]).await;
    let asked = owner.get("/api/v1/accounts?invitation=asked&counts=filtered").await.good();
    assert_eq!((&asked["total"], &asked["items"][0]["email"]), (&json!(1), &json!("ana@example.com")));
    assert!(mails[0].to_string().contains("/accounts/invitations?invitation=asked"), "{}", mails[0]);
    world.clock.advance(HOUR_MS);
    assert_eq!(ask().await, 202);
    assert_eq!(mailbox.wait("olivia@example.com", 2).await.len(), 2);
}

async fn person_of_another_organization_joins_with_their_password(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.other_organization("otto@example.com").await;
    let link = invite(&owner, &["otto@example.com"]).await["results"][0]["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap();
    let wrong = world
        .nobody()
        .post("/api/v1/invitations/accept", json!({ "token": token, "password": "wrong horse battery" }))
        .await;
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "wrong_credentials"));
    let right =
        world.nobody().post("/api/v1/invitations/accept", json!({ "token": token, "password": PASSWORD })).await.good();
    assert_eq!(
        (&right["organization"]["name"], &right["person"]["display_name"]),
        (&json!("Acme"), &json!("Otto Other"))
    );
    assert_eq!(right["organizations"].as_array().map(Vec::len), Some(2));
}

async fn signed_in_person_joins_and_someone_else_does_not(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut otto = world.other_organization("otto@example.com").await;
    let link = invite(&owner, &["otto@example.com"]).await["results"][0]["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap();
    let seen = preview(&owner, token).await;
    assert_eq!((&seen["viewer"], &seen["signed_in_as"]), (&json!("someone_else"), &json!("olivia@example.com")));
    let refused = owner
        .post("/api/v1/invitations/accept", json!({ "token": token, "display_name": "O", "password": PASSWORD }))
        .await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "signed_in_as_other"));
    assert_eq!(preview(&otto, token).await["viewer"], "invitee");
    let joined = otto.post("/api/v1/invitations/accept", json!({ "token": token })).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    otto.take_session(&joined);
    let session = otto.get("/api/v1/session").await.good();
    assert_eq!(session["organization"]["name"], "Acme");
    let other = session["organizations"]
        .as_array()
        .unwrap()
        .iter()
        .find(|organization| organization["name"] == "Other")
        .unwrap()["id"]
        .clone();
    let switched =
        send(otto.request(Method::PUT, "/api/v1/session/organization").json(&json!({ "organization_id": other })))
            .await;
    assert_eq!(switched.good()["organization"]["name"], "Other");
}

async fn malformed_tokens_are_not_found(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    for token in ["", "x", "rsti_", &format!("rsti_{}_000000", "A".repeat(43)), &world.setup_token()] {
        for path in ["preview", "decline", "request-link"] {
            assert_eq!(
                world.nobody().post(&format!("/api/v1/invitations/{path}"), json!({ "token": token })).await.status,
                404,
                "{path} {token}"
            );
        }
    }
}

async fn nobody_learns_by_a_link_who_is_known_here(database: Database) {
    let options = WorldOptions { is_behind_proxy: true, ..WorldOptions::default() };
    let world = World::with(database, options).await;
    let owner = world.owner().await;
    let mut otto = world.other_organization("otto@example.com").await;
    let me = otto.get("/api/v1/me").await.good();
    let named = json!({ "user_name": "otto" });
    let version = me["account"]["version"].as_i64().unwrap();
    otto.sign_in("otto@example.com", PASSWORD).await.good();
    otto.change(Method::PATCH, "/api/v1/me", version, Some(named)).await.good();
    let invited = invite(&owner, &["otto@example.com", "new@example.com"]).await;
    let token =
        |index: usize| invited["results"][index]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let asked = [
        json!({}),
        json!({ "password": "wrong horse battery" }),
        json!({ "password": "short" }),
        json!({ "display_name": "X" }),
        json!({ "display_name": "X", "password": "short" }),
        json!({ "display_name": "X", "password": "violet kettle window", "user_name": "otto" }),
    ];
    for (number, body) in asked.into_iter().enumerate() {
        let mut told = Vec::new();
        for index in [0, 1] {
            let mut body = body.clone();
            body["token"] = token(index).into();
            let answer =
                world.nobody().post_from(u8::try_from(number).unwrap(), "/api/v1/invitations/accept", body).await;
            let mut problem = answer.body();
            problem["request_id"] = Value::Null;
            told.push((answer.status, problem));
        }
        assert!(told[0].0 >= 400, "{told:?}");
        assert_eq!(told[0], told[1], "{body}");
    }
    let mut seen = Vec::new();
    for index in [0, 1] {
        let mut preview = preview(&world.nobody(), &token(index)).await;
        preview["email"] = Value::Null;
        seen.push(preview);
    }
    assert_eq!(seen[0], seen[1]);
    let joined = json!({ "token": token(0), "display_name": "Somebody", "password": PASSWORD });
    let joined = world.nobody().post("/api/v1/invitations/accept", joined).await.good();
    assert_eq!(joined["person"]["display_name"], "Otto Other", "who knows the password is known, and keeps their name");
}

async fn mails_of_another_organization_are_not_told(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    let other = world.other_organization("otto@example.com").await;
    for _ in 0..3 {
        invite(&other, &["ana@example.com"]).await;
    }
    assert_eq!(outcomes(&invite(&other, &["ana@example.com"]).await), ["too_many"]);
    assert_eq!(outcomes(&invite(&owner, &["ana@example.com"]).await), ["invited"]);
}
