//! Facts about service accounts: identities of machines, which hold what was given to them and no more.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Database, World, on_both, send};

on_both! {
    id_is_one_however_it_is_typed id_outside_the_rule_is_refused id_is_never_used_again everything_is_given_at_once
    account_holds_no_baseline_and_cannot_sign_in nothing_beyond_the_maker_is_given details_and_owner_change
    deletion_asks_for_the_id_and_ends_everything people_and_programs_are_managed_by_rights_of_their_own
    a_refused_first_token_makes_no_account there_may_be_any_number_of_them
}

async fn there_may_be_any_number_of_them(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let one_seat = json!({ "seats": 1 });
    owner.change(Method::PATCH, "/api/v1/organization", 1, Some(one_seat)).await.good();
    for number in 0..120 {
        let made = owner.post("/api/v1/service-accounts", json!({ "account_id": format!("robot-{number}") })).await;
        assert_eq!(made.status, 201, "{number}: {}", made.text);
    }
    assert_eq!(owner.get("/api/v1/accounts?kind=service&limit=1").await.good()["total"], 120);
    let full = owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    assert_eq!(full["results"][0]["outcome"], "no_seat", "only people take seats");
}

async fn id_is_one_however_it_is_typed(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let made = owner.post("/api/v1/service-accounts", json!({ "account_id": "SA::Ingest-EU" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body()["account"]["handle"], "sa::ingest-eu");
    assert_eq!(made.body()["account"]["display_name"], "ingest-eu");
    assert_eq!(made.body()["account"]["status"], "active");
    for text in ["ingest-eu", " sa::ingest-eu ", "sa::INGEST-EU"] {
        let again = owner.post("/api/v1/service-accounts", json!({ "account_id": text })).await;
        assert_eq!((again.status, again.code().as_str()), (409, "name_taken"), "{text}");
        assert_eq!(again.fields(), ["account_id"]);
        let free =
            owner.get(&format!("/api/v1/service-accounts/availability?account_id={}", text.replace(' ', "+"))).await;
        assert_eq!(free.good(), json!({ "account_id": "sa::ingest-eu", "available": false }), "{text}");
    }
}

async fn id_outside_the_rule_is_refused(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let long = "a".repeat(64);
    for text in ["", "sa::", "sa::-x", "two words", "прокси", long.as_str()] {
        let refused = owner.post("/api/v1/service-accounts", json!({ "account_id": text })).await;
        assert_eq!((refused.status, refused.fields()), (422, vec!["account_id".to_owned()]), "{text}");
        assert!(!refused.body()["errors"][0]["message"].as_str().unwrap().is_empty());
    }
    let asked = owner.get("/api/v1/service-accounts/availability?account_id=-x").await;
    assert_eq!((asked.status, asked.fields()), (422, vec!["account_id".to_owned()]));
}

async fn id_is_never_used_again(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    assert_eq!(owner.change(Method::DELETE, &path, 1, Some(json!({ "confirm": "sa::ci" }))).await.status, 204);
    let again = owner.post("/api/v1/service-accounts", json!({ "account_id": "ci" })).await;
    assert_eq!(again.code(), "name_taken");
}

async fn everything_is_given_at_once(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("Proxies", &["alerts"]).await;
    let olivia = owner.id().await;
    let (account, program) = world
        .service(
            &owner,
            "ingest",
            json!({
                "display_name": "Ingest", "description": "Takes data in", "owner": { "account": olivia }, "groups": [group],
                "roles": ["data"], "permissions": ["dashboards.view"],
            }),
        )
        .await;
    assert_eq!(account["owner"]["account"]["name"], "Olivia Owner");
    assert_eq!(account["description"], "Takes data in");
    assert_eq!(account["tokens"], 1);
    assert_eq!(account["roles"][0]["key"], "data");
    assert_eq!(account["groups"][0]["name"], "Proxies");
    let me = program.get("/api/v1/me").await.good();
    assert_eq!(me["account"]["handle"], "sa::ingest");
    let listed = owner.get("/api/v1/accounts?kind=service&q=ingest").await.good();
    assert_eq!((listed["total"].as_u64(), &listed["items"][0]["tokens"]), (Some(1), &json!(1)));
}

async fn account_holds_no_baseline_and_cannot_sign_in(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner
        .change(
            Method::PUT,
            "/api/v1/organization/defaults",
            1,
            Some(json!({ "groups": [], "permissions": ["alerts.view"] })),
        )
        .await;
    let (account, program) = world.service(&owner, "ci", json!({})).await;
    assert_eq!(program.get("/api/v1/me").await.good()["permissions"], json!([]));
    let path = format!("/api/v1/accounts/{}/permissions", account["id"].as_str().unwrap());
    assert_eq!(owner.get(&path).await.good()["permissions"], json!([]));
    for name in ["sa::ci", "ci"] {
        assert_eq!(world.nobody().sign_in(name, &program.secret).await.status, 401);
    }
    let refused = program.get("/api/v1/session").await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "session_required"));
}

