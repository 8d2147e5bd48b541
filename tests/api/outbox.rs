//! Facts about mails: queued with the change, retried, sent once, refused for good.

use serde_json::{Value, json};

use crate::support::{Client, Database, Mailbox, PASSWORD, World, eventually, on_both, token_of};

on_both! {
    mail_waits_for_the_mail_server_and_leaves_once refused_recipient_is_shown_to_the_administrator withdrawn_invitation_is_not_mailed
    requests_for_links_take_from_what_the_sender_may_be_mailed mails_read_well_in_both_forms
    mail_of_a_sender_who_lost_the_right_does_not_leave mail_written_to_a_file_proves_no_address mails_leave_together_once_the_mail_server_is_back
}

async fn invitation(client: &Client, email: &str) -> Value {
    client.get(&format!("/api/v1/accounts?q={email}")).await.good()["items"][0]["invitation"].clone()
}

async fn mail_waits_for_the_mail_server_and_leaves_once(database: Database) {
    let mailbox = Mailbox::start(&[]);
    let port = mailbox.port;
    let mut world = World::with_mailbox(database, mailbox).await;
    let owner = world.owner().await;
    world.mailbox = None;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    let waiting = eventually("the retry", async || {
        Some(invitation(&owner, "ana@example.com").await)
            .filter(|invitation| invitation["attempts"].as_i64() > Some(0) && invitation["error"].is_string())
    })
    .await;
    assert_eq!(
        (&waiting["delivery"], waiting["expires_at"].is_null()),
        (&json!("queued"), true),
        "the lifetime does not run yet"
    );
    let back = Mailbox::start_on(port, &[]);
    world.clock.advance(16 * 60 * 1_000);
    let mails = back.wait("ana@example.com", 1).await;
    eventually("the mail's state", async || {
        (invitation(&owner, "ana@example.com").await["delivery"] == "sent").then_some(())
    })
    .await;
    let world = world.restart().await;
    world.clock.advance(16 * 60 * 1_000);
    world.accept(&token_of(&mails[0]), "Ana").await;
    assert_eq!(back.to("ana@example.com").len(), 1);
}

async fn refused_recipient_is_shown_to_the_administrator(database: Database) {
    let world = World::with_mailbox(database, Mailbox::start(&["--fail-rcpt", "nobody@"])).await;
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["nobody@example.com", "ana@example.com"] })).await.good();
    let failed = eventually("the refusal", async || {
        Some(invitation(&owner, "nobody@example.com").await).filter(|invitation| invitation["delivery"] == "failed")
    })
    .await;
    assert!(failed["error"].as_str().unwrap().contains("550"), "{failed}");
    assert_eq!(owner.get("/api/v1/accounts?status=invitation_failed").await.good()["total"], 1);
    world.mailbox.as_ref().unwrap().wait("ana@example.com", 1).await;
}

async fn withdrawn_invitation_is_not_mailed(database: Database) {
    let mailbox = Mailbox::start(&["--defer", "ana@"]);
    let port = mailbox.port;
    let mut world = World::with_mailbox(database, mailbox).await;
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com", "ben@example.com"] })).await.good();
    world.mailbox.as_ref().unwrap().wait("ben@example.com", 1).await;
    let account = owner.get("/api/v1/accounts?q=ana@example.com").await.good()["items"][0].clone();
    let path = format!("/api/v1/accounts/{}/invitation", account["id"].as_str().unwrap());
    assert_eq!(owner.change(reqwest::Method::DELETE, &path, 1, None).await.status, 204);
    world.mailbox = None;
    let back = Mailbox::start_on(port, &[]);
    world.clock.advance(16 * 60 * 1_000);
    owner.post("/api/v1/invitations", json!({ "emails": ["cleo@example.com"] })).await;
    let mut owner = owner;
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    owner.post("/api/v1/invitations", json!({ "emails": ["cleo@example.com"] })).await.good();
    back.wait("cleo@example.com", 1).await;
    assert_eq!(back.to("ana@example.com").len(), 0);
}

/// The invitation of an address once an attempt to mail it has failed.
async fn retried(client: &Client, email: &str) -> Value {
    eventually("the retry", async || {
        Some(invitation(client, email).await).filter(|invitation| invitation["error"].is_string())
    })
    .await
}

