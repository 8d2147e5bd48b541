//! Facts about showing a token: which work, from where, for whom, and until when.

use reqwest::Method;
use serde_json::{Value, json};

use super::{generate, path, tokens_of};
use crate::support::{Client, Database, Program, World, eventually, on_both, send};

on_both! {
    token_opens_every_route_its_account_may malformed_unknown_and_foreign_tokens_say_what_they_are
    wrong_tokens_slow_their_address_and_nobody_else tokens_work_after_a_restart_from_an_address_that_strangers_have_worn_out
    deactivation_holds_from_the_next_request_on
    token_works_from_its_addresses_alone use_is_noted_with_what_it_was_for
    use_without_success_is_noted_too token_ends_none_but_itself
    grant_ends_for_tokens_in_memory_too person_is_signed_out_by_an_owners_token
}

async fn token_opens_every_route_its_account_may(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "permissions": ["accounts.view", "groups.manage", "objects.manage"] });
    let (_, program) = world.service(&owner, "ci", gifts).await;
    for path in
        ["/api/v1/me", "/api/v1/accounts", "/api/v1/groups", "/api/v1/roles", "/api/v1/permissions", "/api/v1/objects"]
    {
        assert_eq!(program.get(path).await.status, 200, "{path}");
    }
    assert_eq!(program.post("/api/v1/groups", json!({ "name": "Made by a program" })).await.status, 201);
    let object = json!({ "name": "Traffic" });
    let registered = send(program.request(Method::PUT, "/api/v1/objects/dashboard/traffic").json(&object)).await;
    assert!(registered.status < 300, "{}", registered.text);
    assert_eq!(program.get("/api/v1/organization").await.code(), "forbidden");
}

async fn malformed_unknown_and_foreign_tokens_say_what_they_are(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, program) = world.service(&owner, "ci", json!({})).await;
    let malformed = "The token is malformed.";
    let mut changed = program.secret.clone();
    changed.replace_range(20..21, if &changed[20..21] == "a" { "b" } else { "a" });
    let unknown = domain::secret::Secret::new(domain::secret::SecretKind::ServiceToken, [7; 32]);
    let link = domain::secret::Secret::new(domain::secret::SecretKind::Invitation, [7; 32]);
    for (secret, words) in [
        ("nonsense", malformed),
        (&program.secret[..54], malformed),
        (changed.as_str(), malformed),
        (link.reveal(), malformed),
        (unknown.reveal(), "The token is not known."),
    ] {
        let shown = Program::new(&world.base(), secret);
        let refused = shown.get("/api/v1/me").await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "invalid_token"));
        let challenge = shown.challenge().await;
        assert!(
            challenge.starts_with("Bearer realm=\"roster\", error=\"invalid_token\"") && challenge.contains(words),
            "{challenge}"
        );
    }
    let client = world.nobody();
    for header in ["Basic b2xpdmlhOng=", "Bearer", ""] {
        let refused = send(client.bare(Method::GET, "/api/v1/me").header("authorization", header)).await;
        assert_eq!(refused.code(), "invalid_token", "{header}");
    }
    let missing = client.get("/api/v1/me").await;
    assert_eq!(missing.headers["www-authenticate"], "Bearer realm=\"roster\"");
}

async fn wrong_tokens_slow_their_address_and_nobody_else(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, known) = world.service(&owner, "ci", json!({})).await;
    let (_, fresh) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "fresh" })).await;
    assert_eq!(known.get("/api/v1/me").await.status, 200);
    let wrong = Program::new(&world.base(), "rsts_wrong");
    assert_eq!(wrong.get("/api/v1/me").await.status, 401);
    world.wear_out(&world.running.app.token_attempts);
    let slowed = wrong.get("/api/v1/me").await;
    assert_eq!(slowed.status, 429, "{}", slowed.text);
    assert!(slowed.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(known.get("/api/v1/me").await.status, 200, "a token that worked goes on, also from there");
    assert_eq!(fresh.get("/api/v1/me").await.status, 200, "nor is one turned away that was never seen");
    assert_eq!(owner.get("/api/v1/me").await.status, 200, "sessions do not wait");
    let unknown = domain::secret::Secret::new(domain::secret::SecretKind::ServiceToken, [7; 32]);
    let unknown = Program::new(&world.base(), unknown.reveal());
    assert_eq!(unknown.get("/api/v1/me").await.status, 429, "one that nobody has waits");
    world.clock.advance(2 * domain::time::HOUR_MS);
    assert_eq!(unknown.get("/api/v1/me").await.status, 401);
}

async fn tokens_work_after_a_restart_from_an_address_that_strangers_have_worn_out(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, first) = world.service(&owner, "ci", json!({})).await;
    let (_, second) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "second" })).await;
    let world = world.restart().await;
    let unknown = |number| domain::secret::Secret::new(domain::secret::SecretKind::ServiceToken, [number; 32]);
    let mut tasks = Vec::new();
    for number in 0..120 {
        let wrong = Program::new(&world.base(), unknown(number).reveal());
        tasks.push(tokio::spawn(async move { wrong.get("/api/v1/me").await.status }));
    }
    let mut slowed = 0;
    for task in tasks {
        slowed += usize::from(task.await.unwrap() == 429);
    }
    assert!(slowed >= 70, "{slowed}");
    world.wear_out(&world.running.app.token_attempts);
    let again = |program: &Program| Program::new(&world.base(), &program.secret);
    assert_eq!(again(&first).get("/api/v1/forward-auth").await.status, 200);
    let form = |secret: &str| {
        let request = world.nobody().bare(Method::POST, "/api/v1/revoke");
        request.header("content-type", "application/x-www-form-urlencoded").body(format!("token={secret}"))
    };
    assert_eq!(send(form(unknown(1).reveal())).await.status, 429);
    assert_eq!(send(form(&second.secret)).await.status, 200, "whoever holds it ends it");
    assert_eq!(again(&second).get("/api/v1/me").await.code(), "invalid_token");
}

