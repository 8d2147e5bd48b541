//! Facts about rights that are lost while a request waits for its turn: a change is decided on what its actor holds once
//! it holds the organization's lock.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::{Answer, Client, Database, Program, World, on_both, send};

on_both! {
    nothing_is_done_by_rights_that_were_lost_before nothing_is_done_by_a_session_that_ended_before
    nothing_is_done_by_a_token_that_was_revoked_or_narrowed_before
}

/// What the member of a round is let do, and does while it is taken away.
const RIGHTS: [&str; 4] = ["accounts.invite", "groups.manage", "sessions.revoke", "objects.manage"];

/// How the audit log calls it.
const ACTIONS: [&str; 7] = [
    "invitation.resent",
    "invitation.link_copied",
    "invitation.withdrawn",
    "group.created",
    "session.ended_by_other",
    "object.registered",
    "object.access_granted",
];

const ROUNDS: usize = 8;

async fn nothing_is_done_by_rights_that_were_lost_before(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let registered = json!({ "name": "Q3", "restricted": true });
    send(owner.request(Method::PUT, "/api/v1/objects/dashboard/q3").json(&registered)).await.good();
    for round in 0..ROUNDS {
        let permissions: Vec<&str> = RIGHTS.into_iter().chain(["accounts.view"]).collect();
        let email = format!("member{round}@example.com");
        let member = world.member(&owner, &email, json!({ "permissions": permissions })).await;
        let id = member.id().await;
        let ways = ways(&owner, &id, round).await;
        let acting = ways.into_iter().map(|(method, path, body)| {
            let member = member.clone();
            tokio::spawn(async move {
                let request = member.request(method, &path).header("if-match", "1");
                send(request.json(&body)).await.status
            })
        });
        let acting: Vec<_> = acting.collect();
        let change = json!({ "status": "deactivated" });
        let version = owner.account(&id).await["version"].as_i64().unwrap();
        owner.change(Method::PATCH, &format!("/api/v1/accounts/{id}"), version, Some(change)).await.good();
        for task in acting {
            task.await.unwrap();
        }
        assert_eq!(done_after_the_loss(&world, &id).await, Vec::<String>::new(), "round {round}");
    }
}

/// Requests of each kind, for accounts that nobody has changed.
async fn ways(owner: &Client, member: &str, round: usize) -> Vec<(Method, String, Value)> {
    let emails: Vec<String> = (0..6).map(|number| format!("pending{round}-{number}@example.com")).collect();
    let invited = owner.post("/api/v1/invitations", json!({ "emails": emails })).await.good();
    let mut ways = Vec::new();
    for (number, result) in invited["results"].as_array().unwrap().iter().enumerate() {
        let path = format!("/api/v1/accounts/{}/invitation", result["account_id"].as_str().unwrap());
        ways.push(match number % 3 {
            0 => (Method::POST, format!("{path}/resend"), json!({})),
            1 => (Method::POST, format!("{path}/link"), json!({})),
            _ => (Method::DELETE, path, json!({})),
        });
        if number > 1 {
            continue;
        }
        ways.push((Method::POST, "/api/v1/groups".to_owned(), json!({ "name": format!("Group {round} {number}") })));
        let object = format!("/api/v1/objects/dashboard/of-{round}-{number}");
        ways.push((Method::PUT, object, json!({ "name": "Another" })));
    }
    ways.push((Method::POST, format!("/api/logout/member{round}@example.com"), json!({})));
    let access = json!({ "account": member, "level": "view" });
    ways.push((Method::PUT, "/api/v1/objects/dashboard/q3/access".to_owned(), access));
    ways
}

/// What the log says that an account did after it was deactivated.
async fn done_after_the_loss(world: &World, id: &str) -> Vec<String> {
    let rows = sqlx::query("SELECT actor, action, target, after_json FROM audit_events ORDER BY seq");
    let rows = rows.fetch_all(world.running.app.db.reader()).await.unwrap();
    let text = |row: &sqlx::any::AnyRow, name: &str| row.get::<Option<String>, _>(name).unwrap_or_default();
    let is_loss = |row: &&sqlx::any::AnyRow| {
        text(row, "action") == "account.changed"
            && text(row, "target") == id
            && text(row, "after_json").contains("\"deactivated\"")
    };
    let after = rows.iter().skip_while(|row| !is_loss(row));
    let done = after.filter(|row| text(row, "actor") == id).map(|row| text(row, "action"));
    done.filter(|action| ACTIONS.contains(&action.as_str())).collect()
}