async fn nothing_beyond_the_maker_is_given(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let maker = owner.new_role("Makers", &["service_accounts.manage", "accounts.view"]).await["key"].clone();
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer", "roles": [maker] })).await;
    let strong = owner.new_group("Strong", &["alerts"]).await;
    for gifts in
        [json!({ "roles": ["alerts"] }), json!({ "permissions": ["accounts.manage"] }), json!({ "groups": [strong] })]
    {
        let mut request = json!({ "account_id": "ci" });
        request.as_object_mut().unwrap().extend(gifts.as_object().cloned().unwrap());
        let refused = ana.post("/api/v1/service-accounts", request).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"), "{gifts}");
    }
    let refused = owner.post("/api/v1/service-accounts", json!({ "account_id": "ci", "roles": ["owner"] })).await;
    assert_eq!((refused.status, refused.fields()), (422, vec!["roles".to_owned()]), "an Owner is a person");
    let (account, _) = world.service(&owner, "strong", json!({ "roles": ["alerts"] })).await;
    let tokens = format!("/api/v1/accounts/{}/tokens", account["id"].as_str().unwrap());
    let refused = ana.post(&tokens, json!({ "name": "mine" })).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "escalation"));
}

async fn details_and_owner_change(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, _) = world.service(&owner, "ci", json!({})).await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let group = owner.new_group("Platform", &[]).await;
    let change = json!({ "display_name": "Builds", "description": "Builds it all", "owner": { "group": group } });
    let after = owner.change(Method::PATCH, &path, 1, Some(change)).await.good();
    assert_eq!(after["owner"]["group"]["name"], "Platform");
    assert_eq!((&after["display_name"], &after["description"]), (&json!("Builds"), &json!("Builds it all")));
    let nobody = owner.change(Method::PATCH, &path, 2, Some(json!({ "owner": {} }))).await.good();
    assert_eq!(nobody["owner"], Value::Null);
    let unknown = json!({ "owner": { "account": account["id"] } });
    assert_eq!(
        owner.change(Method::PATCH, &path, 3, Some(unknown)).await.fields(),
        ["owner"],
        "no program answers for one"
    );
    let user = format!("/api/v1/accounts/{}", owner.id().await);
    let misplaced = owner.change(Method::PATCH, &user, 1, Some(json!({ "description": "x" }))).await;
    assert_eq!((misplaced.status, misplaced.fields()), (422, vec!["description".to_owned()]));
    let group_path = format!("/api/v1/groups/{group}");
    owner.change(Method::PATCH, &path, 3, Some(json!({ "owner": { "group": group } }))).await.good();
    assert_eq!(owner.change(Method::DELETE, &group_path, 2, None).await.status, 204);
    assert_eq!(owner.get(&path).await.good()["owner"], Value::Null, "a group that is gone answers for nothing");
}

