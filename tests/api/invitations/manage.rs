//! Facts about what the sender does with an invitation: resending, copying its link, withdrawing.

use reqwest::Method;
use serde_json::json;

use super::{account, act, invite, inviter, patch, preview};
use crate::support::{Database, PASSWORD, World, on_both, token_of};

on_both! {
    resend_kills_the_older_link withdrawn_link_is_dead resend_and_withdraw_at_once_one_wins
    without_a_mail_server_there_are_links dead_link_is_not_handed_out
}

async fn resend_kills_the_older_link(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    invite(&owner, &["ana@example.com"]).await;
    let mailbox = world.mailbox.as_ref().unwrap();
    let older = mailbox.token("ana@example.com").await;
    let resent = act(&owner, Method::POST, &account(&owner, "ana@example.com").await, "/resend").await.good();
    assert_eq!(resent["status"], "pending");
    let tokens: Vec<String> = mailbox.wait("ana@example.com", 2).await.iter().map(token_of).collect();
    let newer = tokens.iter().find(|token| **token != older).unwrap();
    assert_eq!(preview(&world.nobody(), &older).await["state"], "replaced");
    let refused = world
        .nobody()
        .post("/api/v1/invitations/accept", json!({ "token": older, "display_name": "Ana", "password": PASSWORD }))
        .await;
    assert_eq!(refused.status, 410);
    world.accept(newer, "Ana").await;
}

async fn withdrawn_link_is_dead(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    invite(&owner, &["cleo@example.com"]).await;
    let token = world.mailbox.as_ref().unwrap().token("cleo@example.com").await;
    // The mail's acceptance is written after the mail; the version does not change with it.
    let pending = account(&owner, "cleo@example.com").await;
    assert_eq!(act(&owner, Method::DELETE, &pending, "").await.status, 204);
    assert_eq!(preview(&world.nobody(), &token).await["state"], "withdrawn");
    let page = owner.get("/api/v1/accounts?q=cleo&invitation=open").await.good();
    assert_eq!(page["total"], 0);
    let again = act(&owner, Method::DELETE, &pending, "").await;
    assert_eq!((again.status, again.code().as_str()), (409, "not_pending"));
    assert_eq!(
        owner
            .change(
                Method::POST,
                &format!("/api/v1/accounts/{}/invitation/resend", pending["id"].as_str().unwrap()),
                1,
                None
            )
            .await
            .status,
        409
    );
}

async fn resend_and_withdraw_at_once_one_wins(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for round in 0..6 {
        let email = format!("race{round}@example.com");
        invite(&owner, &[&email]).await;
        let pending = account(&owner, &email).await;
        let (first, second) =
            tokio::join!(act(&owner, Method::POST, &pending, "/resend"), act(&owner, Method::DELETE, &pending, ""));
        let won = [first.status, second.status].iter().filter(|status| (200..300).contains(*status)).count();
        assert_eq!(won, 1, "{} {}", first.text, second.text);
        let told = if first.status >= 300 { first } else { second };
        assert!([(409, "not_pending"), (412, "stale")].contains(&(told.status, told.code().as_str())), "{}", told.text);
        if told.status == 412 {
            assert_eq!(told.body()["current"]["email"], email, "the present state comes with it");
        }
    }
}

async fn without_a_mail_server_there_are_links(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let link = invite(&owner, &["ana@example.com"]).await["results"][0]["link"].as_str().unwrap().to_owned();
    let pending = account(&owner, "ana@example.com").await;
    assert_eq!(
        (&pending["invitation"]["delivery"], pending["invitation"]["expires_at"].is_string()),
        (&json!("link_only"), true)
    );
    let copied = owner
        .post(&format!("/api/v1/accounts/{}/invitation/link", pending["id"].as_str().unwrap()), json!({}))
        .await
        .good();
    assert_eq!(copied["link"], link.as_str());
    let folder = world.folder.path().join("mail");
    let message = crate::support::eventually("the message's file", async || {
        let entry = std::fs::read_dir(&folder)
            .ok()?
            .filter_map(Result::ok)
            .find(|entry| entry.path().extension().is_some_and(|extension| extension == "eml"))?;
        std::fs::read_to_string(entry.path()).ok()
    })
    .await;
    assert!(message.contains("To: ana@example.com") && message.contains("multipart/alternative"), "{message}");
    world.accept(link.split('#').nth(1).unwrap(), "Ana").await;
}

async fn dead_link_is_not_handed_out(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let inviter = inviter(&world, &owner).await;
    invite(&owner, &["ana@example.com"]).await;
    invite(&inviter, &["late@example.com"]).await;
    patch(&owner, &inviter.id().await, json!({ "status": "deactivated" })).await.good();
    let late = account(&owner, "late@example.com").await;
    let refused = act(&owner, Method::POST, &late, "/link").await;
    assert_eq!((refused.status, refused.code().as_str()), (410, "link_dead"), "its sender may no longer invite");
    world.clock.advance(24 * 60 * 60 * 1_000);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let ana = account(&owner, "ana@example.com").await;
    let refused = act(&owner, Method::POST, &ana, "/link").await;
    assert_eq!((refused.status, refused.code().as_str()), (410, "link_dead"));
    act(&owner, Method::POST, &ana, "/resend").await.good();
    let copied = act(&owner, Method::POST, &ana, "/link").await.good();
    let token = copied["link"].as_str().unwrap().split('#').nth(1).unwrap();
    assert_eq!(preview(&world.nobody(), token).await["state"], "open");
}
