//! Facts about signing in and out, and about sessions.

mod known;
mod made_of_another;
mod refused;

use reqwest::Method;
use serde_json::json;

use crate::support::{Client, Database, PASSWORD, World, on_both, send};

on_both! {
    every_cookie_is_bound_to_the_host
    wrong_attempts_all_look_alike forged_and_foreign_sessions_are_nobody session_ends_by_idleness_and_age sign_out_holds_at_once
    locked_name_is_open_again_later known_device_is_not_locked_out change_from_another_site_is_refused cookie_and_bearer_together_are_refused
    asking_for_news_keeps_no_session_alive user_name_signs_in sign_in_gives_a_new_session deactivated_account_is_out_at_once whoever_is_sent_away_has_not_guessed
    confirmation_gives_a_new_id_and_the_older_one_does_not_rise sign_out_ends_a_session_under_its_older_id_too many_attempts_from_one_address_are_slowed
}

async fn wrong_attempts_all_look_alike(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["invited@example.com"] })).await.good();
    let gone = world.member(&owner, "gone@example.com", json!({})).await;
    deactivate(&owner, &gone).await;
    world.member(&owner, "locked@example.com", json!({})).await;
    insert_service_account(&world).await;
    for _ in 0..12 {
        world.clock.advance(3 * 60 * 1_000);
        world.nobody().sign_in("locked@example.com", "wrong horse battery").await;
    }
    let mut bodies = Vec::new();
    for (name, password) in [
        ("nobody@example.com", PASSWORD),
        ("olivia@example.com", "wrong horse battery"),
        ("invited@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("locked@example.com", PASSWORD),
        ("sa::deployer", PASSWORD),
        ("not an address", ""),
        ("olivia@example.com", &"x".repeat(500)),
    ] {
        let hashes = world.running.app.hasher.count();
        let answer = world.nobody().sign_in(name, password).await;
        assert_eq!(world.running.app.hasher.count() - hashes, 1, "{name}");
        let mut body = answer.body();
        body["request_id"] = json!("");
        bodies.push((answer.status, body));
    }
    assert_eq!(bodies[0].0, 401);
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
}

async fn insert_service_account(world: &World) {
    let sql = "INSERT INTO accounts (id, organization_id, kind, handle, display_name, name_key, search_text, activated_at, created_at)
               SELECT '01a201dc-78d3-7333-844c-520898157319', id, 'service', 'sa::deployer', 'Deployer', 'deployer', 'deployer', created_at, created_at FROM organizations";
    sqlx::query(sql).execute(world.running.app.db.writer()).await.unwrap();
}

async fn deactivate(owner: &Client, member: &Client) {
    let session = member.get("/api/v1/session").await.good();
    let path = format!("/api/v1/accounts/{}", session["account"]["id"].as_str().unwrap());
    let version = owner.get(&path).await.good()["version"].as_i64().unwrap();
    owner.change(Method::PATCH, &path, version, Some(json!({ "status": "deactivated" }))).await.good();
}

async fn forged_and_foreign_sessions_are_nobody(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for forged in ["", "x", &"A".repeat(43), &"A".repeat(5_000), "' OR 1=1 --"] {
        let client = Client { session: Some(forged.to_owned()), ..owner.clone() };
        assert_eq!(client.get("/api/v1/session").await.status, 401, "{forged:.20}");
    }
}

async fn session_ends_by_idleness_and_age(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    world.clock.advance(31 * 60 * 1_000);
    assert_eq!(owner.get("/api/v1/session").await.status, 401);
    assert_eq!(owner.sign_in("olivia@example.com", PASSWORD).await.status, 200);
    for _ in 0..29 {
        world.clock.advance(25 * 60 * 1_000);
        let answer = owner.get("/api/v1/session").await;
        if answer.status == 401 {
            return;
        }
        // The session's last sight is written beside the answer; the next one has to find it.
        crate::support::eventually("the session's last sight", async || seen_recently(&world).await.then_some(()))
            .await;
    }
    panic!("twelve hours have passed");
}

