//! Facts about lists of tokens: everybody's in one place, by what is worth knowing of them.

use domain::time::DAY_MS;
use domain::tokens::{Token, TokenFilter};
use reqwest::Method;
use serde_json::json;

use super::{generate, path, tokens_of};
use crate::support::{Database, World, on_both, send};

on_both! {
    all_tokens_stand_in_one_place_newest_first filters_agree_with_the_domain wrong_parameters_are_named
    many_are_revoked_at_once_after_a_preview leaked_token_is_found_and_revoked_by_its_secret
}

async fn all_tokens_stand_in_one_place_newest_first(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    generate(&world, &ana, "/api/v1/me/tokens", json!({ "name": "laptop" })).await;
    for name in ["a", "b"] {
        world.clock.advance(1_000);
        generate(&world, &owner, &tokens_of(&account), json!({ "name": name })).await;
    }
    let names = async |query: &str| {
        let page = owner.get(&format!("/api/v1/tokens{query}")).await.good();
        let names = page["items"].as_array().unwrap().iter().map(|token| token["name"].as_str().unwrap().to_owned());
        (names.collect::<Vec<_>>(), page["total"].as_u64().unwrap(), page["next_cursor"].as_str().map(str::to_owned))
    };
    assert_eq!(names("").await.0, ["b", "a", "laptop", "first"]);
    assert_eq!(names("?kind=user").await.0, ["laptop"]);
    assert_eq!(names("?q=LAPTOP").await.0, ["laptop"]);
    assert_eq!(names("?q=sa::ci&limit=2").await.0, ["b", "a"]);
    let (page, total, cursor) = names("?limit=3").await;
    assert_eq!((page.len(), total), (3, 4));
    assert_eq!(names(&format!("?limit=3&cursor={}", cursor.unwrap())).await, (vec!["first".to_owned()], 4, None));
    assert_eq!(names("?skip=3").await.0, ["first"]);
    world.mails_have_left().await;
    world.start_of_minute();
    let tag = owner.get("/api/v1/tokens").await.headers["etag"].clone();
    let again = send(owner.request(Method::GET, "/api/v1/tokens").header("if-none-match", tag)).await;
    assert_eq!(again.status, 304);
}

/// What each filter lists is what `Token::notes` says of each token.
async fn filters_agree_with_the_domain(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({ "permissions": ["accounts.view", "audit.view"] })).await;
    let now = world.clock.now();
    let mut ids = Vec::new();
    for (number, scopes) in
        [None, Some(vec!["accounts.view"]), Some(vec!["accounts.view", "audit.view"])].into_iter().enumerate()
    {
        for (place, end) in [None, Some(5 * DAY_MS), Some(200 * DAY_MS)].into_iter().enumerate() {
            for used in [false, true] {
                let mut new = json!({ "name": format!("{number} {place} {used}") });
                if let Some(scopes) = &scopes {
                    new["scopes"] = json!(scopes);
                }
                if let Some(end) = end {
                    new["expires_at"] = now.plus(end).to_string().into();
                }
                let (token, program) = generate(&world, &owner, &tokens_of(&account), new).await;
                if used {
                    program.get("/api/v1/accounts").await;
                }
                ids.push(token["id"].as_str().unwrap().to_owned());
            }
        }
    }
    crate::support::eventually("all noted uses", async || {
        let page = owner.get("/api/v1/tokens?filter=never_used").await.good();
        (page["total"] == 10).then_some(())
    })
    .await;
    send(owner.request(Method::DELETE, &format!("/api/v1/tokens/{}", ids[0]))).await;
    for days in [0, 10, 85, 30] {
        world.clock.advance(days * DAY_MS);
        let mut owner = world.nobody();
        assert_eq!(owner.sign_in("olivia@example.com", crate::support::PASSWORD).await.status, 200);
        let at = world.clock.now();
        let mut all: Vec<Token> = Vec::new();
        for id in &ids {
            all.push(serde_json::from_value(owner.get(&format!("/api/v1/tokens/{id}")).await.good()).unwrap());
        }
        let counts =
            owner.get(&format!("/api/v1/tokens?counts=true&account={}", all[0].account.id)).await.good()["counts"]
                .clone();
        for filter in TokenFilter::ALL {
            let listed = owner.get(&format!("/api/v1/tokens?filter={}&limit=500", filter.as_str())).await.good();
            assert_eq!(listed["total"], counts[filter.as_str()], "{filter:?}");
            let listed: Vec<Token> = serde_json::from_value(listed["items"].clone()).unwrap();
            for token in &all {
                let expected = match filter {
                    TokenFilter::Working => token.works(at),
                    TokenFilter::Noted(note) => token.notes(at).contains(&note),
                    TokenFilter::Ended => !token.works(at),
                };
                // Long ended ones are listed no more.
                let is_listed = listed.iter().any(|other| other.id == token.id);
                assert!(
                    is_listed == expected || (filter == TokenFilter::Ended && days > 10),
                    "{days} {filter:?} {token:?}"
                );
            }
        }
    }
}

