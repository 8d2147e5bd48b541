//! Facts about what other programs ask: RFC 7662 introspection, RFC 7009 revocation, a proxy's question, two servers.

use reqwest::Method;
use serde_json::{Value, json};
use server::clock::Clock;
use server::commands::serve::start;

use super::{generate, tokens_of};
use crate::support::{Client, Database, Program, World, eventually, nothing_succeeds_after, on_both, send};

on_both! {
    introspection_tells_what_a_token_may_do introspection_tells_nothing_to_whom_it_does_not_concern
    introspection_of_wrong_tokens_slows_nobody introspection_asks_from_where_a_token_was_shown introspected_token_is_in_use
    whoever_shows_a_token_revokes_it proxy_is_told_who_asks_and_what_they_may proxy_asks_for_a_permission
}

async fn introspection_tells_what_a_token_may_do(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, product) = world.service(&owner, "product", json!({ "permissions": ["accounts.view"] })).await;
    let (account, _) = world.service(&owner, "ci", json!({ "permissions": ["audit.view", "usage.view"] })).await;
    let end = world.clock.now().plus(domain::time::DAY_MS);
    let new = json!({ "name": "x", "scopes": ["audit.view"], "expires_at": end.to_string() });
    let (token, program) = generate(&world, &owner, &tokens_of(&account), new).await;
    let told = product.form("/api/v1/introspect", &program.secret).await.good();
    assert_eq!(
        (&told["active"], &told["scope"], &told["username"]),
        (&json!(true), &json!("audit.view"), &json!("sa::ci"))
    );
    assert_eq!((&told["sub"], &told["jti"], &told["token_type"]), (&account["id"], &token["id"], &json!("Bearer")));
    assert_eq!(told["exp"], end.millis() / 1_000);
    send(owner.request(Method::DELETE, &super::path(&token))).await;
    assert_eq!(product.form("/api/v1/introspect", &program.secret).await.good(), json!({ "active": false }));
}

async fn introspection_tells_nothing_to_whom_it_does_not_concern(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, weak) = world.service(&owner, "weak", json!({})).await;
    let (_, other) = world.service(&owner, "other", json!({})).await;
    let nothing = json!({ "active": false });
    assert_eq!(weak.form("/api/v1/introspect", &other.secret).await.good(), nothing);
    assert_eq!(weak.form("/api/v1/introspect", "nonsense").await.good(), nothing);
    assert_eq!(weak.form("/api/v1/introspect", &weak.secret).await.good()["active"], true, "itself it may ask about");
    for path in ["/api/v1/introspect", "/api/v1/revoke"] {
        let form = || weak.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        let json_body = weak.post(path, json!({ "token": "x" })).await;
        let twice = send(form().body("token=a&token=b")).await;
        let long = send(form().body(format!("token={}", "x".repeat(65_536)))).await;
        for wrong in [json_body, send(form()).await, twice, long] {
            assert_eq!((wrong.status, wrong.code().as_str()), (400, "malformed"), "{path}");
            assert_eq!(wrong.body()["error"], "invalid_request", "as RFC 6749, section 5.2, says");
            assert_eq!(wrong.headers["content-type"], "application/json");
        }
    }
}

async fn introspection_of_wrong_tokens_slows_nobody(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, product) = world.service(&owner, "product", json!({ "permissions": ["accounts.view"] })).await;
    for number in 0..60 {
        let wrong = domain::secret::Secret::new(domain::secret::SecretKind::ServiceToken, [number; 32]);
        let told = product.form("/api/v1/introspect", wrong.reveal()).await.good();
        assert_eq!(told, json!({ "active": false }));
    }
    let (_, fresh) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "fresh" })).await;
    assert_eq!(product.form("/api/v1/introspect", &fresh.secret).await.good()["active"], true);
}

async fn introspection_asks_from_where_a_token_was_shown(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, product) = world.service(&owner, "product", json!({ "permissions": ["accounts.view"] })).await;
    let (account, free) = world.service(&owner, "ci", json!({})).await;
    let new = json!({ "name": "bound", "networks": ["192.0.2.0/24", "2001:db8::/32"] });
    let (_, bound) = generate(&world, &owner, &tokens_of(&account), new).await;
    let new = json!({ "name": "here", "networks": ["127.0.0.0/8"] });
    let (_, here) = generate(&world, &owner, &tokens_of(&account), new).await;
    let ask = async |program: &Program, secret: &str, from: &str| {
        let token = [secret, from].concat();
        program.form("/api/v1/introspect", &token).await
    };
    for (program, from, expected) in [
        (&bound, "", false),
        (&bound, "&client_ip=192.0.2.7", true),
        (&bound, "&client_ip=::ffff:192.0.2.7", true),
        (&bound, "&client_ip=2001:db8::1", true),
        (&bound, "&client_ip=198.51.100.1", false),
        (&free, "", true),
        (&free, "&client_ip=198.51.100.1", true),
    ] {
        let told = ask(&product, &program.secret, from).await.good();
        assert_eq!(told["active"], expected, "{from}");
        assert!(expected || told.as_object().unwrap().len() == 1, "nothing else is told: {told}");
    }
    for wrong in ["&client_ip=", "&client_ip=nonsense", "&client_ip=192.0.2.0/24"] {
        let refused = ask(&product, &bound.secret, wrong).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "malformed"), "{wrong}");
    }
    assert_eq!(ask(&here, &here.secret, "").await.good()["active"], true, "it says itself from where it is shown");
}