async fn asking_for_news_keeps_no_session_alive(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let tag = owner.get("/api/v1/session").await.headers.get("etag").cloned().unwrap();
    for minutes in [25, 4] {
        world.clock.advance(minutes * 60 * 1_000);
        let asked = owner.request(Method::GET, "/api/v1/session").header("if-none-match", tag.clone()).send().await;
        assert_eq!(asked.unwrap().status(), 304);
    }
    world.clock.advance(2 * 60 * 1_000);
    assert_eq!(owner.get("/api/v1/session").await.status, 401);
}

async fn seen_recently(world: &World) -> bool {
    use sqlx::Row;
    let now = world.clock.now().millis();
    let row = sqlx::query("SELECT MAX(last_seen_at) AS seen FROM sessions")
        .fetch_one(world.running.app.db.reader())
        .await
        .unwrap();
    now - row.get::<i64, _>("seen") < 60_000
}

async fn sign_out_holds_at_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let out = send(owner.request(Method::DELETE, "/api/v1/session")).await;
    assert_eq!(out.status, 204);
    assert!(
        out.headers.get_all("set-cookie").iter().any(|value| value.to_str().unwrap().contains("__Host-session=; ")
            && value.to_str().unwrap().contains("Max-Age=0"))
    );
    assert_eq!(out.headers["cache-control"], "no-store");
    assert_eq!(out.headers["clear-site-data"], "\"cache\"");
    assert_eq!(owner.get("/api/v1/session").await.status, 401);
    assert_eq!(send(owner.request(Method::DELETE, "/api/v1/session")).await.status, 204);
}

async fn every_cookie_is_bound_to_the_host(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    let mut client = world.nobody();
    let signed_in = client.sign_in("olivia@example.com", PASSWORD).await;
    let signed_out = send(client.request(Method::DELETE, "/api/v1/session")).await;
    for (answer, count) in [(signed_in, 3), (signed_out, 2)] {
        let cookies: Vec<_> =
            answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(cookies.len(), count, "{cookies:?}");
        for cookie in cookies {
            let attributes: Vec<&str> = cookie.split("; ").collect();
            assert!(cookie.starts_with("__Host-"), "{cookie}");
            for needed in ["Secure", "Path=/", "SameSite=Strict"] {
                assert!(attributes.contains(&needed), "{cookie}");
            }
            assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
            let is_hint = cookie.starts_with("__Host-signed_in=");
            assert_eq!(attributes.contains(&"HttpOnly"), !is_hint, "{cookie}");
        }
    }
}

/// Guesses wrong until the next guess has to wait for minutes, each guess after the wait for it.
async fn lock(world: &World) {
    for _ in 0..12 {
        world.clock.advance(3 * 60 * 1_000);
        assert_eq!(world.nobody().sign_in("olivia@example.com", "wrong horse battery").await.status, 401);
    }
}

async fn locked_name_is_open_again_later(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    lock(&world).await;
    assert_eq!(
        world.nobody().sign_in("olivia@example.com", PASSWORD).await.status,
        401,
        "even the right one waits now"
    );
    world.clock.advance(16 * 60 * 1_000);
    assert_eq!(world.nobody().sign_in("olivia@example.com", PASSWORD).await.status, 200);
}

async fn known_device_is_not_locked_out(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    lock(&world).await;
    owner.session = None;
    assert_eq!(owner.sign_in("olivia@example.com", PASSWORD).await.status, 200);
    let mut forged = Client { device: Some("00.11".to_owned()), ..world.nobody() };
    assert_eq!(forged.sign_in("olivia@example.com", PASSWORD).await.status, 401);
}

async fn change_from_another_site_is_refused(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let cookie = format!("__Host-session={}", owner.session.clone().unwrap());
    let body = json!({ "name": "Interns" });
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        let answer =
            send(owner.bare(Method::POST, "/api/v1/groups").header("cookie", &cookie).header(name, value).json(&body))
                .await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "cross_site"), "{name}: {value}");
    }
    let text =
        send(owner.request(Method::POST, "/api/v1/groups").header("content-type", "text/plain").body(body.to_string()))
            .await;
    assert_eq!((text.status, text.code().as_str()), (415, "not_json"));
    assert_eq!(
        send(
            owner
                .bare(Method::POST, "/api/v1/groups")
                .header("cookie", &cookie)
                .header("origin", world.base())
                .json(&body)
        )
        .await
        .status,
        201
    );
}

