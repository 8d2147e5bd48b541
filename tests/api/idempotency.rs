//! Facts about the `Idempotency-Key`: a request that creates or mails something is carried out once (S31).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, PASSWORD, World, on_both, send};

on_both! {
    each_request_is_carried_out_once secret_is_given_once_and_made_once requests_at_once_are_carried_out_once
    key_belongs_to_its_caller_route_and_request key_of_a_refused_request_is_free key_is_forgotten_after_a_day
}

async fn ask(client: &Client, method: Method, path: &str, key: &str, body: &Value) -> Answer {
    let mut request = client.request(method, path).header("idempotency-key", key);
    if !body["if_match"].is_null() {
        request = request.header("if-match", body["if_match"].to_string());
    }
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove("if_match");
    send(request.json(&body)).await
}

/// Each request that is answered again: method, path and body.
async fn requests(owner: &Client, id: &str) -> Vec<(Method, String, Value)> {
    let group = owner.new_group("Sales", &[]).await;
    let version = owner.account(id).await["version"].clone();
    let registered = json!({ "name": "Q3", "restricted": true });
    send(owner.request(Method::PUT, "/api/v1/objects/dashboard/q3").json(&registered)).await.good();
    vec![
        (Method::POST, "/api/v1/groups".to_owned(), json!({ "name": "Support" })),
        (Method::POST, "/api/v1/roles".to_owned(), json!({ "name": "Support", "permissions": ["alerts"] })),
        (Method::POST, "/api/v1/service-accounts".to_owned(), json!({ "account_id": "ci" })),
        (Method::POST, format!("/api/v1/groups/{group}/members"), json!({ "add": [id] })),
        (Method::PUT, format!("/api/v1/groups/{group}/members/{id}"), json!({ "valid_until": "2031-01-01T00:00:00Z" })),
        (Method::PUT, "/api/v1/objects/dashboard/q4".to_owned(), json!({ "name": "Q4" })),
        (
            Method::PUT,
            "/api/v1/objects/dashboard/q3/access".to_owned(),
            json!({ "account": id, "level": "view", "if_match": 1 }),
        ),
        (Method::POST, format!("/api/v1/accounts/{id}/invitation/resend"), json!({ "if_match": version })),
        (
            Method::POST,
            "/api/v1/accounts/bulk".to_owned(),
            json!({ "ids": [id], "action": { "type": "add_role", "role": "alerts" } }),
        ),
    ]
}

async fn audit_rows(world: &World) -> i64 {
    let row = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM audit_events");
    row.fetch_one(world.running.app.db.reader()).await.unwrap()
}

async fn pending(owner: &Client) -> String {
    let invited = owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    invited["results"][0]["account_id"].as_str().unwrap().to_owned()
}

async fn each_request_is_carried_out_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let id = pending(&owner).await;
    let mut all = requests(&owner, &id).await;
    // The version of the account as it is before the requests that change it.
    all.sort_by_key(|(_, path, _)| !path.ends_with("/resend"));
    let mut operation = String::new();
    for (method, path, body) in all {
        let first = ask(&owner, method.clone(), &path, "k", &body).await;
        assert!(first.status < 300, "{path}: {}", first.text);
        assert!(!first.headers.contains_key("idempotency-replayed"), "{path}");
        let rows = audit_rows(&world).await;
        let again = ask(&owner, method, &path, "k", &body).await;
        assert_eq!((again.status, again.body()), (first.status, first.body()), "{path}");
        assert_eq!(again.headers.get("etag"), first.headers.get("etag"), "{path}");
        assert_eq!(audit_rows(&world).await, rows, "{path}: nothing was done");
        operation = first.body()["operation_id"].as_str().map_or(operation, str::to_owned);
    }
    let undo = format!("/api/v1/operations/{operation}/undo");
    let first = ask(&owner, Method::POST, &undo, "k", &json!({})).await.good();
    let again = ask(&owner, Method::POST, &undo, "k", &json!({})).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.good(), first);
    let resend = format!("/api/v1/accounts/{id}/invitation/resend");
    owner.change(Method::POST, &resend, owner.account(&id).await["version"].as_i64().unwrap(), None).await.good();
    let link = format!("/api/v1/accounts/{id}/invitation/link");
    let first = ask(&owner, Method::POST, &link, "k", &json!({})).await.good();
    let rows = audit_rows(&world).await;
    assert_eq!(ask(&owner, Method::POST, &link, "k", &json!({})).await.good(), first);
    assert_eq!(audit_rows(&world).await, rows);
}

