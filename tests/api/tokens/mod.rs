//! Facts about API tokens.

mod bearer;
mod elsewhere;
mod list;
mod on_behalf;
mod proxies;
mod rotate;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Database, PASSWORD, Program, World, eventually, on_both, send};

on_both! {
    secret_sent_in_a_wrong_place_is_kept_nowhere
    secret_is_given_once_and_works several_tokens_work_until_each_is_revoked token_is_renamed_and_narrowed_never_widened
    end_follows_the_policy people_make_tokens_of_their_own_and_nobody_elses making_one_takes_a_password_proved_lately
    tokens_of_others_are_hidden no_chain_of_tokens_escalates scopes_limit_what_the_account_holds
    rights_held_for_a_time_make_no_token_that_lasts
}

/// The path of an account's tokens.
fn tokens_of(account: &Value) -> String {
    format!("/api/v1/accounts/{}/tokens", account["id"].as_str().unwrap())
}

/// Generates a token; the token, and a program that has it.
async fn generate(world: &World, client: &Client, path: &str, new: Value) -> (Value, Program) {
    let minted = client.post(path, new).await.good();
    (minted["token"].clone(), Program::new(&world.base(), minted["secret"].as_str().unwrap()))
}

fn path(token: &Value) -> String {
    format!("/api/v1/tokens/{}", token["id"].as_str().unwrap())
}

/// As a scope, as the program that asks, as an account's id: where people paste things.
async fn secret_sent_in_a_wrong_place_is_kept_nowhere(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let holds = json!({ "permissions": ["service_accounts.manage"] });
    let (account, program) = world.service(&owner, "ci", holds).await;
    let secret = &program.secret;
    for maker in [&program.client, &owner] {
        let refused = maker.post(&tokens_of(&account), json!({ "name": "a", "scopes": [secret] })).await;
        assert!(refused.status == 422 && !refused.text.contains(secret), "{}", refused.text);
    }
    let role = json!({ "name": "R", "permissions": [secret] });
    let refused = program.post("/api/v1/roles", role).await;
    assert!(refused.status >= 400 && !refused.text.contains(secret), "{}", refused.text);
    for id in [secret.clone(), secret.to_lowercase()] {
        let refused = owner.post("/api/v1/service-accounts", json!({ "account_id": id, "name": "Pasted" })).await;
        assert_eq!((refused.status, refused.fields()), (422, vec!["account_id".to_owned()]));
    }
    send(program.request(Method::GET, "/api/v1/me").header("user-agent", format!("curl {secret}"))).await.good();
    let used = eventually("the use", async || {
        let token = owner.get(&tokens_of(&account)).await.good()["items"][0].clone();
        token["last_used_at"].is_string().then_some(token)
    })
    .await;
    assert_eq!(used["last_used_agent"].as_str().unwrap_or_default(), "");
    // Its beginning alone stands in the row of its making, by which people recognise it.
    let like = format!("%{}%", &secret[..20]);
    let sql = "SELECT COUNT(*) FROM audit_events WHERE before_json LIKE $1 OR after_json LIKE $1";
    let rows = sqlx::query_scalar::<_, i64>(sql).bind(like).fetch_one(world.running.app.db.reader()).await.unwrap();
    assert_eq!(rows, 0);
}

async fn secret_is_given_once_and_works(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({ "permissions": ["accounts.view"] })).await;
    let minted = owner.post(&tokens_of(&account), json!({ "name": " proxy 1 " })).await;
    assert_eq!(minted.status, 201);
    let secret = minted.body()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("rsts_") && secret.len() == 55, "{}", secret.len());
    let token = minted.body()["token"].clone();
    assert_eq!((&token["name"], token["hint"].as_str()), (&json!("proxy 1"), Some(&secret[..9])));
    let program = Program::new(&world.base(), &secret);
    assert_eq!(program.get("/api/v1/accounts").await.status, 200);
    assert_eq!(owner.get(&path(&token)).await.good().get("secret"), None);
    let listed = owner.get(&tokens_of(&account)).await;
    assert!(!listed.text.contains(&secret[10..]));
    for fault in [json!({}), json!({ "name": " " }), json!({ "name": "x", "networks": ["10.0.0.0/33"] })] {
        assert_eq!(owner.post(&tokens_of(&account), fault.clone()).await.status, 422, "{fault}");
    }
}

async fn several_tokens_work_until_each_is_revoked(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, first) = world.service(&owner, "ci", json!({})).await;
    let (token, second) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "second" })).await;
    for program in [&first, &second] {
        assert_eq!(program.get("/api/v1/me").await.status, 200);
    }
    let revoke = owner.request(Method::DELETE, &path(&token)).json(&json!({ "reason": "leaked" }));
    assert_eq!(send(revoke).await.status, 204);
    assert_eq!(second.get("/api/v1/me").await.code(), "invalid_token");
    assert!(second.challenge().await.contains("The token was revoked."));
    assert_eq!(first.get("/api/v1/me").await.status, 200);
    let after = owner.get(&path(&token)).await.good();
    assert_eq!((&after["revoke_reason"], &after["revoked_by"]), (&json!("leaked"), &json!("Olivia Owner")));
    assert_eq!(send(owner.request(Method::DELETE, &path(&token))).await.status, 204, "again is no fault");
    assert_eq!(owner.get(&path(&token)).await.good()["revoke_reason"], "leaked");
}

