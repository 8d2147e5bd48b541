//! Facts about showing a token: which work, from where, for whom, and until when.

use reqwest::Method;
use serde_json::{Value, json};

use super::{generate, path, tokens_of};
use crate::support::{Client, Database, Program, World, eventually, on_both, send};

on_both! {
    token_opens_every_route_its_account_may malformed_unknown_and_foreign_tokens_say_what_they_are
    wrong_tokens_slow_their_address_and_nobody_else deactivation_holds_from_the_next_request_on
    token_works_from_its_addresses_alone use_is_noted_with_what_it_was_for service_acts_on_behalf_of_a_person
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
    let mut slowed = None;
    for _ in 0..60 {
        let answer = wrong.get("/api/v1/me").await;
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
    }
    let slowed = slowed.expect("the address is slowed down");
    assert!(slowed.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(known.get("/api/v1/me").await.status, 200, "a token that worked goes on, also from there");
    assert_eq!(fresh.get("/api/v1/me").await.status, 429, "one that was never seen waits");
    assert_eq!(owner.get("/api/v1/me").await.status, 200, "sessions do not wait");
    world.clock.advance(60 * 1_000);
    assert_eq!(fresh.get("/api/v1/me").await.status, 200);
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
        (token["used"] == json!(["accounts.view"])).then_some(token)
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

async fn service_acts_on_behalf_of_a_person(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana =
        world.member(&owner, "ana@example.com", json!({ "level": "viewer", "permissions": ["groups.manage"] })).await;
    let gifts = json!({ "permissions": ["groups.manage", "accounts.view"] });
    let (account, plain) = world.service(&owner, "ci", gifts).await;
    let (token, program) =
        generate(&world, &owner, &tokens_of(&account), json!({ "name": "for", "on_behalf": true })).await;
    let named = |program: &Program, method: Method, at: &str, who: &str| {
        program.request(method, at).header("x-roster-on-behalf-of", who)
    };
    let made =
        send(named(&program, Method::POST, "/api/v1/groups", "Ana@example.com").json(&json!({ "name": "Hers" }))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let refused = send(named(&program, Method::GET, "/api/v1/accounts", "ana@example.com")).await;
    assert_eq!(refused.code(), "forbidden", "what she lacks it lacks for her");
    let refused = send(named(&program, Method::GET, "/api/v1/organization", "olivia@example.com")).await;
    assert_eq!(refused.code(), "forbidden", "what it lacks it lacks for an Owner");
    for (program, who) in [(&plain, "ana@example.com"), (&program, "nobody@example.com"), (&program, "sa::ci")] {
        let refused = send(named(program, Method::GET, "/api/v1/me", who)).await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "invalid_token"), "{who}");
    }
    let audited = audited_for(&world, "group.created").await;
    assert_eq!(
        audited,
        (account["id"].as_str().map(str::to_owned), Some(ana.id().await), token["id"].as_str().map(str::to_owned))
    );
    eventually("the person it acted for", async || {
        let token = owner.get(&path(&token)).await.good();
        (token["last_used_for"]["handle"] == "ana@example.com").then_some(())
    })
    .await;
}

/// Who acted, for whom and with which token, in the row of an action.
async fn audited_for(world: &World, action: &str) -> (Option<String>, Option<String>, Option<String>) {
    use sqlx::Row;
    let row = sqlx::query("SELECT actor, on_behalf_of, token_id FROM audit_events WHERE action = $1")
        .bind(action.to_owned())
        .fetch_one(world.running.app.db.reader())
        .await
        .unwrap();
    (row.get("actor"), row.get("on_behalf_of"), row.get("token_id"))
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
