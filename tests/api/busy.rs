//! Facts about work that takes long: however much of it is asked for, others are served meanwhile.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::support::{Client, Database, Process, World, on_both, roster, send, text};

on_both! { fixes_are_named_for_the_first_refusals_of_many }

/// What nobody waits for longer than, whoever asks for however much. Without a limit it was many times that.
const NOBODY_WAITS: Duration = Duration::from_secs(2);

/// Nobody is sent a mail here.
const NO_MAIL_SERVER: &str = "smtp://127.0.0.1:9";

/// A large organization, served by a process of its own.
struct Crowded {
    process: Process,
    owner: Client,
    _folder: TempDir,
}

async fn crowded() -> Crowded {
    let folder = TempDir::new().unwrap();
    let size = ["demo", "--accounts", "1000", "--groups", "5000", "--roles", "900"];
    let made = roster(&size, folder.path()).output().unwrap();
    assert!(made.status.success(), "{}", text(&made));
    let password = text(&made).trim().rsplit(' ').next().unwrap().to_owned();
    let process = Process::start(folder.path(), NO_MAIL_SERVER);
    let mut owner = Client::new(&process.base);
    owner.sign_in("owner@demo.example", &password).await.good();
    Crowded { process, owner, _folder: folder }
}

impl Crowded {
    /// How long the slowest answer of `/healthz` took while some work was done, and what came of the work.
    async fn slowest_beside<T>(&self, work: impl Future<Output = T>) -> (Duration, T) {
        let address = self.process.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n");
        let (mut slowest, mut work) = (Duration::ZERO, std::pin::pin!(work));
        let mut bytes = [0; 4_096];
        loop {
            let began = Instant::now();
            stream.write_all(request.as_bytes()).await.unwrap();
            // The work goes on while the answer is waited for.
            let done = tokio::select! {
                read = stream.read(&mut bytes) => {
                    assert!(read.unwrap() > 0);
                    slowest = slowest.max(began.elapsed());
                    continue;
                }
                done = &mut work => done,
            };
            assert!(stream.read(&mut bytes).await.unwrap() > 0);
            return (slowest.max(began.elapsed()), done);
        }
    }

    /// So many readers of the same address at once.
    async fn all_read(client: &Client, count: usize, path: &str) -> Vec<u16> {
        let tasks: Vec<_> = (0..count)
            .map(|_| (client.clone(), path.to_owned()))
            .map(|(client, path)| tokio::spawn(async move { client.get(&path).await.status }))
            .collect();
        let mut statuses = Vec::new();
        for task in tasks {
            statuses.push(task.await.unwrap());
        }
        statuses
    }