/// Sends two requests while the organization is locked, so that both are authenticated before the first one takes the lock.
async fn in_turn(world: &World, first: RequestBuilder, second: RequestBuilder) -> (Answer, Answer) {
    let mut tx = world.running.app.db.begin().await.unwrap();
    sqlx::query("UPDATE organizations SET revision = revision").execute(&mut *tx).await.unwrap();
    let first = tokio::spawn(send(first));
    // Nothing outside the server shows that a request waits for the lock. On a slow machine the second one may take it first,
    // which the callers of this function allow for.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = tokio::spawn(send(second));
    tokio::time::sleep(Duration::from_millis(300)).await;
    tx.commit().await.unwrap();
    (first.await.unwrap(), second.await.unwrap())
}

/// Changes of each way to begin one, with what they need.
fn acts() -> [(Method, &'static str, Value); 5] {
    [
        (Method::POST, "/api/v1/me/tokens", json!({ "name": "kept" })),
        (Method::PATCH, "/api/v1/me", json!({ "user_name": "somebody" })),
        (Method::POST, "/api/v1/invitations", json!({ "emails": ["guest@example.com"] })),
        (Method::POST, "/api/v1/groups", json!({ "name": "Late" })),
        (Method::POST, "/api/v1/roles", json!({ "name": "Late", "permissions": ["alerts"] })),
    ]
}

const FOR_ACTS: [&str; 4] = ["accounts.invite", "groups.manage", "roles.manage", "alerts"];

/// Whether the log has anything of an actor after the last row of an action.
async fn is_done_after(world: &World, actor: &str, action: &str) -> bool {
    let rows = sqlx::query("SELECT actor, action FROM audit_events ORDER BY seq DESC");
    let rows = rows.fetch_all(world.running.app.db.reader()).await.unwrap();
    let text = |row: &sqlx::any::AnyRow, name: &str| row.get::<Option<String>, _>(name).unwrap_or_default();
    let mut since = rows.iter().take_while(|row| text(row, "action") != action);
    since.any(|row| text(row, "actor") == actor && text(row, "action") != "access.refused")
}

async fn nothing_is_done_by_a_session_that_ended_before(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut refused = 0;
    for (number, (method, path, body)) in acts().into_iter().enumerate() {
        for is_own in [true, false] {
            let email = format!("m{number}{is_own}@example.com");
            let member = world.member(&owner, &email, json!({ "permissions": FOR_ACTS })).await;
            let id = member.id().await;
            let version = format!("\"{}\"", owner.account(&id).await["version"]);
            let (ending, action) = match is_own {
                true => (member.request(Method::DELETE, "/api/v1/session"), "session.ended"),
                false => {
                    let ending = owner.request(Method::POST, &format!("/api/logout/{email}")).json(&json!({}));
                    (ending, "session.ended_by_other")
                }
            };
            let late = member.request(method.clone(), path).header("if-match", version).json(&body);
            let (ended, late) = in_turn(&world, ending, late).await;
            assert!(ended.status < 300, "{}", ended.text);
            assert!(!is_done_after(&world, &id, action).await, "{path} {is_own}: {}", late.text);
            refused += usize::from(late.code() == "not_signed_in");
        }
    }
    assert!(refused > 2, "{refused} came second");
}

async fn nothing_is_done_by_a_token_that_was_revoked_or_narrowed_before(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({ "permissions": FOR_ACTS })).await;
    let id = account["id"].as_str().unwrap();
    let tokens = format!("/api/v1/accounts/{id}/tokens");
    let mut refused = [0, 0];
    for (method, path, body) in acts().into_iter().skip(2) {
        for is_revoked in [true, false] {
            let minted = owner.post(&tokens, json!({ "name": "late" })).await.good();
            let program = Program::new(&world.base(), minted["secret"].as_str().unwrap());
            assert_eq!(program.get("/api/v1/me").await.status, 200);
            let token = format!("/api/v1/tokens/{}", minted["token"]["id"].as_str().unwrap());
            let (ending, action, code) = match is_revoked {
                true => (owner.request(Method::DELETE, &token), "token.revoked", "invalid_token"),
                false => {
                    let narrowed = owner.request(Method::PATCH, &token).header("if-match", "\"1\"");
                    (narrowed.json(&json!({ "scopes": ["alerts"] })), "token.changed", "out_of_scope")
                }
            };
            let (ended, late) = in_turn(&world, ending, program.request(method.clone(), path).json(&body)).await;
            assert!(ended.status < 300, "{}", ended.text);
            assert!(!is_done_after(&world, id, action).await, "{path} {is_revoked}: {}", late.text);
            refused[usize::from(is_revoked)] += usize::from(late.code() == code);
        }
    }
    assert!(refused.iter().all(|count| *count > 0), "{refused:?} came second");
}
