//! Facts about inviting, accepting, declining, resending and withdrawing.

mod gains;
mod link;
mod manage;
mod sender;
mod shown;
mod waiting;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, PASSWORD, World, on_both, send, token_of};

on_both! {
    each_address_gets_its_result invited_again_keeps_what_was_given_first
    invited_account_is_pending_at_once_and_active_after_acceptance parallel_invitations_do_not_pass_the_last_seat
    same_key_gives_the_same_answer wrong_fields_are_named address_gets_three_mails_at_once
    person_invited_again_inherits_nothing
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

async fn patch(owner: &Client, id: &str, change: Value) -> Answer {
    let path = format!("/api/v1/accounts/{id}");
    let version = owner.get(&path).await.good()["version"].as_i64().unwrap();
    owner.change(Method::PATCH, &path, version, Some(change)).await
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
    assert_eq!((other.status, other.code().as_str()), (422, "idempotency_key_reused"));
    assert_eq!(other.fields(), ["Idempotency-Key"]);
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