async fn mail_of_a_sender_who_lost_the_right_does_not_leave(database: Database) {
    let mailbox = Mailbox::start(&[]);
    let port = mailbox.port;
    let mut world = World::with_mailbox(database, mailbox).await;
    let owner = world.owner().await;
    let sender = json!({ "level": "viewer", "permissions": ["accounts.view", "accounts.invite"] });
    let sender = world.member(&owner, "sender@example.com", sender).await;
    world.mailbox = None;
    sender.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    retried(&owner, "ana@example.com").await;
    let path = format!("/api/v1/accounts/{}", sender.id().await);
    let version = owner.get(&path).await.good()["version"].as_i64().unwrap();
    let out = json!({ "status": "deactivated" });
    owner.change(reqwest::Method::PATCH, &path, version, Some(out)).await.good();
    let back = Mailbox::start_on(port, &[]);
    let told = eventually("what the list says", async || {
        Some(invitation(&owner, "ana@example.com").await).filter(|invitation| invitation["delivery"] == "failed")
    })
    .await;
    assert_eq!(told["error"], "The sender may no longer invite; resend it.");
    assert_eq!(back.to("ana@example.com").len(), 0);
    let account = owner.get("/api/v1/accounts?q=ana@example.com").await.good()["items"][0].clone();
    let path = format!("/api/v1/accounts/{}/invitation/resend", account["id"].as_str().unwrap());
    owner.change(reqwest::Method::POST, &path, account["version"].as_i64().unwrap(), None).await.good();
    world.accept(&back.token("ana@example.com").await, "Ana").await;
}

async fn mail_written_to_a_file_proves_no_address(database: Database) {
    let mut world = World::with_mail(database).await;
    let owner = world.owner().await;
    world.mailbox = None;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    retried(&owner, "ana@example.com").await;
    world.options.smtp_url = None;
    let world = world.restart().await;
    let owner = Client { base: world.base(), ..owner };
    let written = eventually("the message's file", async || {
        Some(invitation(&owner, "ana@example.com").await).filter(|invitation| invitation["delivery"] != "queued")
    })
    .await;
    assert_eq!((&written["delivery"], written["expires_at"].is_string()), (&json!("link_only"), true));
    let account = owner.get("/api/v1/accounts?q=ana@example.com").await.good()["items"][0]["id"].clone();
    let path = format!("/api/v1/accounts/{}/invitation/link", account.as_str().unwrap());
    let link = owner.post(&path, json!({})).await.good()["link"].as_str().unwrap().to_owned();
    world.accept(link.split('#').nth(1).unwrap(), "Ana").await;
    let unproved =
        sqlx::query("SELECT id FROM persons WHERE email_key = 'ana@example.com' AND email_verified_at IS NULL");
    assert_eq!(unproved.fetch_all(world.running.app.db.reader()).await.unwrap().len(), 1);
}

async fn mails_leave_together_once_the_mail_server_is_back(database: Database) {
    let mailbox = Mailbox::start(&[]);
    let port = mailbox.port;
    let mut world = World::with_mailbox(database, mailbox).await;
    let owner = world.owner().await;
    world.mailbox = None;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    retried(&owner, "ana@example.com").await;
    let long_outage = sqlx::query("UPDATE outbox SET due_at = due_at + 900000");
    long_outage.execute(world.running.app.db.writer()).await.unwrap();
    let back = Mailbox::start_on(port, &[]);
    owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com"] })).await.good();
    back.wait("ben@example.com", 1).await;
    back.wait("ana@example.com", 1).await;
}

async fn requests_for_links_take_from_what_the_sender_may_be_mailed(database: Database) {
    let world = World::with_mail(database).await;
    let mut owner = world.owner().await;
    let mailbox = world.mailbox.as_ref().unwrap();
    let emails = ["a", "b", "c", "d", "e"].map(|name| format!("{name}@example.com"));
    owner.post("/api/v1/invitations", json!({ "emails": emails })).await.good();
    let mut tokens = Vec::new();
    for email in &emails {
        eventually("the mail's state", async || (invitation(&owner, email).await["delivery"] == "sent").then_some(()))
            .await;
        tokens.push(mailbox.token(email).await);
    }
    world.clock.advance(25 * 60 * 60 * 1_000);
    for token in &tokens {
        let asked = world.nobody().post("/api/v1/invitations/request-link", json!({ "token": token })).await;
        assert_eq!(asked.status, 202, "{}", asked.text);
    }
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    for email in &emails {
        assert!(invitation(&owner, email).await["link_requested_at"].is_string(), "{email}");
    }
    let queued = sqlx::query("SELECT id FROM outbox WHERE kind = 'link_requested'");
    assert_eq!(queued.fetch_all(world.running.app.db.reader()).await.unwrap().len(), 3);
    mailbox.wait("olivia@example.com", 3).await;
}

async fn mails_read_well_in_both_forms(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@münchen.example"] })).await.good();
    let mails = world.mailbox.as_ref().unwrap().wait("ana@münchen.example", 1).await;
    let (text, html) = (mails[0]["text"].as_str().unwrap(), mails[0]["html"].as_str().unwrap());
    for form in [text, html] {
        assert!(form.contains("Olivia Owner invites you to join Acme") && form.contains("24 hours"), "{form}");
    }
    assert!(!html.contains("<script") && !html.contains("<img"), "nothing is loaded from elsewhere");
    assert!(mails[0]["messageId"].as_str().unwrap().contains('@'));
}