async fn deletion_asks_for_the_id_and_ends_everything(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let (account, program) = world.service(&owner, "ci", json!({ "roles": ["alerts"] })).await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let wrong = owner.change(Method::DELETE, &path, 1, Some(json!({ "confirm": "ci" }))).await;
    assert_eq!((wrong.status, wrong.fields()), (422, vec!["confirm".to_owned()]));
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    let stale = owner.change(Method::DELETE, &path, 7, Some(json!({ "confirm": "sa::ci" }))).await;
    assert_eq!(stale.status, 412);
    world.clock.advance(6 * 60 * 1_000);
    let unconfirmed = owner.change(Method::DELETE, &path, 1, Some(json!({ "confirm": "sa::ci" }))).await;
    assert_eq!((unconfirmed.status, unconfirmed.code().as_str()), (403, "confirmation_required"));
    assert_eq!(
        owner.post("/api/v1/session/confirmation", json!({ "password": "wrong horse battery" })).await.status,
        401
    );
    let proved = owner.post("/api/v1/session/confirmation", json!({ "password": crate::support::PASSWORD })).await;
    assert_eq!(proved.status, 204, "{}", proved.text);
    owner.take_session(&proved);
    assert_eq!(owner.change(Method::DELETE, &path, 1, Some(json!({ "confirm": " SA::ci " }))).await.status, 204);
    assert_eq!(program.get("/api/v1/me").await.code(), "invalid_token");
    assert_eq!(owner.get("/api/v1/accounts?kind=service").await.good()["total"], 0);
    let user = format!("/api/v1/accounts/{}", owner.id().await);
    let refused = owner.change(Method::DELETE, &user, 1, Some(json!({ "confirm": "olivia@example.com" }))).await;
    assert_eq!(refused.status, 404, "people are not deleted here");
}

async fn people_and_programs_are_managed_by_rights_of_their_own(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let maker = owner.new_role("Makers", &["service_accounts.manage", "accounts.view"]).await["key"].clone();
    let keeper = owner.new_role("Keepers", &["accounts.manage", "accounts.view"]).await["key"].clone();
    let ana = world.member(&owner, "ana@example.com", json!({ "level": "viewer", "roles": [maker] })).await;
    let ben = world.member(&owner, "ben@example.com", json!({ "level": "viewer", "roles": [keeper] })).await;
    let cleo = world.member(&owner, "cleo@example.com", json!({ "level": "viewer" })).await.id().await;
    let (account, program) = world.service(&owner, "ci", json!({})).await;
    let service = account["id"].as_str().unwrap();
    let deactivate = json!({ "status": "deactivated" });
    let path = |id: &str| format!("/api/v1/accounts/{id}");
    assert_eq!(ben.change(Method::PATCH, &path(service), 1, Some(deactivate.clone())).await.code(), "forbidden");
    assert_eq!(ana.change(Method::PATCH, &path(&cleo), 2, Some(deactivate.clone())).await.code(), "forbidden");
    let mixed = ana.bulk(&[service, &cleo], json!({ "type": "deactivate" })).await.good();
    assert_eq!(mixed["results"][0]["outcome"], "ok");
    assert_eq!(mixed["results"][1]["code"], "forbidden");
    assert_eq!(program.get("/api/v1/me").await.code(), "invalid_token", "it is out from the next request on");
    ana.bulk(&[service], json!({ "type": "activate" })).await.good();
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    let answer = send(ben.request(Method::POST, "/api/v1/service-accounts").json(&json!({ "account_id": "x" }))).await;
    assert_eq!(answer.code(), "forbidden");
}

async fn a_refused_first_token_makes_no_account(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let request = json!({ "account_id": "ci", "token": { "name": "first", "scopes": ["accounts.view"] } });
    let refused = owner.post("/api/v1/service-accounts", request).await;
    assert_eq!((refused.status, refused.fields()), (422, vec!["token.scopes".to_owned()]));
    let free = owner.get("/api/v1/service-accounts/availability?account_id=ci").await.good();
    assert_eq!(free["available"], true);
}
