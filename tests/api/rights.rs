//! Facts about rights that are lost while a request waits for its turn: a change is decided on what its actor holds once
//! it holds the organization's lock.

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::{Client, Database, World, on_both, send};

on_both! { nothing_is_done_by_rights_that_were_lost_before }

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
