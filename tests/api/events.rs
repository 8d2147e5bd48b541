//! Facts about the log: what is refused leaves a line with ids, and strangers cannot flood it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Database, World, WorldOptions, canary, on_both, send};

on_both! { what_is_refused_leaves_a_line_with_ids }

/// The lines of security events, as they were logged.
fn events() -> Vec<Value> {
    let lines = canary::logged();
    let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["fields"]["event"].is_string()).collect()
}

/// The one line of an event about a route.
fn line_of(event: &str, route: &str) -> Value {
    let found: Vec<Value> = events()
        .into_iter()
        .filter(|line| line["fields"]["event"] == event && line["fields"]["route"] == route)
        .collect();
    assert_eq!(found.len(), 1, "{event} {route}: {found:?}");
    found[0].clone()
}

async fn what_is_refused_leaves_a_line_with_ids(database: Database) {
    let world = World::with(database, WorldOptions { is_behind_proxy: true, ..WorldOptions::default() }).await;
    let owner = world.owner().await;
    let other = world.other_organization("otto@example.com").await;
    let viewer = world.member(&owner, "viewer@example.com", json!({ "level": "viewer" })).await;
    let from = |client: &Client, number: u8, method: Method, path: &str| {
        client.request(method, path).header("x-forwarded-for", format!("192.0.2.{number}"))
    };
    let wrong = Client { token: Some("rsts_wrong".into()), ..world.nobody() };
    for _ in 0..3 {
        assert_eq!(send(from(&wrong, 7, Method::GET, "/api/v1/accounts")).await.status, 401);
    }
    let line = line_of("token_refused", "/api/v1/accounts");
    assert_eq!((&line["fields"]["ip"], &line["level"]), (&json!("192.0.2.7"), &json!("WARN")), "once, and no more");
    assert_eq!(line["span"]["id"].as_str().unwrap().len(), 24, "the id of the request");

    let link = domain::secret::Secret::new(domain::secret::SecretKind::Invitation, [7; 32]);
    for (number, path, body, status) in [
        (11, "/api/v1/invitations/preview", json!({ "token": link.reveal() }), 404),
        (12, "/api/v1/setup", world.setup_body(), 409),
    ] {
        let refused = send(from(&world.nobody(), number, Method::POST, path).json(&body)).await;
        assert_eq!(refused.status, status, "{path}: {}", refused.text);
        assert_eq!(line_of("token_refused", path)["fields"]["status"], status);
    }

    let cookie = format!("__Host-session={}", owner.session.as_ref().unwrap());
    let cross = owner.bare(Method::POST, "/api/v1/groups").header("cookie", cookie).json(&json!({ "name": "x" }));
    let cross = cross.header("sec-fetch-site", "cross-site").header("x-forwarded-for", "192.0.2.8");
    let cross = send(cross).await;
    assert_eq!((cross.status, cross.code().as_str()), (403, "cross_site"));
    assert_eq!(line_of("cross_site_refused", "/api/v1/groups")["fields"]["ip"], "192.0.2.8");

    let id = owner.id().await;
    assert_eq!(send(from(&other, 9, Method::GET, &format!("/api/v1/accounts/{id}"))).await.status, 404);
    let line = line_of("unknown_id", "/api/v1/accounts/{id}");
    assert_eq!((&line["fields"]["account"], &line["fields"]["status"]), (&json!(other.id().await), &json!(404)));

    assert_eq!(viewer.post("/api/v1/groups", json!({ "name": "x" })).await.status, 403);
    assert_eq!(line_of("access_refused", "/api/v1/groups")["fields"]["account"], viewer.id().await);

    // At once, so that no slow machine gives them their attempts back.
    let attempts: Vec<_> = (0..100)
        .map(|_| {
            let body = json!({ "email": "ana@example.com", "password": "not this one" });
            tokio::spawn(send(from(&world.nobody(), 10, Method::POST, "/api/v1/session").json(&body)))
        })
        .collect();
    for attempt in attempts {
        assert!([401, 429].contains(&attempt.await.unwrap().status));
    }
    assert_eq!(line_of("sign_in_refused", "/api/v1/session")["fields"]["ip"], "192.0.2.10");
    assert_eq!(line_of("rate_limited", "/api/v1/session")["fields"]["status"], 429);

    assert_eq!(owner.post("/api/v1/groups", json!(["x"])).await.status, 422);
    assert_eq!(line_of("input_refused", "/api/v1/groups")["fields"]["account"], id);
    let text = canary::logged();
    for absent in ["ana@example.com", "otto@example.com", "viewer@example.com", "rsts_wrong", "not this one"] {
        assert!(!text.contains(absent), "{absent}");
    }
    let metrics = owner.get("/metrics").await.text;
    assert!(metrics.contains("roster_security_events_total{event=\"token_refused\"}"), "{metrics}");
}
