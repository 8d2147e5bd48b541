//! Facts about inviting, accepting, declining, resending and withdrawing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, PASSWORD, World, WorldOptions, on_both, send, token_of};

on_both! {
    each_address_gets_its_result invited_again_keeps_what_was_given_first invited_account_is_pending_at_once_and_active_after_acceptance looking_uses_nothing_up declined_invitation_is_over
    resend_kills_the_older_link withdrawn_link_is_dead link_expires_a_day_after_the_mail_left parallel_acceptances_make_one_account
    parallel_invitations_do_not_pass_the_last_seat resend_and_withdraw_at_once_one_wins new_link_is_asked_of_the_sender_once_an_hour
    inviter_gives_only_what_they_hold sender_who_lost_the_right_invites_nobody what_the_sender_lost_is_not_granted level_stands_with_whoever_gave_it same_key_gives_the_same_answer
    person_of_another_organization_joins_with_their_password signed_in_person_joins_and_someone_else_does_not without_a_mail_server_there_are_links
    wrong_fields_are_named dead_link_is_not_handed_out address_gets_three_mails_at_once person_invited_again_inherits_nothing malformed_tokens_are_not_found
}

fn outcomes(answer: &Value) -> Vec<String> {
    answer["results"].as_array().unwrap().iter().map(|result| result["outcome"].as_str().unwrap().to_owned()).collect()
}

async fn invite(client: &Client, emails: &[&str]) -> Value {
    client.post("/api/v1/invitations", json!({ "emails": emails })).await.good()
}

/// The account of an address, ended invitations included.
async fn account(client: &Client, email: &str) -> Value {
    for filter in ["", "&invitation=ended"] {
        let page = client.get(&format!("/api/v1/accounts?q={email}{filter}")).await.good();
        if let Some(found) = page["items"].as_array().and_then(|items| items.first()) {
            return found.clone();
        }
    }
    Value::Null
}

async fn act(client: &Client, method: Method, account: &Value, act: &str) -> Answer {
    let path = format!("/api/v1/accounts/{}/invitation{act}", account["id"].as_str().unwrap());
    client.change(method, &path, account["version"].as_i64().unwrap(), None).await
}

async fn preview(client: &Client, token: &str) -> Value {
    client.post("/api/v1/invitations/preview", json!({ "token": token })).await.good()
}

async fn each_address_gets_its_result(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    invite(&owner, &["pending@example.com"]).await;
    let answer = invite(
        &owner,
        &[
            "new@example.com",
            "oops",
            "Olivia@Example.com",
            "NEW@example.com",
            "Pending@example.com",
            "ana@münchen.example",
        ],
    )
    .await;
    assert_eq!(outcomes(&answer), ["invited", "invalid", "already_member", "duplicate", "resent", "invited"]);
    assert_eq!(answer["results"][1]["code"], "missing_at");
    assert_eq!(answer["results"][0]["link"], Value::Null, "with a mail server no link leaves the server otherwise");
}

async fn invited_again_keeps_what_was_given_first(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    let sales = owner.post("/api/v1/groups", json!({ "name": "Sales" })).await.good()["id"].clone();
    invite(&owner, &["pending@example.com"]).await;
    let mut request = json!({ "emails": ["pending@example.com"], "level": "editor", "groups": [sales] });
    let answer = owner.post("/api/v1/invitations", request.clone()).await.good();
    let kept = json!({ "level": { "key": "viewer", "name": "Viewer" }, "groups": [sales] });
    assert_eq!((&answer["results"][0]["outcome"], &answer["results"][0]["kept"]), (&json!("resent"), &kept));
    let pending = account(&owner, "pending@example.com").await;
    assert_eq!((&pending["level"]["key"], &pending["groups"]), (&json!("viewer"), &json!([])));
    request["level"] = json!("viewer");
    request["groups"] = json!([]);
    let answer = owner.post("/api/v1/invitations", request).await.good();
    assert_eq!(answer["results"][0].get("kept"), None, "nothing differs");
}