async fn token_is_renamed_and_narrowed_never_widened(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let held = json!({ "permissions": ["accounts.view", "audit.view"] });
    let (account, _) = world.service(&owner, "ci", held).await;
    let (token, program) = generate(&world, &owner, &tokens_of(&account), json!({ "name": "all" })).await;
    let at = path(&token);
    let change = |version, body| owner.change(Method::PATCH, &at, version, Some(body));
    assert_eq!(change(1, json!({ "name": "some" })).await.good()["name"], "some");
    let stale = change(1, json!({ "name": "other" })).await;
    assert_eq!((stale.status, &stale.body()["current_token"]["name"]), (412, &json!("some")));
    assert_eq!(change(2, json!({ "scopes": ["audit.view"] })).await.good()["scopes"], json!(["audit.view"]));
    let refused = program.get("/api/v1/accounts").await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "out_of_scope"), "from the next request on");
    let wider = change(3, json!({ "scopes": ["audit.view", "accounts.view"] })).await;
    assert_eq!((wider.status, wider.body()["errors"][0]["code"].as_str()), (422, Some("widening")));
}

async fn end_follows_the_policy(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let policy = json!({ "tokens": { "ttl_days_max": 30 } });
    let version = owner.get("/api/v1/organization").await.good()["version"].as_i64().unwrap();
    let settings = owner.change(Method::PATCH, "/api/v1/organization", version, Some(policy)).await.good();
    assert_eq!(settings["tokens"]["ttl_days_max"], 30);
    let refused = owner.post(&tokens_of(&account), json!({ "name": "for ever" })).await;
    assert_eq!((refused.status, refused.fields()), (422, vec!["expires_at".to_owned()]));
    let far = world.clock.now().plus(31 * domain::time::DAY_MS).to_string();
    assert_eq!(
        owner.post(&tokens_of(&account), json!({ "name": "far", "expires_at": far })).await.fields(),
        ["expires_at"]
    );
    let near = world.clock.now().plus(domain::time::DAY_MS).to_string();
    let new = json!({ "name": "near", "expires_at": near });
    let (_, program) = generate(&world, &owner, &tokens_of(&account), new).await;
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    world.clock.advance(domain::time::DAY_MS);
    assert_eq!(program.get("/api/v1/me").await.code(), "invalid_token");
    assert!(program.challenge().await.contains("The token has expired."));
}

async fn people_make_tokens_of_their_own_and_nobody_elses(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let (token, program) = generate(&world, &ana, "/api/v1/me/tokens", json!({ "name": "laptop" })).await;
    assert!(program.secret.starts_with("rstu_"));
    assert_eq!(program.get("/api/v1/me").await.good()["account"]["email"], "ana@example.com");
    assert_eq!(ana.get("/api/v1/me/tokens").await.good()["total"], 1);
    let of_ana = format!("/api/v1/accounts/{}/tokens", ana.id().await);
    assert_eq!(owner.post(&of_ana, json!({ "name": "hers" })).await.status, 404, "nobody mints for a person");
    let from_a_token = program.post("/api/v1/me/tokens", json!({ "name": "more" })).await;
    assert_eq!(from_a_token.code(), "session_required", "a token begets none");
    assert_eq!(program.post(&of_ana, json!({ "name": "more" })).await.code(), "session_required");
    assert_eq!(send(owner.request(Method::DELETE, &path(&token))).await.status, 204, "an administrator ends it");
    let version = owner.get("/api/v1/organization").await.good()["version"].as_i64().unwrap();
    let off = json!({ "tokens": { "user_tokens": false } });
    owner.change(Method::PATCH, "/api/v1/organization", version, Some(off)).await.good();
    assert_eq!(ana.post("/api/v1/me/tokens", json!({ "name": "phone" })).await.status, 422);
}

async fn making_one_takes_a_password_proved_lately(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    world.clock.advance(6 * 60 * 1_000);
    let refused = owner.post(&tokens_of(&account), json!({ "name": "late" })).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "confirmation_required"));
    let make_owner = json!({ "type": "add_role", "role": "owner" });
    assert_eq!(owner.bulk(&[&ana], make_owner.clone()).await.code(), "confirmation_required");
    let invite = json!({ "emails": ["ben@example.com"], "roles": ["owner"] });
    assert_eq!(owner.post("/api/v1/invitations", invite).await.code(), "confirmation_required");
    let proved = owner.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await;
    assert_eq!(proved.status, 204);
    owner.take_session(&proved);
    assert_eq!(owner.post(&tokens_of(&account), json!({ "name": "late" })).await.status, 201);
    assert_eq!(owner.bulk(&[&ana], make_owner).await.status, 200);
}