async fn cookie_and_bearer_together_are_refused(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    assert_eq!(
        send(owner.request(Method::GET, "/api/v1/session").header("authorization", "Bearer x")).await.status,
        400
    );
}

async fn user_name_signs_in(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let version = owner.get("/api/v1/me").await.good()["account"]["version"].as_i64().unwrap();
    owner.change(Method::PATCH, "/api/v1/me", version, Some(json!({ "user_name": "Olivia" }))).await.good();
    assert_eq!(world.nobody().sign_in(" OLIVIA ", PASSWORD).await.status, 200);
}

async fn sign_in_gives_a_new_session(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let old = owner.clone();
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_ne!(old.session, owner.session);
    assert_eq!(old.get("/api/v1/session").await.status, 401, "the older session of the same browser has ended");
    assert_eq!(owner.get("/api/v1/session").await.status, 200);
}

async fn deactivated_account_is_out_at_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let member = world.member(&owner, "ana@example.com", json!({})).await;
    assert_eq!(member.get("/api/v1/me").await.status, 200);
    deactivate(&owner, &member).await;
    assert_eq!(member.get("/api/v1/me").await.status, 401);
}

/// The owner with a session under a new id, and with the older one.
async fn confirmed(world: &World) -> (Client, Client) {
    let mut owner = world.owner().await;
    let older = owner.clone();
    world.clock.advance(6 * 60 * 1_000);
    let proved = owner.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await;
    assert_eq!(proved.status, 204, "{}", proved.text);
    owner.take_session(&proved);
    (owner, older)
}

async fn confirmation_gives_a_new_id_and_the_older_one_does_not_rise(database: Database) {
    let world = World::new(database).await;
    let (owner, older) = confirmed(&world).await;
    assert_ne!(owner.session, older.session);
    let token = json!({ "name": "laptop" });
    assert_eq!(older.get("/api/v1/session").await.status, 200, "what is on its way arrives");
    assert_eq!(older.post("/api/v1/me/tokens", token.clone()).await.code(), "confirmation_required");
    assert_eq!(owner.post("/api/v1/me/tokens", token).await.status, 201);
    world.clock.advance(10_000);
    assert_eq!((older.get("/api/v1/session").await.status, owner.get("/api/v1/session").await.status), (401, 200));
    let began = sqlx::query("SELECT DISTINCT created_at FROM sessions");
    assert_eq!(began.fetch_all(world.running.app.db.reader()).await.unwrap().len(), 1, "its age goes on");
}

async fn sign_out_ends_a_session_under_its_older_id_too(database: Database) {
    let world = World::new(database).await;
    let (owner, older) = confirmed(&world).await;
    assert_eq!(send(owner.request(Method::DELETE, "/api/v1/session")).await.status, 204);
    assert_eq!((older.get("/api/v1/session").await.status, owner.get("/api/v1/session").await.status), (401, 401));
}

async fn whoever_is_sent_away_has_not_guessed(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    let queue: Vec<_> = std::iter::from_fn(|| world.running.app.hasher.place().ok()).collect();
    for _ in 0..12 {
        let answer = world.nobody().sign_in("olivia@example.com", PASSWORD).await;
        assert_eq!((answer.status, answer.headers.contains_key("retry-after")), (429, true), "{}", answer.text);
    }
    drop(queue);
    assert_eq!(world.nobody().sign_in("olivia@example.com", PASSWORD).await.status, 200);
}

async fn many_attempts_from_one_address_are_slowed(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    let tasks: Vec<_> = (0..80)
        .map(|number| (number, world.nobody()))
        .map(|(number, mut client)| {
            tokio::spawn(async move { client.sign_in(&format!("guess{number}@example.com"), "x").await })
        })
        .collect();
    let mut slowed = 0;
    for task in tasks {
        let answer = task.await.unwrap();
        assert!([401, 429].contains(&answer.status), "{}", answer.text);
        slowed += u32::from(answer.status == 429 && answer.headers.contains_key("retry-after"));
    }
    assert!(slowed >= 30, "{slowed}");
}