    /// So many of the same request at once.
    async fn all(client: &Client, count: usize, path: &'static str, body: &Value) -> Vec<u16> {
        let tasks: Vec<_> = (0..count)
            .map(|_| (client.clone(), body.clone()))
            .map(|(client, body)| tokio::spawn(async move { client.post(path, body).await.status }))
            .collect();
        let mut statuses = Vec::new();
        for task in tasks {
            statuses.push(task.await.unwrap());
        }
        statuses
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_checks_and_previews_of_others() {
    let crowded = crowded().await;
    let owner = &crowded.owner;
    let path = "/api/v1/objects/dashboard/sales";
    let types = owner.get("/api/v1/object-types").await.good();
    let kind = types["items"][0]["key"].as_str().unwrap().to_owned();
    let path = path.replace("dashboard", &kind);
    send(owner.request(Method::PUT, &path).json(&json!({ "name": "Sales", "restricted": true }))).await.good();
    let product = json!({ "account_id": "viewer", "permissions": ["accounts.view"], "token": { "name": "first" } });
    let product = owner.post("/api/v1/service-accounts", product).await.good();
    let access = json!({ "account": product["account"]["id"], "level": "modify" });
    owner.access(Method::PUT, &format!("{kind}/sales"), "", Some(access)).await.good();
    let secret = product["token"]["secret"].as_str().unwrap().to_owned();
    let viewer = Client { token: Some(secret), ..Client::new(&crowded.process.base) };
    let page = owner.get("/api/v1/accounts?limit=500").await.good();
    let ids: Vec<Value> = page["items"].as_array().unwrap().iter().map(|account| account["id"].clone()).collect();
    let question = |number: usize| {
        let object = json!({ "type": kind, "external_id": "sales" });
        json!({ "permission": "alerts", "account": ids[number % ids.len()], "object": object, "access": "modify" })
    };
    let checks = json!({ "checks": (0..1_000).map(question).collect::<Vec<_>>() });
    let role = owner.new_role("Of many", &["alerts"]).await;
    let preview = json!({ "role": role["id"], "role_change": { "permissions": ["alerts", "accounts.view"] } });
    let act = json!({ "type": "add_role", "role": role["key"] });
    let bulk = json!({ "bulk": { "ids": ids, "action": act } });
    let dry_run = json!({ "ids": ids, "action": act, "dry_run": true });
    let check = "/api/v1/check";
    for (what, client, count, path, body) in [
        ("checks of an Owner", owner, 4, check, &checks),
        ("checks of one who may share", &viewer, 4, check, &checks),
        ("previews of a role", owner, 50, "/api/v1/previews", &preview),
        ("previews of a bulk change", owner, 20, "/api/v1/previews", &bulk),
        ("dry runs", owner, 20, "/api/v1/accounts/bulk", &dry_run),
    ] {
        let began = Instant::now();
        let (slowest, statuses) = crowded.slowest_beside(Crowded::all(client, count, path, body)).await;
        println!("{what}: {count} in {:?}, the slowest answer beside them took {slowest:?}", began.elapsed());
        assert!(slowest < NOBODY_WAITS, "{what}: {slowest:?}");
        let is_answer = |status: &u16| matches!(status, 200 | 429);
        assert!(statuses.iter().all(is_answer) && statuses.contains(&200), "{what}: {statuses:?}");
        assert!(count < 40 || statuses.contains(&429), "{what}: nobody waits in an endless queue: {statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_lists_of_others() {
    const READERS: usize = 50;
    let crowded = crowded().await;
    let owner = &crowded.owner;
    let id = owner.id().await;
    let of_account = format!("/api/v1/accounts/{id}/permissions");
    for path in [
        "/api/v1/openapi.json",
        "/metrics",
        "/api/v1/setup",
        "/api/v1/session",
        "/api/v1/me",
        "/api/v1/roles",
        "/api/v1/groups?limit=500",
        "/api/v1/permissions",
        "/api/v1/accounts?limit=500&q=a",
        &of_account,
    ] {
        let began = Instant::now();
        let (slowest, statuses) = crowded.slowest_beside(Crowded::all_read(owner, READERS, path)).await;
        println!("{path}: {READERS} in {:?}, the slowest answer beside them took {slowest:?}", began.elapsed());
        assert!(slowest < NOBODY_WAITS, "{path}: {slowest:?}");
        assert!(statuses.iter().all(|status| *status == 200), "{path}: {statuses:?}");
    }
}

async fn fixes_are_named_for_the_first_refusals_of_many(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let refused = json!({ "permission": "alerts", "account": ana });
    let object = |number: usize| json!({ "type": "dashboard", "external_id": format!("d{number}") });
    for number in 0..150 {
        let path = format!("/api/v1/objects/dashboard/d{number}");
        send(owner.request(Method::PUT, &path).json(&json!({ "name": "D" }))).await.good();
    }
    let one = owner.post("/api/v1/check", refused.clone()).await.good();
    assert!(!one["fixes"].as_array().unwrap().is_empty());
    let mut checks = vec![json!({ "permission": "alerts" }); 50];
    checks.extend((0..150).map(|number| json!({ "permission": "alerts", "account": ana, "object": object(number) })));
    checks.extend(vec![json!({ "permission": "alerts", "account": ana, "object": object(0) }); 150]);
    let answers = owner.post("/api/v1/check", json!({ "checks": checks })).await.good()["results"].clone();
    let answers = answers.as_array().unwrap();
    assert!(answers[..50].iter().all(|answer| answer["allowed"] == true));
    assert!(answers[50..150].iter().all(|answer| *answer == one), "the first hundred that differ");
    let bare = json!({ "allowed": false, "reason": "no_permission", "paths": [], "fixes": [] });
    assert!(answers[150..200].iter().all(|answer| *answer == bare), "and no more");
    assert!(answers[200..].iter().all(|answer| *answer == one), "the same question has the same answer");
}