async fn introspected_token_is_in_use(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, product) = world.service(&owner, "product", json!({ "permissions": ["accounts.view"] })).await;
    let (account, program) = world.service(&owner, "ci", json!({})).await;
    product.form("/api/v1/introspect", &program.secret).await.good();
    let token = eventually("the use", async || {
        let token = owner.get(&tokens_of(&account)).await.good()["items"][0].clone();
        token["last_used_at"].is_string().then_some(token)
    })
    .await;
    assert_eq!((&token["last_used_ip"], &token["last_used_agent"]), (&json!(null), &json!("introspection")));
    world.clock.advance(2 * domain::time::MINUTE_MS);
    program.get("/api/v1/me").await;
    let seen = eventually("the request", async || {
        let token = owner.get(&tokens_of(&account)).await.good()["items"][0].clone();
        token["last_used_ip"].is_string().then_some(token)
    })
    .await;
    world.clock.advance(2 * domain::time::MINUTE_MS);
    product.form("/api/v1/introspect", &program.secret).await.good();
    let later = eventually("the later use", async || {
        let token = owner.get(&tokens_of(&account)).await.good()["items"][0].clone();
        (token["last_used_at"] != seen["last_used_at"]).then_some(token)
    })
    .await;
    for what in ["last_used_ip", "last_used_agent"] {
        assert_eq!(later[what], seen[what], "whoever asks about a token takes no trace of it away");
    }
    let preview = json!({ "ids": [token["id"]], "dry_run": true });
    let preview = owner.post("/api/v1/tokens/revoke", preview).await.good();
    assert_eq!(preview["summary"]["in_use"], 1, "revoking it stops something");
}

async fn whoever_shows_a_token_revokes_it(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, program) = world.service(&owner, "ci", json!({})).await;
    let form = |token: &str| {
        let request = world.nobody().bare(Method::POST, "/api/v1/revoke");
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={token}&token_type_hint=access_token"))
    };
    for secret in [program.secret.as_str(), program.secret.as_str(), "nonsense"] {
        assert_eq!(send(form(secret)).await.status, 200);
    }
    assert_eq!(program.get("/api/v1/me").await.code(), "invalid_token");
}

async fn proxy_is_told_who_asks_and_what_they_may(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, program) =
        world.service(&owner, "ci", json!({ "permissions": ["audit.view", "accounts.view"] })).await;
    let told = program.get("/api/v1/forward-auth").await;
    assert_eq!((told.status, told.text.as_str()), (200, ""));
    assert_eq!(told.headers["x-roster-account"], "sa::ci");
    assert_eq!(told.headers["x-roster-account-id"], account["id"].as_str().unwrap());
    assert_eq!(told.headers["x-roster-account-kind"], "service");
    assert_eq!(told.headers["x-roster-permissions"], "accounts.view,audit.view");
    assert_eq!(owner.get("/api/v1/forward-auth").await.headers["x-roster-account"], "olivia@example.com");
    assert_eq!(world.nobody().get("/api/v1/forward-auth").await.status, 401);
}

async fn proxy_asks_for_a_permission(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, program) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    assert_eq!(program.get("/api/v1/forward-auth?permission=audit.view").await.status, 200);
    let refused = program.get("/api/v1/forward-auth?permission=accounts.view").await;
    assert_eq!(refused.status, 403);
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("accounts.view"), "{challenge}");
    assert_eq!(program.get("/api/v1/forward-auth?permission=no%20key").await.status, 422);
}

/// What takes something from a token, each with what a request is answered from then on.
const TAKEN: [(&str, u16); 7] = [
    ("revoked", 401),
    ("revoked by whoever shows it", 401),
    ("deactivated", 401),
    ("deleted", 401),
    ("narrowed", 403),
    ("without the permission", 403),
    ("the person deactivated", 401),
];