async fn secret_is_given_once_and_made_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (service, _) = world.service(&owner, "robot", json!({})).await;
    let id = service["id"].as_str().unwrap();
    let minted = owner.get(&format!("/api/v1/accounts/{id}/tokens")).await.good();
    let rotate = format!("/api/v1/tokens/{}/rotate", minted["items"][0]["id"].as_str().unwrap());
    let requests = [
        (format!("/api/v1/accounts/{id}/tokens"), json!({ "name": "second" })),
        ("/api/v1/me/tokens".to_owned(), json!({ "name": "mine" })),
        (rotate, json!({})),
        ("/api/v1/service-accounts".to_owned(), json!({ "account_id": "ci", "token": { "name": "first" } })),
    ];
    for (path, body) in requests {
        let first = ask(&owner, Method::POST, &path, "k", &body).await;
        assert_eq!(first.status, 201, "{path}: {}", first.text);
        let count = "SELECT COUNT(*) FROM tokens";
        let count =
            async || sqlx::query_scalar::<_, i64>(count).fetch_one(world.running.app.db.reader()).await.unwrap();
        let before = count().await;
        let again = ask(&owner, Method::POST, &path, "k", &body).await;
        assert_eq!((again.status, again.code().as_str()), (409, "already_done"), "{path}");
        assert_eq!(count().await, before, "{path}: no other token was made");
    }
    let kept = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM idempotency_keys WHERE response IS NOT NULL");
    assert_eq!(kept.fetch_one(world.running.app.db.reader()).await.unwrap(), 0, "no answer with a secret is kept");
}

async fn requests_at_once_are_carried_out_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let body = json!({ "name": "Support" });
    let all = (0..20).map(|_| ask(&owner, Method::POST, "/api/v1/groups", "k", &body));
    let answers = futures_of(all).await;
    let first = answers[0].body();
    for answer in answers {
        assert_eq!((answer.status, answer.body()), (201, first.clone()));
    }
    assert_eq!(owner.get("/api/v1/groups?q=support").await.good()["total"], 1);
}

/// Awaits all at once.
async fn futures_of<T: Send + 'static>(all: impl Iterator<Item = impl Future<Output = T> + Send>) -> Vec<T> {
    let mut pinned: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in pinned.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *done = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

async fn key_belongs_to_its_caller_route_and_request(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let admin = world.member(&owner, "admin@example.com", json!({ "level": "admin" })).await;
    let named = |name: &str| json!({ "name": name });
    let groups = "/api/v1/groups";
    ask(&owner, Method::POST, groups, "k", &named("Support")).await.good();
    let other = ask(&owner, Method::POST, groups, "k", &named("Sales")).await;
    assert_eq!((other.status, other.code().as_str()), (422, "idempotency_key_reused"));
    ask(&owner, Method::POST, "/api/v1/roles", "k", &json!({ "name": "Support", "permissions": [] })).await.good();
    let theirs = ask(&admin, Method::POST, groups, "k", &named("Support")).await;
    assert_eq!(theirs.code(), "name_taken", "another caller's key is another key");
    let spaced = owner.request(Method::POST, groups).header("idempotency-key", "k");
    let spaced =
        spaced.header("content-type", "application/json").body("{ \"description\": \"\",\n \"name\": \"Support\" }");
    assert_eq!(send(spaced).await.status, 422, "a field more is another request");
    let spaced = owner.request(Method::POST, groups).header("idempotency-key", "k");
    let spaced = spaced.header("content-type", "application/json").body("{\n \"name\" : \"Support\" }");
    assert_eq!(send(spaced).await.status, 201, "blanks are not");
    for key in ["", &"x".repeat(101), "ä"] {
        let request = owner.request(Method::POST, groups).header("idempotency-key", key.as_bytes());
        let refused = send(request.json(&named("Never"))).await;
        assert_eq!((refused.status, refused.fields()), (422, vec!["Idempotency-Key".to_owned()]), "{key}");
    }
}

async fn key_of_a_refused_request_is_free(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let taken = json!({ "name": "Everyone" });
    assert_eq!(ask(&owner, Method::POST, "/api/v1/groups", "k", &taken).await.code(), "name_taken");
    ask(&owner, Method::POST, "/api/v1/groups", "k", &json!({ "name": "Support" })).await.good();
}

async fn key_is_forgotten_after_a_day(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let body = json!({ "name": "Support" });
    let first = ask(&owner, Method::POST, "/api/v1/groups", "k", &body).await.good();
    world.clock.advance(24 * 60 * 60 * 1_000 - 60_000);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_eq!(ask(&owner, Method::POST, "/api/v1/groups", "k", &body).await.good(), first);
    world.clock.advance(60_000);
    assert_eq!(ask(&owner, Method::POST, "/api/v1/groups", "k", &body).await.code(), "name_taken");
}
