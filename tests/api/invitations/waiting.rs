//! Facts about links whose mails wait while their accounts gain access, and about links from before an upgrade.

use reqwest::Method;
use serde_json::{Value, json};

use super::{account, act, invite, patch, preview};
use crate::support::{Client, Database, Mailbox, World, eventually, on_both, token_of};

on_both! {
    mail_that_waited_leaves_with_a_link_that_opens gain_after_the_mail_left_needs_a_new_link
    links_from_before_the_upgrade_open_what_they_did_then
}

async fn mail_that_waited_leaves_with_a_link_that_opens(database: Database) {
    let mailbox = Mailbox::start(&[]);
    let port = mailbox.port;
    let mut world = World::with_mailbox(database, mailbox).await;
    let owner = world.owner().await;
    world.mailbox = None;
    let id = invite(&owner, &["ana@example.com"]).await["results"][0]["account_id"].as_str().unwrap().to_owned();
    let copied = act(&owner, Method::POST, &owner.account(&id).await, "/link").await.good();
    let copied = copied["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    patch(&owner, &id, json!({ "level": "admin" })).await.good();
    assert_eq!(preview(&world.nobody(), &copied).await["state"], "outdated");
    assert_eq!(
        account(&owner, "ana@example.com").await["invitation"].get("needs_new_link"),
        None,
        "its mail will have one"
    );
    let back = Mailbox::start_on(port, &[]);
    world.clock.advance(16 * 60 * 1_000);
    let mails = back.wait("ana@example.com", 1).await;
    assert_eq!(preview(&world.nobody(), &copied).await["state"], "replaced");
    let ana = world.accept(&token_of(&mails[0]), "Ana").await;
    assert_eq!(ana.get("/api/v1/session").await.good()["account"]["level"], "admin");
}

async fn gain_after_the_mail_left_needs_a_new_link(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    invite(&owner, &["ana@example.com"]).await;
    let mailbox = world.mailbox.as_ref().unwrap();
    let first = mailbox.token("ana@example.com").await;
    eventually("the mail's state", async || {
        Some(account(&owner, "ana@example.com").await).filter(|account| account["invitation"]["delivery"] == "sent")
    })
    .await;
    let id = account(&owner, "ana@example.com").await["id"].as_str().unwrap().to_owned();
    let raised = patch(&owner, &id, json!({ "level": "admin" })).await.good();
    assert_eq!(raised["invitation"]["needs_new_link"], true, "the answer to the change says it");
    let body = json!({ "token": first });
    assert_eq!(preview(&world.nobody(), &first).await["state"], "outdated");
    assert_eq!(world.nobody().post("/api/v1/invitations/request-link", body).await.status, 202);
    act(&owner, Method::POST, &owner.account(&id).await, "/resend").await.good();
    let tokens: Vec<String> = mailbox.wait("ana@example.com", 2).await.iter().map(token_of).collect();
    let second = tokens.iter().find(|token| **token != first).unwrap();
    world.accept(second, "Ana").await;
}

async fn links_from_before_the_upgrade_open_what_they_did_then(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let raised = invite(&owner, &["cleo@example.com"]).await["results"][0].clone();
    let given = owner.new_group("Engineers", &[]).await;
    let by_group = invite_into(&owner, "dan@example.com", &given).await;
    patch(&owner, raised["account_id"].as_str().unwrap(), json!({ "level": "admin" })).await.good();
    owner
        .change(Method::PATCH, &format!("/api/v1/groups/{given}"), 2, Some(json!({ "roles": ["trending"] })))
        .await
        .good();
    world.clock.advance(1_000);
    let invited = invite(&owner, &["ana@example.com", "ben@example.com"]).await;
    let result = |index: usize| {
        let result = &invited["results"][index];
        let token = result["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
        (result["account_id"].as_str().unwrap().to_owned(), token)
    };
    let ((ana, first), (_, second)) = (result(0), result(1));
    sqlx::query("UPDATE invitations SET snapshot_id = NULL").execute(world.running.app.db.writer()).await.unwrap();
    assert_eq!(preview(&world.nobody(), &first).await["state"], "outdated", "nothing is known of what it opened");
    let session = owner.session.clone();
    let world = world.restart().await;
    let mut owner = world.nobody();
    owner.session = session;
    for earlier in [&raised, &by_group] {
        let token = earlier["link"].as_str().unwrap().split('#').nth(1).unwrap();
        assert_eq!(preview(&world.nobody(), token).await["state"], "outdated", "raised before the upgrade: {earlier}");
    }
    assert_eq!(preview(&world.nobody(), &first).await["state"], "open");
    patch(&owner, &ana, json!({ "level": "admin" })).await.good();
    assert_eq!(preview(&world.nobody(), &first).await["state"], "outdated");
    world.accept(&second, "Ben").await;
}

async fn invite_into(owner: &Client, email: &str, group: &str) -> Value {
    let body = json!({ "emails": [email], "groups": [group] });
    owner.post("/api/v1/invitations", body).await.good()["results"][0].clone()
}