async fn take(
    world: &World,
    owner: &Client,
    what: &str,
    account: &Value,
    token: &Value,
    (secret, person): (&str, &str),
) {
    let at = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let off = json!({ "status": "deactivated" });
    match what {
        "revoked" => drop(send(owner.request(Method::DELETE, &super::path(token))).await.good()),
        "revoked by whoever shows it" => {
            let request = world.nobody().bare(Method::POST, "/api/v1/revoke");
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            assert_eq!(send(request.body(format!("token={secret}"))).await.status, 200);
        }
        "deactivated" => drop(owner.change(Method::PATCH, &at, 1, Some(off)).await.good()),
        "deleted" => {
            let version = owner.get(&at).await.good()["version"].as_i64().unwrap();
            let confirm = json!({ "confirm": account["handle"] });
            owner.change(Method::DELETE, &at, version, Some(confirm)).await.good();
        }
        "narrowed" => {
            let scopes = json!({ "scopes": ["audit.view"] });
            owner.change(Method::PATCH, &super::path(token), 1, Some(scopes)).await.good();
        }
        "without the permission" => {
            let action = json!({ "type": "remove_permission", "permission": "accounts.view" });
            owner.bulk(&[account["id"].as_str().unwrap()], action).await.good();
        }
        _ => {
            let at = format!("/api/v1/accounts/{person}");
            let version = owner.get(&at).await.good()["version"].as_i64().unwrap();
            owner.change(Method::PATCH, &at, version, Some(off)).await.good();
        }
    }
}

/// Under load on two servers of one database, no request succeeds that begins after the answer that took its right.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_taken_is_used_once_more() {
    let world = World::new(Database::Postgres).await;
    let owner = world.owner().await;
    let second = start(world.options.clone(), Clock::default()).await.unwrap();
    let servers = [world.base(), format!("http://{}", second.address)];
    for (round, (what, expected)) in TAKEN.into_iter().enumerate() {
        let gifts = json!({ "permissions": ["accounts.view", "audit.view"] });
        let (account, _) = world.service(&owner, &format!("ci-{round}"), gifts).await;
        let new = json!({ "name": "x", "on_behalf": true, "scopes": ["accounts.view", "audit.view"] });
        let (token, program) = generate(&world, &owner, &tokens_of(&account), new).await;
        let who = format!("person-{round}@example.com");
        let person = world.member(&owner, &who, json!({ "permissions": ["accounts.view"] })).await.id().await;
        let clients = servers.iter().cycle().take(4).map(|base| {
            let (program, who) = (Program::new(base, &program.secret), who.clone());
            move || program.request(Method::GET, "/api/v1/accounts?limit=1").header("x-roster-on-behalf-of", &who)
        });
        let take = take(&world, &owner, what, &account, &token, (&program.secret, &person));
        nothing_succeeds_after(what, clients.collect(), take, expected).await;
    }
    second.stop().await;
}

/// Two servers of one database: what is revoked on one is revoked on the other for every request that begins after.
#[tokio::test(flavor = "multi_thread")]
async fn revocation_on_one_server_holds_on_the_other_at_once() {
    let world = World::new(Database::Postgres).await;
    let owner = world.owner().await;
    let second = start(world.options.clone(), Clock::default()).await.unwrap();
    let elsewhere = format!("http://{}", second.address);
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let at = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    for round in 0..20 {
        let (token, here) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "x" })).await;
        let there = Program::new(&elsewhere, &here.secret);
        for program in [&here, &there] {
            assert_eq!(program.get("/api/v1/me").await.status, 200);
        }
        match round % 2 {
            0 => assert_eq!(send(owner.request(Method::DELETE, &super::path(&token))).await.status, 204),
            _ => {
                let of_second = Client { base: elsewhere.clone(), ..owner.clone() };
                let version = of_second.get(&at).await.good()["version"].as_i64().unwrap();
                of_second.change(Method::PATCH, &at, version, Some(json!({ "status": "deactivated" }))).await.good();
            }
        }
        for program in [&there, &here] {
            assert_eq!(program.get("/api/v1/me").await.code(), "invalid_token", "{round}");
        }
        if round % 2 == 1 {
            let version = owner.get(&at).await.good()["version"].as_i64().unwrap();
            owner.change(Method::PATCH, &at, version, Some(json!({ "status": "active" }))).await.good();
        }
    }
    second.stop().await;
}

/// What an organization's settings say of tokens holds on each server, also where its row is known already.
#[tokio::test(flavor = "multi_thread")]
async fn settings_of_tokens_hold_on_every_server() {
    let world = World::new(Database::Postgres).await;
    let owner = world.owner().await;
    let second = start(world.options.clone(), Clock::default()).await.unwrap();
    let (_, here) = world.service(&owner, "ci", json!({ "permissions": ["settings.manage"] })).await;
    let there = Program::new(&format!("http://{}", second.address), &here.secret);
    for round in 0..5 {
        let name = format!("Acme {round}");
        let version = owner.get("/api/v1/organization").await.good()["version"].as_i64().unwrap();
        let change = json!({ "name": name, "password_chars_min": 15 + round });
        owner.change(Method::PATCH, "/api/v1/organization", version, Some(change)).await.good();
        for program in [&there, &here] {
            assert_eq!(program.get("/api/v1/organization").await.good()["name"], name);
        }
    }
    second.stop().await;
}
