//! Facts about health, metrics, headers, the document and the console's files.

use reqwest::Method;
use serde_json::json;
use server::commands::serve;
use server::http::body::JSON_DEPTH_MAX;
use server::http::crowd::Crowd;
use server::http::listen;
use server::http::route::Needs;
use sqlx::Executor;

use crate::support::{Database, World, on_both, send};

on_both! { healthy_server_says_so what_is_read_for_many_at_once_and_not_understood_is_a_fault_of_ours every_answer_carries_the_security_headers document_names_every_route limits_hold_at_the_edge_and_past_it metrics_hold_no_address unknown_address_is_a_page_for_people_and_a_problem_for_programs }

async fn healthy_server_says_so(database: Database) {
    let world = World::new(database).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(world.nobody().get(path).await.status, 200, "{path}");
    }
    world.running.app.db.close().await;
    assert_eq!((world.nobody().get("/healthz").await.status, world.nobody().get("/readyz").await.status), (200, 503));
    let away = world.nobody().get("/api/v1/setup").await;
    assert_eq!((away.status, away.code().as_str()), (503, "unavailable"));
}

async fn what_is_read_for_many_at_once_and_not_understood_is_a_fault_of_ours(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.get("/api/v1/session").await.good();
    for sql in [
        "ALTER TABLE organizations RENAME COLUMN invitation_ttl_ms TO elsewhere",
        "UPDATE organizations SET revision = revision + 1",
    ] {
        world.running.app.db.writer().execute(sql).await.unwrap();
    }
    let answer = owner.get("/api/v1/session").await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "internal"), "waiting would not mend it");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_to_a_database_file_that_is_not_in_its_place() {
    let world = World::new(Database::Sqlite).await;
    let owner = world.owner().await;
    let [file, aside] = ["roster.db", "aside.db"].map(|name| world.folder.path().join(name));
    let state = async || {
        let write = owner.post("/api/v1/groups", json!({ "name": "Sales" })).await;
        (world.nobody().get("/readyz").await.status, write.status, write.code())
    };
    let refused = (503, 503, "unavailable".to_owned());
    std::fs::rename(&file, &aside).unwrap();
    assert_eq!(state().await, refused, "gone");
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(state().await, (200, 201, String::new()), "back");
    std::fs::copy(&file, &aside).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(state().await, refused, "another one in its place");
}

async fn every_answer_carries_the_security_headers(database: Database) {
    let world = World::new(database).await;
    for path in ["/", "/api/v1/session", "/nothing", "/healthz", "/api/v1/openapi.json", "/assets/nothing.js"] {
        let request = world.nobody().request(Method::GET, path).header("origin", "https://elsewhere.example.com");
        let answer = send(request).await;
        let header =
            |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        for (name, value) in crate::requests::CARRIED {
            assert_eq!(header(name), value, "{path}");
        }
        assert!(header("cache-control").contains("no-store"), "{path}");
        assert!(
            answer.headers.get("server").is_none() && answer.headers.get("access-control-allow-origin").is_none(),
            "{path}"
        );
        assert_eq!(header("x-request-id").len(), 24, "{path}");
    }
    let problem = world.nobody().get("/api/v1/session").await;
    assert_eq!(problem.headers["content-type"], "application/problem+json");
    assert_eq!(problem.body()["request_id"], problem.headers["x-request-id"].to_str().unwrap());
    assert_eq!(world.nobody().get("/nothing").await.code(), "not_found");
    assert_eq!(send(world.nobody().request(Method::PUT, "/api/v1/setup")).await.code(), "method_not_allowed");
}

async fn document_names_every_route(database: Database) {
    let world = World::new(database).await;
    let document = world.nobody().get("/api/v1/openapi.json").await.good();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for route in server::http::route::all() {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_eq!(operation["summary"], route.summary, "{} {}", route.method, route.path);
        let ways_in = match route.needs {
            Needs::Nobody => json!([]),
            Needs::Session => json!([{ "session": [] }]),
            _ => json!([{ "session": [] }, { "token": [] }]),
        };
        assert_eq!(operation["security"], ways_in, "{} {}", route.method, route.path);
    }
    let ways_in = &document["components"]["securitySchemes"];
    assert_eq!((&ways_in["session"]["in"], &ways_in["session"]["name"]), (&json!("cookie"), &json!("__Host-session")));
    assert_eq!((&ways_in["token"]["type"], &ways_in["token"]["scheme"]), (&json!("http"), &json!("bearer")));
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and not described");
    }
}