async fn deactivation_holds_from_the_next_request_on(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, program) = world.service(&owner, "ci", json!({})).await;
    let at = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    for version in [1, 3] {
        assert_eq!(program.get("/api/v1/me").await.status, 200);
        owner.change(Method::PATCH, &at, version, Some(json!({ "status": "deactivated" }))).await.good();
        assert_eq!(program.get("/api/v1/me").await.code(), "invalid_token");
        assert!(program.challenge().await.contains("not active"));
        owner.change(Method::PATCH, &at, version + 1, Some(json!({ "status": "active" }))).await.good();
    }
    assert_eq!(program.get("/api/v1/me").await.status, 200, "what was not revoked works again");
}

async fn token_works_from_its_addresses_alone(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    for (networks, works) in [(json!(["127.0.0.0/8"]), true), (json!(["10.0.0.0/8", "2001:db8::/32"]), false)] {
        let new = json!({ "name": "limited", "networks": networks });
        let (token, program) = generate(&world, &owner, &tokens_of(&account), new).await;
        assert_eq!(token["networks"], networks);
        assert_eq!(program.get("/api/v1/me").await.status == 200, works);
        assert_eq!(program.challenge().await.contains("from this address"), !works);
    }
}

async fn use_is_noted_with_what_it_was_for(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "permissions": ["accounts.view", "audit.view"] });
    let (account, _) = world.service(&owner, "ci", gifts).await;
    let new = json!({ "name": "both", "scopes": ["accounts.view", "audit.view"] });
    let (token, program) = generate(&world, &owner, &tokens_of(&account), new).await;
    assert_eq!(owner.get(&path(&token)).await.good()["last_used_at"], Value::Null);
    let asked = program.request(Method::GET, "/api/v1/accounts").header("user-agent", "ingest/1.0");
    assert_eq!(send(asked).await.status, 200);
    let used = eventually("the noted use", async || {
        let token = owner.get(&path(&token)).await.good();
        (token["used"] == json!(["accounts.view"]) && token["last_used_at"].is_string()).then_some(token)
    })
    .await;
    assert_eq!((&used["last_used_ip"], &used["last_used_agent"]), (&json!("127.0.0.1"), &json!("ingest/1.0")));
    let wide = owner.get("/api/v1/tokens?filter=wide").await.good();
    assert_eq!(wide["items"][0]["id"], token["id"]);
    program.post("/api/v1/check", json!({ "permission": "audit.view" })).await.good();
    eventually("a token used for all it may", async || {
        let wide = owner.get("/api/v1/tokens?filter=wide").await.good();
        (wide["total"] == 0).then_some(())
    })
    .await;
    let account = owner.account(account["id"].as_str().unwrap()).await;
    assert!(account["last_active_at"].is_string(), "its account was active");
}

async fn grant_ends_for_tokens_in_memory_too(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, program) = world.service(&owner, "ci", json!({})).await;
    let until = world.clock.now().plus(60_000).to_string();
    let add = json!({ "type": "add_permission", "permission": "accounts.view", "valid_until": until });
    owner.bulk(&[account["id"].as_str().unwrap()], add).await.good();
    assert_eq!(program.get("/api/v1/accounts").await.status, 200);
    world.clock.advance(60_000);
    assert_eq!(program.get("/api/v1/accounts").await.code(), "forbidden");
}

async fn person_is_signed_out_by_an_owners_token(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana: Client = world.member(&owner, "ana@example.com", json!({})).await;
    let (_, program) = generate(&world, &owner, "/api/v1/me/tokens", json!({ "name": "script" })).await;
    let out = send(program.request(Method::POST, "/api/logout/ana@example.com")).await;
    assert_eq!(out.status, 204, "{}", out.text);
    assert_eq!(ana.get("/api/v1/session").await.status, 401);
}

async fn use_without_success_is_noted_too(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, program) = world.service(&owner, "ci", json!({})).await;
    assert_eq!(program.get("/api/v1/accounts").await.code(), "forbidden");
    eventually("the use", async || {
        let token = owner.get(&tokens_of(&account)).await.good()["items"][0].clone();
        (token["last_used_at"].is_string() && token["used"] == json!([])).then_some(())
    })
    .await;
}

async fn token_ends_none_but_itself(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, first) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    let (second, _) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "second" })).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let (_, hers) = generate(&world, &ana, "/api/v1/me/tokens", json!({ "name": "laptop" })).await;
    let (phone, _) = generate(&world, &ana, "/api/v1/me/tokens", json!({ "name": "phone" })).await;
    for (program, other) in [(&first, &second), (&hers, &phone)] {
        let refused = send(program.request(Method::DELETE, &path(other))).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        let own = program.get("/api/v1/me/tokens").await.good()["items"].as_array().unwrap().clone();
        let own = own.iter().find(|token| token["id"] != other["id"]).unwrap().clone();
        assert_eq!(send(program.request(Method::DELETE, &path(&own))).await.status, 204, "itself");
    }
}
