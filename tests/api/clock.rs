//! Facts about time: the system's clock may be set back, and what has expired stays so.

use std::path::Path;

use domain::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::Clock;
use server::options::ServeOptions;
use server::store::clock::seen_at;
use server::store::clock_reset::{ENDS, HAPPENED};

use crate::support::{Client, Database, PASSWORD, World, eventually, on_both, roster, text};

on_both! { clock_set_back_revives_nothing clock_set_back_over_a_restart_revives_nothing clock_that_was_wrongly_ahead_is_put_right time_is_written_down_while_the_server_runs }

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// A session, an invitation's link and a grant, which end within a day.
struct Ending {
    session: Client,
    token: String,
    account: String,
}

async fn ending(world: &World) -> Ending {
    let owner = world.owner().await;
    let account = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let valid_until = world.clock.now().plus(HOUR_MS);
    let grant = json!({ "type": "add_permission", "permission": "groups.manage", "valid_until": valid_until });
    owner.bulk(&[&account], grant).await.good();
    let sent = owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com"] })).await.good();
    let token = sent["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let ending = Ending { session: owner, token, account };
    assert_eq!(found(world, &ending).await, (200, json!("open"), 201));
    ending
}

/// What the session, the link and the grant are good for now.
async fn found(world: &World, ending: &Ending) -> (u16, Value, u16) {
    let session = Client { base: world.base(), ..ending.session.clone() };
    let preview = world.nobody().post("/api/v1/invitations/preview", json!({ "token": ending.token })).await.good();
    let mut ana = world.nobody();
    ana.sign_in("ana@example.com", PASSWORD).await.good();
    assert_eq!(ana.id().await, ending.account);
    let name = format!("Group {}", server::secrets::hex(&server::random::bytes::<8>().unwrap()));
    let made = ana.post("/api/v1/groups", json!({ "name": name })).await.status;
    (session.get("/api/v1/session").await.status, preview["state"].clone(), made)
}

async fn clock_set_back_revives_nothing(database: Database) {
    let world = World::new(database).await;
    let ending = ending(&world).await;
    world.clock.advance(25 * HOUR_MS);
    let over = (401, json!("expired"), 403);
    assert_eq!(found(&world, &ending).await, over);
    let before = world.clock.now();
    world.clock.advance(-25 * HOUR_MS);
    assert_eq!(found(&world, &ending).await, over);
    assert!(world.clock.now() >= before);
}

async fn clock_set_back_over_a_restart_revives_nothing(database: Database) {
    let world = World::new(database).await;
    let ending = ending(&world).await;
    world.clock.advance(25 * HOUR_MS);
    let over = (401, json!("expired"), 403);
    assert_eq!(found(&world, &ending).await, over);
    let before = world.clock.now();
    let world = world.restart_at(Clock::default()).await;
    assert!(world.clock.now() >= before);
    assert_eq!(found(&world, &ending).await, over);
    let mut owner = world.nobody();
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let page = owner.get("/api/v1/accounts?status=invitation_expired").await.good();
    assert_eq!(page["total"], 1, "lists see it as links do");
    let path = format!("/api/v1/accounts/{}", page["items"][0]["id"].as_str().unwrap());
    assert_eq!(owner.request(Method::GET, &path).send().await.unwrap().status(), 200);
}

async fn time_is_written_down_while_the_server_runs(database: Database) {
    let world = World::new(database).await;
    world.clock.advance(HOUR_MS);
    let now = world.clock.now();
    eventually("the time in the database", async || {
        seen_at(&world.running.app.db).await.unwrap().filter(|seen| *seen >= now)
    })
    .await;
}

/// Runs a command on the data of a world; whether it went well, and what it said.
fn command(folder: &Path, options: &ServeOptions, arguments: &[&str]) -> (bool, String) {
    let mut command = roster(arguments, folder);
    if let Some(url) = &options.store.database_url {
        command.args(["--database-url", url]);
    }
    let output = command.output().unwrap();
    (output.status.success(), text(&output))
}

async fn clock_that_was_wrongly_ahead_is_put_right(database: Database) {
    const DAY_MS: i64 = 24 * HOUR_MS;
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    // Sent while the clock was right, its mail waiting; the link is copied while it is wrong.
    let carl = owner.post("/api/v1/invitations", json!({ "emails": ["carl@example.com"] })).await.good();
    let carl = carl["results"][0]["account_id"].as_str().unwrap().to_owned();
    let waiting = format!("UPDATE invitations SET expires_at = NULL WHERE account_id = '{carl}'");
    sqlx::query(sqlx::AssertSqlSafe(waiting)).execute(world.running.app.db.writer()).await.unwrap();
    let (went_well, words) = command(world.folder.path(), &world.options, &["clock", "reset"]);
    assert!(!went_well && (words.contains("a server is running") || words.contains("connections to it")), "{words}");
    world.clock.advance(10 * 365 * DAY_MS);
    let mut owner = world.nobody();
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let token = json!({ "name": "nightly", "expires_at": world.clock.now().plus(30 * DAY_MS) });
    let token = owner.post("/api/v1/me/tokens", token).await.good()["token"]["id"].as_str().unwrap().to_owned();
    owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com"] })).await.good();
    let grant = json!({ "type": "add_permission", "permission": "groups.manage", "valid_until": world.clock.now().plus(DAY_MS) });
    owner.bulk(&[&ana], grant).await.good();
    owner.bulk(&[&ana], json!({ "type": "deactivate" })).await.good();
    let copy = format!("/api/v1/accounts/{carl}/invitation/link");
    let version = owner.account(&carl).await["version"].as_i64().unwrap();
    let copied = owner.change(Method::POST, &copy, version, None).await.good();
    let copied = copied["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let wrong_session = owner.clone();
    let world = world
        .restart_after(Clock::default(), async |folder, options| {
            // A connection to PostgreSQL may take a moment to go.
            let words = eventually("the clock to be put right", async || {
                let (went_well, words) = command(folder, options, &["clock", "reset"]);
                went_well.then_some(words)
            })
            .await;
            assert!(words.contains("What can't be undone") && words.contains("signed out"), "{words}");
            let (again, words) = command(folder, options, &["clock", "reset"]);
            assert!(!again && (words.contains("not ahead") || words.contains("connections to it")), "{words}");
        })
        .await;
    let now = world.clock.now();
    assert!(Clock::default().now().since(now).abs() < HOUR_MS);
    let wrong_session = Client { base: world.base(), ..wrong_session };
    assert_eq!(wrong_session.get("/api/v1/session").await.status, 401, "it would have lasted ten years");
    assert_eq!(world.nobody().sign_in("ana@example.com", PASSWORD).await.status, 401, "what was done stays done");
    let mut owner = world.nobody();
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let tokens = owner.get("/api/v1/me/tokens").await.good();
    let token = tokens["items"].as_array().unwrap().iter().find(|found| found["id"] == token.as_str()).unwrap();
    let end: Timestamp = serde_json::from_value(token["expires_at"].clone()).unwrap();
    assert!(end.since(now) > 29 * DAY_MS && end.since(now) <= 30 * DAY_MS, "{token}");
    let grant = sqlx::query("SELECT valid_until, granted_at FROM grants WHERE key = 'groups.manage'")
        .fetch_one(world.running.app.db.reader())
        .await
        .unwrap();
    let [until, granted] = ["valid_until", "granted_at"].map(|name| sqlx::Row::get::<i64, _>(&grant, name));
    assert!(granted <= now.millis() && (0..=DAY_MS).contains(&(until - granted)), "{granted} to {until}");
    let invitation = owner.account(&carl).await["invitation"].clone();
    let end: Timestamp = serde_json::from_value(invitation["expires_at"].clone()).unwrap();
    assert!(end.since(now) > 0 && end.since(now) <= DAY_MS, "{invitation}");
    let preview = world.nobody().post("/api/v1/invitations/preview", json!({ "token": copied })).await.good();
    assert_eq!(preview["state"], "open", "nothing was changed since it was sent");
    let row = sqlx::query("SELECT COUNT(*) AS resets FROM audit_events WHERE action = 'clock.reset'")
        .fetch_one(world.running.app.db.reader())
        .await
        .unwrap();
    assert_eq!(sqlx::Row::get::<i64, _>(&row, "resets"), 1);
    let (went_well, words) = command(world.folder.path(), &world.options, &["check"]);
    assert!(went_well, "{words}");
}

/// A column that is added later is put back, too, or named here with the reason.
#[tokio::test(flavor = "multi_thread")]
async fn every_time_in_the_database_is_put_back_by_a_reset() {
    // Rows of the audit log stay as they are; sessions and counts of guesses go; the rest is set by the reset itself.
    const OTHERS: [&str; 5] = ["audit_events", "sessions", "guesses", "mail_allowances", "clock"];
    let world = World::new(Database::Sqlite).await;
    let sql = "SELECT m.name AS holder, c.name AS time FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.type = 'BIGINT' AND (c.name LIKE '%\\_at' ESCAPE '\\' OR c.name LIKE '%\\_until' ESCAPE '\\')";
    let columns = sqlx::query(sql).fetch_all(world.running.app.db.reader()).await.unwrap();
    assert!(columns.len() > 40);
    let happened = HAPPENED.iter().flat_map(|(table, columns)| columns.iter().map(move |column| (*table, *column)));
    let known: Vec<_> = happened.chain(ENDS.iter().map(|(table, end, _)| (*table, *end))).collect();
    for column in &columns {
        let [table, column] = ["holder", "time"].map(|name| sqlx::Row::get::<String, _>(column, name));
        let is_known = OTHERS.contains(&table.as_str()) || known.contains(&(table.as_str(), column.as_str()));
        assert!(is_known, "{table}.{column} says when something happens, and store/clock_reset.rs does not know it");
    }
}