async fn limits_hold_at_the_edge_and_past_it(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let body = |size: usize| {
        let start = r#"{"name":"x","description":""#;
        format!("{start}{}\"}}", "y".repeat(size - start.len() - 2))
    };
    let ask = async |size: usize| {
        send(owner.request(Method::POST, "/api/v1/groups").header("content-type", "application/json").body(body(size)))
            .await
    };
    assert_eq!(ask(64 * 1024).await.status, 422, "the body is read, the description is too long");
    let large = ask(64 * 1024 + 1).await;
    assert_eq!((large.status, large.code().as_str()), (413, "too_large"));
    let header = async |size: usize| {
        send(owner.request(Method::GET, "/healthz").header("x-filler", "x".repeat(size))).await.status
    };
    assert_eq!((header(8_000).await, header(20_000).await), (200, 431));
    let nested = async |depth: usize| {
        let body = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let request = owner.request(Method::POST, "/api/v1/groups").header("content-type", "application/json");
        send(request.body(body)).await.code()
    };
    assert_eq!(nested(JSON_DEPTH_MAX).await, "invalid", "the body is read, and is no group");
    assert_eq!((nested(JSON_DEPTH_MAX + 1).await, nested(5_000).await), ("malformed".into(), "malformed".into()));
}

async fn metrics_hold_no_address(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    let text = owner.get("/metrics").await.text;
    assert!(text.contains("roster_requests_total") && text.contains("route=\"/api/v1/invitations\""), "{text}");
    assert!(text.contains("roster_request_seconds_bucket"), "{text}");
    assert!(!text.contains("example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn panic_is_an_answer_and_the_process_goes_on() {
    let world = World::new(Database::Sqlite).await;
    let panicking = axum::Router::new()
        .route("/panic", axum::routing::get(async || -> &'static str { panic!("on purpose") }))
        .route("/well", axum::routing::get(async || "well"));
    let router = serve::stand_around(panicking, &world.running.app, std::time::Duration::from_secs(30));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = crate::support::Client::new(&format!("http://{}", listener.local_addr().unwrap()));
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(listen::serve(listener, router, Default::default(), Crowd::behind(Vec::new()), stopped));
    for _ in 0..3 {
        let answer = client.get("/panic").await;
        assert_eq!((answer.status, answer.code().as_str()), (500, "internal"));
        assert_eq!(answer.body()["request_id"], answer.headers["x-request-id"].to_str().unwrap());
        assert!(!answer.text.contains("on purpose"), "{}", answer.text);
        assert_eq!(client.get("/well").await.text, "well");
    }
}

async fn unknown_address_is_a_page_for_people_and_a_problem_for_programs(database: Database) {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let world = World::new(database).await;
    let ask = async |method: Method, path: &str, accept: &str| {
        send(world.nobody().request(method, path).header("accept", accept)).await
    };
    for path in ["/nothing", "/settings/nothing", "/assets/nothing.js"] {
        let page = ask(Method::GET, path, BROWSER).await;
        assert_eq!((page.status, &page.headers["content-type"]), (404, &"text/html; charset=utf-8".parse().unwrap()));
        assert!(page.text.contains("<h1>Page not found</h1>") && page.text.contains("href=\"/\""), "{}", page.text);
        assert!(!page.text.contains("<script") && !page.text.contains("<style") && !page.text.contains(" style="));
        assert!(page.headers["cache-control"].to_str().unwrap().contains("no-store"));
    }
    for (method, path, accept) in [
        (Method::GET, "/nothing", "*/*"),
        (Method::GET, "/nothing", "application/json"),
        (Method::GET, "/nothing", "text/html;q=0"),
        (Method::POST, "/nothing", BROWSER),
        (Method::GET, "/api/v1/nothing", BROWSER),
    ] {
        let problem = ask(method, path, accept).await;
        assert_eq!((problem.status, problem.code().as_str()), (404, "not_found"), "{path} {accept}");
    }
}
