//! Facts about the last Owner: a thousand racing demotions, through every path there is, never leave none (I1, S18).

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::{Client, Database, World, on_both};

on_both! { racing_demotions_leave_an_owner }

const OWNERS: usize = 5;
const ROUNDS: usize = 25;
/// Demotions in all: each Owner turns on each other one twice in each round.
const DEMOTIONS: usize = 1_000;

/// A way to make one Owner no Owner any more, or no active one.
#[derive(Debug, Clone, Copy)]
enum Way {
    TakeTheRole,
    Deactivate,
    ChangeStatus,
    /// Of the change that made them Owner.
    Undo,
}

#[derive(Clone)]
struct Target {
    id: String,
    version: i64,
    /// What made them Owner last.
    operation: Option<String>,
}

async fn demote(client: Client, target: Target, way: Way) -> u16 {
    let ids = [target.id.as_str()];
    let answer = match way {
        Way::TakeTheRole => client.bulk(&ids, json!({ "type": "remove_role", "role": "owner" })).await,
        Way::Deactivate => client.bulk(&ids, json!({ "type": "deactivate" })).await,
        Way::ChangeStatus => {
            let path = format!("/api/v1/accounts/{}", target.id);
            client.change(Method::PATCH, &path, target.version, Some(json!({ "status": "deactivated" }))).await
        }
        Way::Undo => {
            let operation = target.operation.unwrap_or_else(|| target.id.clone());
            client.post(&format!("/api/v1/operations/{operation}/undo"), json!({})).await
        }
    };
    answer.status
}

async fn owners(world: &World) -> Vec<String> {
    let rows = sqlx::query(
        "SELECT a.id FROM grants g JOIN accounts a ON a.id = g.account_id
         WHERE g.key = 'owner' AND g.what = 'role' AND g.valid_until IS NULL AND a.activated_at IS NOT NULL AND a.deactivated_at IS NULL",
    )
    .fetch_all(world.running.app.db.reader())
    .await
    .unwrap();
    rows.iter().map(|row| row.get("id")).collect()
}

/// Has whoever is left make all of them Owners again. Each goes on with the session they had: a thousand sign-ins would
/// be a test of hashing.
async fn restore(world: &World, people: &[(String, Client)]) -> Vec<Target> {
    let left = owners(world).await;
    let (_, survivor) = people.iter().find(|(id, _)| left.contains(id)).unwrap();
    let others: Vec<&str> =
        people.iter().map(|(id, _)| id.as_str()).filter(|id| !left.contains(&(*id).to_owned())).collect();
    let mut operations = Vec::new();
    if !others.is_empty() {
        survivor.bulk(&others, json!({ "type": "activate" })).await.good();
    }
    for id in &others {
        let made = survivor.bulk(&[id], json!({ "type": "add_role", "role": "owner" })).await.good();
        operations.push(((*id).to_owned(), made["operation_id"].as_str().map(str::to_owned)));
    }
    let mut tx = world.running.app.db.begin().await.unwrap();
    sqlx::query("UPDATE sessions SET ended_at = NULL").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let accounts = survivor.get("/api/v1/accounts?limit=100").await.good();
    let target = |account: &Value| {
        let id = account["id"].as_str().unwrap().to_owned();
        let operation = operations.iter().find(|(known, _)| *known == id).and_then(|(_, operation)| operation.clone());
        Target { id, version: account["version"].as_i64().unwrap(), operation }
    };
    accounts["items"].as_array().unwrap().iter().map(target).collect()
}

/// Owners turn on each other at once, each on all others, by every path.
async fn racing_demotions_leave_an_owner(database: Database) {
    const WAYS: [Way; 4] = [Way::TakeTheRole, Way::ChangeStatus, Way::Undo, Way::Deactivate];
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut people = vec![(owner.id().await, owner.clone())];
    for number in 1..OWNERS {
        let email = format!("o{number}@example.com");
        let client = world.member(&owner, &email, json!({ "roles": ["owner"] })).await;
        people.push((client.id().await, client));
    }
    let (mut sent, mut fell) = (0, 0);
    for round in 0..ROUNDS {
        let targets = restore(&world, &people).await;
        assert_eq!(owners(&world).await.len(), OWNERS, "all are Owners before the race");
        let mut tasks = Vec::new();
        for turn in 0..2 {
            for (place, (own, client)) in people.iter().enumerate() {
                for (number, target) in targets.iter().filter(|target| target.id != *own).enumerate() {
                    let way = WAYS[(round + turn * 2 + place + number) % WAYS.len()];
                    tasks.push(tokio::spawn(demote(client.clone(), target.clone(), way)));
                }
            }
        }
        sent += tasks.len();
        for task in tasks {
            let status = task.await.unwrap();
            assert!([200, 401, 403, 404, 409, 412].contains(&status), "{status}");
        }
        let left = owners(&world).await.len();
        assert!(left >= 1, "round {round} left no Owner");
        fell += OWNERS - left;
    }
    assert_eq!(sent, DEMOTIONS);
    assert!(fell >= ROUNDS, "only {fell} fell");
}