async fn invited_account_is_pending_at_once_and_active_after_acceptance(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"], "level": "editor" })).await.good();
    let pending = account(&owner, "ana@example.com").await;
    assert_eq!((&pending["status"], &pending["level"]["name"]), (&json!("pending"), &json!("Editor")));
    let mailbox = world.mailbox.as_ref().unwrap();
    let mail = &mailbox.wait("ana@example.com", 1).await[0];
    assert_eq!(mail["subject"], "Olivia Owner invites you to Acme");
    assert!(mail["links"][0].as_str().unwrap().starts_with(&format!("{}/invitation#rsti_", world.base())));
    let ana = world.accept(&token_of(mail), "Ana Novak").await;
    let session = ana.get("/api/v1/session").await.good();
    assert_eq!(
        (&session["person"]["display_name"], &session["account"]["level"]),
        (&json!("Ana Novak"), &json!("editor"))
    );
    let active = account(&owner, "ana@example.com").await;
    assert_eq!(
        (&active["status"], &active["display_name"], &active["id"]),
        (&json!("active"), &json!("Ana Novak"), &pending["id"])
    );
    assert_eq!(active["auth_methods"], json!(["password"]));
    let again = world
        .nobody()
        .post(
            "/api/v1/invitations/accept",
            json!({ "token": token_of(mail), "display_name": "Eve", "password": PASSWORD }),
        )
        .await;
    assert_eq!((again.status, again.code().as_str()), (410, "link_dead"));
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
            (&json!("open"), &json!("new_person"), &json!("Acme"), &json!("Olivia Owner"), &json!("Viewer"))
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

async fn parallel_invitations_do_not_pass_the_last_seat(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.change(Method::PATCH, "/api/v1/organization", 1, Some(json!({ "seats": 2 }))).await.good();
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            let client = owner.clone();
            tokio::spawn(async move {
                outcomes(
                    &client
                        .post("/api/v1/invitations", json!({ "emails": [format!("u{number}@example.com")] }))
                        .await
                        .good(),
                )
                .remove(0)
            })
        })
        .collect();
    let mut invited = 0;
    for task in tasks {
        let outcome = task.await.unwrap();
        assert!(["invited", "no_seat"].contains(&outcome.as_str()), "{outcome}");
        invited += u32::from(outcome == "invited");
    }
    assert_eq!(invited, 1);
    assert_eq!(owner.get("/api/v1/session").await.good()["organization"]["seats_left"], 0);
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
    world.clock.advance(HOUR_MS);
    assert_eq!(ask().await, 202);
    assert_eq!(mailbox.wait("olivia@example.com", 2).await.len(), 2);
}