async fn tokens_of_others_are_hidden(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let ben = world.member(&owner, "ben@example.com", json!({ "level": "viewer" })).await;
    let (token, _) = generate(&world, &ana, "/api/v1/me/tokens", json!({ "name": "laptop" })).await;
    let of_ana = format!("/api/v1/accounts/{}/tokens", ana.id().await);
    for answer in [ben.get(&path(&token)).await, ben.get(&of_ana).await] {
        assert_eq!(answer.status, 404);
    }
    assert_eq!(send(ben.request(Method::DELETE, &path(&token))).await.status, 404);
    assert_eq!(ben.get("/api/v1/tokens").await.code(), "forbidden");
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    assert_eq!(ben.get(&tokens_of(&account)).await.code(), "forbidden");
    let otto = world.other_organization("otto@example.com").await;
    assert_eq!(otto.get(&path(&token)).await.status, 404);
}

async fn no_chain_of_tokens_escalates(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    // A program that manages service accounts, by a token that may do nothing else.
    let gifts = json!({ "permissions": ["service_accounts.manage", "accounts.view", "audit.view"] });
    let (account, _) = world.service(&owner, "maker", gifts).await;
    let scopes = json!({ "name": "narrow", "scopes": ["service_accounts.manage"] });
    let (token, narrow) = generate(&world, &owner, &tokens_of(&account), scopes).await;
    let (plain, _) = world.service(&owner, "plain", json!({})).await;
    assert_eq!(narrow.post(&tokens_of(&plain), json!({ "name": "x" })).await.status, 201);
    for (path, body) in [
        (tokens_of(&account), json!({ "name": "wide" })),
        ("/api/v1/service-accounts".to_owned(), json!({ "account_id": "x", "permissions": ["audit.view"] })),
    ] {
        let refused = narrow.post(&path, body).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"), "{path}");
    }
    let rotated = narrow.post(&format!("{}/rotate", path(&token)), json!({})).await.good();
    assert_eq!(rotated["minted"]["token"]["scopes"], json!(["service_accounts.manage"]), "a successor is as narrow");
    let (strong, _) = world.service(&owner, "strong", json!({ "roles": ["alerts"] })).await;
    assert_eq!(narrow.post(&tokens_of(&strong), json!({ "name": "x" })).await.code(), "escalation");
    let first = owner.get(&tokens_of(&strong)).await.good()["items"][0].clone();
    let revoked = send(narrow.request(Method::DELETE, &path(&first))).await;
    assert_eq!((revoked.status, revoked.code().as_str()), (403, "escalation"));
}

async fn rights_held_for_a_time_make_no_token_that_lasts(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["service_accounts.manage", "accounts.view"] });
    let maker = world.member(&owner, "maker@example.com", gifts).await;
    let end = world.clock.now().plus(domain::time::DAY_MS);
    let for_a_day = json!({ "type": "add_permission", "permission": "audit.view", "valid_until": end.to_string() });
    owner.bulk(&[&maker.id().await], for_a_day).await.good();
    let gifts = json!({ "permissions": ["audit.view", "accounts.view"] });
    let (account, _) = world.service(&owner, "ci", gifts).await;
    let at = tokens_of(&account);
    for (end, scopes, expected) in [
        (None, json!(null), 403),
        (Some(end.plus(1)), json!(null), 403),
        (Some(end), json!(null), 201),
        (None, json!(["accounts.view"]), 201),
    ] {
        let end = end.map(|end| end.to_string());
        let made = maker.post(&at, json!({ "name": "x", "expires_at": end, "scopes": scopes })).await;
        assert_eq!(made.status, expected, "{end:?} {scopes} {}", made.text);
        if expected == 403 {
            assert_eq!(made.code(), "escalation");
        }
    }
}

async fn scopes_limit_what_the_account_holds(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({ "permissions": ["accounts.view"] })).await;
    for scopes in [json!(["audit.view"]), json!(["nonsense"]), json!([])] {
        let refused = owner.post(&tokens_of(&account), json!({ "name": "x", "scopes": scopes })).await;
        assert_eq!((refused.status, refused.fields()), (422, vec!["scopes".to_owned()]), "{scopes}");
    }
    let mine = json!({ "name": "owner's", "scopes": ["accounts.view"] });
    let (_, program) = generate(&world, &owner, "/api/v1/me/tokens", mine).await;
    assert_eq!(program.get("/api/v1/accounts").await.status, 200);
    let refused = program.get("/api/v1/organization").await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "out_of_scope"), "nobody is an Owner through scopes");
    let challenge = refused.headers["www-authenticate"].to_str().unwrap().to_owned();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("settings.manage"), "{challenge}");
    let of_owner = program.post("/api/v1/check", json!({ "permission": "settings.manage" })).await.good();
    assert_eq!(of_owner["allowed"], false);
}
