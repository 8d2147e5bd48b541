//! Facts about time: the system's clock may be set back, and what has expired stays so.

use reqwest::Method;
use serde_json::{Value, json};
use server::clock::Clock;
use server::store::clock::seen_at;

use crate::support::{Client, Database, PASSWORD, World, eventually, on_both};

on_both! { clock_set_back_revives_nothing clock_set_back_over_a_restart_revives_nothing time_is_written_down_while_the_server_runs }

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