/// A viewer who may see and invite, and nothing more.
async fn inviter(world: &World, owner: &Client) -> Client {
    world
        .member(
            owner,
            "inviter@example.com",
            json!({ "level": "viewer", "permissions": ["accounts.view", "accounts.invite"] }),
        )
        .await
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

async fn id_of(client: &Client) -> String {
    client.get("/api/v1/session").await.good()["account"]["id"].as_str().unwrap().to_owned()
}

async fn patch(owner: &Client, id: &str, change: Value) -> Answer {
    let path = format!("/api/v1/accounts/{id}");
    let version = owner.get(&path).await.good()["version"].as_i64().unwrap();
    owner.change(Method::PATCH, &path, version, Some(change)).await
}

async fn sender_who_lost_the_right_invites_nobody(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let inviter = inviter(&world, &owner).await;
    let link = invite(&inviter, &["late@example.com"]).await["results"][0]["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap();
    patch(&owner, &id_of(&inviter).await, json!({ "status": "deactivated" })).await.good();
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
    patch(&owner, &id_of(&admin).await, json!({ "level": "viewer" })).await.good();
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
    let kept = link(&sender, "kept@example.com").await;
    let lost = link(&sender, "lost@example.com").await;
    let vouched = link(&sender, "vouched@example.com").await;
    raise(&owner, "kept@example.com").await;
    raise(&admin, "lost@example.com").await;
    raise(&admin, "vouched@example.com").await;
    assert_eq!(level(&world.accept(&kept, "Kept").await).await, "admin", "its sender lacks it, its giver does not");
    let resent = link(&owner, "vouched@example.com").await;
    patch(&owner, &id_of(&admin).await, json!({ "level": "viewer" })).await.good();
    assert_eq!(level(&world.accept(&lost, "Lost").await).await, "viewer", "its giver lost it meanwhile");
    assert_ne!(resent, vouched);
    assert_eq!(level(&world.accept(&resent, "Vouched").await).await, "admin", "who sends it again stands for it");
}

async fn same_key_gives_the_same_answer(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ask = async |emails: Value| {
        send(
            owner
                .request(Method::POST, "/api/v1/invitations")
                .header("idempotency-key", "k1")
                .json(&json!({ "emails": emails })),
        )
        .await
    };
    let first = ask(json!(["ana@example.com"])).await.good();
    assert_eq!(ask(json!(["ana@example.com"])).await.good(), first, "links included, and nothing is resent");
    assert_eq!(account(&owner, "ana@example.com").await["version"], 1);
    let other = ask(json!(["ben@example.com"])).await;
    assert_eq!((other.status, other.fields()), (422, vec!["Idempotency-Key".to_owned()]));
}

async fn person_of_another_organization_joins_with_their_password(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.other_organization("otto@example.com").await;
    let link = invite(&owner, &["otto@example.com"]).await["results"][0]["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap();
    assert_eq!(preview(&world.nobody(), token).await["viewer"], "known_person");
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
    patch(&owner, &id_of(&inviter).await, json!({ "status": "deactivated" })).await.good();
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

async fn wrong_fields_are_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let many: Vec<String> = (0..501).map(|number| format!("u{number}@example.com")).collect();
    let cases = [
        (json!({ "emails": [] }), "emails"),
        (json!({ "emails": many }), "emails"),
        (json!({}), "emails"),
        (json!({ "emails": ["a@b.co"], "level": "boss" }), "level"),
        (json!({ "emails": ["a@b.co"], "level": "alerts" }), "level"),
        (json!({ "emails": ["a@b.co"], "roles": ["admin"] }), "roles"),
        (json!({ "emails": ["a@b.co"], "permissions": ["nonsense"] }), "permissions"),
        (json!({ "emails": ["a@b.co"], "groups": ["01a201dc-78d3-7333-844c-520898157319"] }), "groups"),
        (json!({ "emails": ["a@b.co"], "groups": ["everyone"] }), "groups"),
        (json!({ "emails": ["a@b.co"], "sudo": true }), "sudo"),
    ];
    for (body, field) in cases {
        let answer = owner.post("/api/v1/invitations", body).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{}", answer.text);
    }
    assert_eq!(owner.get("/api/v1/accounts").await.good()["total"], 1);
}

async fn address_gets_three_mails_at_once(database: Database) {
    let world = World::with_mail(database).await;
    let owner = world.owner().await;
    for expected in ["invited", "resent", "resent", "too_many"] {
        assert_eq!(outcomes(&invite(&owner, &["ana@example.com"]).await), [expected]);
    }
    let refused = act(&owner, Method::POST, &account(&owner, "ana@example.com").await, "/resend").await;
    assert_eq!((refused.status, refused.headers.contains_key("retry-after")), (429, true));
}

async fn person_invited_again_inherits_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner
        .post("/api/v1/invitations", json!({ "emails": ["ana@example.com"], "level": "admin", "roles": ["alerts"] }))
        .await
        .good();
    let first = account(&owner, "ana@example.com").await;
    assert_eq!(act(&owner, Method::DELETE, &first, "").await.status, 204);
    invite(&owner, &["ana@example.com"]).await;
    let second = account(&owner, "ana@example.com").await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!((&second["level"]["key"], &second["roles"]), (&json!("viewer"), &json!([])));
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