async fn wrong_parameters_are_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for (query, field) in [
        ("filter=all", "filter"),
        ("kind=robot", "kind"),
        ("account=x", "account"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let refused = owner.get(&format!("/api/v1/tokens?{query}")).await;
        assert_eq!((refused.status, refused.fields()), (422, vec![field.to_owned()]), "{query}");
    }
    assert_eq!(owner.get("/api/v1/tokens?what=x").await.status, 400);
}

async fn many_are_revoked_at_once_after_a_preview(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (ci, first) = world.service(&owner, "ci", json!({})).await;
    let (other, _) = world.service(&owner, "other", json!({})).await;
    let (second, _) = generate(&world, &owner, &tokens_of(&other), json!({ "name": "second" })).await;
    let first_id = owner.get(&tokens_of(&ci)).await.good()["items"][0]["id"].clone();
    assert_eq!(first.get("/api/v1/me").await.status, 200);
    crate::support::eventually("the noted use", async || {
        owner.get(&tokens_of(&ci)).await.good()["items"][0]["last_used_at"].as_str().map(|_| ())
    })
    .await;
    let missing = "01a201dc-78d3-7333-844c-520898157319";
    let request = json!({ "ids": [first_id, second["id"], missing], "reason": "spring cleaning", "dry_run": true });
    let preview = owner.post("/api/v1/tokens/revoke", request.clone()).await.good();
    let expected =
        json!({ "revoked": 2, "ended_before": 0, "refused": 1, "in_use": 1, "accounts": 2, "left_without": 1 });
    assert_eq!(preview["summary"], expected);
    assert_eq!(first.get("/api/v1/me").await.status, 200, "a preview changes nothing");
    let mut request = request;
    request["dry_run"] = false.into();
    let done = owner.post("/api/v1/tokens/revoke", request.clone()).await.good();
    assert_eq!((&done["summary"], &done["results"][2]["code"]), (&expected, &json!("not_found")));
    assert_eq!(first.get("/api/v1/me").await.code(), "invalid_token");
    let again = owner.post("/api/v1/tokens/revoke", request).await.good();
    assert_eq!((&again["summary"]["revoked"], &again["summary"]["ended_before"]), (&json!(0), &json!(2)));
    assert_eq!(owner.post("/api/v1/tokens/revoke", json!({ "ids": [] })).await.fields(), ["ids"]);
}

async fn leaked_token_is_found_and_revoked_by_its_secret(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, program) = world.service(&owner, "ci", json!({})).await;
    let padded = format!("curl -H \"Authorization: Bearer {}\" https://example.com", program.secret);
    let found = owner.post("/api/v1/tokens/lookup", json!({ "secret": padded })).await.good();
    assert_eq!((&found["account"]["id"], &found["name"]), (&account["id"], &json!("first")));
    let cut = owner.post("/api/v1/tokens/lookup", json!({ "secret": program.secret[..40] })).await;
    assert_eq!((cut.status, cut.fields()), (422, vec!["secret".to_owned()]));
    let otto = world.other_organization("otto@example.com").await;
    assert_eq!(otto.post("/api/v1/tokens/lookup", json!({ "secret": program.secret })).await.status, 404);
    assert_eq!(send(owner.request(Method::DELETE, &path(&found))).await.status, 204);
    assert_eq!(program.get("/api/v1/me").await.code(), "invalid_token");
    let guard = world.member(&owner, "guard@example.com", json!({ "permissions": ["tokens.manage_all"] })).await;
    let (_, strong) = world.service(&owner, "strong", json!({ "permissions": ["audit.view"] })).await;
    let found = guard.post("/api/v1/tokens/lookup", json!({ "secret": strong.secret })).await.good();
    let by = async |secret: &str| {
        let request = json!({ "reason": "Leaked", "secret": secret });
        send(guard.request(Method::DELETE, &path(&found)).json(&request)).await
    };
    assert_eq!(by(&program.secret).await.code(), "escalation", "another token shows nothing");
    assert_eq!(by(&strong.secret).await.status, 204, "whoever has a token may end it");
    assert_eq!(strong.get("/api/v1/me").await.code(), "invalid_token");
}
