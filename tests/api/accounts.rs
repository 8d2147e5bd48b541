//! Facts about the list of accounts and about changing one.

mod levels;

use reqwest::Method;
use serde_json::{Value, json};
use server::commands::demo;

use crate::support::{Client, Database, PASSWORD, World, eventually, on_both, send};

on_both! {
    pages_cover_every_account_once_in_order search_finds_name_address_and_id filters_agree_with_the_counts skipping_lands_where_paging_does
    wrong_parameters_are_named unchanged_list_is_answered_by_its_tag kept_page_is_for_browsers_too level_changes_within_reach_alone last_owner_stays nobody_changes_themselves
    demo_is_believable counts_follow_the_filters_but_the_status stale_change_is_refused_with_the_present_state account_of_another_organization_is_not_found deactivated_account_can_be_activated_again
    accounts_that_hold_more_than_the_caller_are_marked
}

const DEMO_ACCOUNTS: u32 = 333;

/// The demo's Owner, signed in.
async fn demo_owner(world: &World) -> Client {
    demo::fill(&world.running.app.db, &world.running.app.key, DEMO_ACCOUNTS, PASSWORD, world.clock.now())
        .await
        .unwrap();
    // As the next start of the server does.
    server::invitations::record_earlier(&world.running.app).await.unwrap();
    let mut owner = world.nobody();
    owner.sign_in("owner@demo.example", PASSWORD).await.good();
    owner
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn all_pages(client: &Client, query: &str, limit: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/api/v1/accounts?{query}&limit={limit}{cursor}")).await.good();
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

async fn pages_cover_every_account_once_in_order(database: Database) {
    let world = World::new(database).await;
    let owner = demo_owner(&world).await;
    for sort in ["name", "email", "last_active", "created"] {
        let key = |item: &Value| match sort {
            "name" => domain::text::fold(item["display_name"].as_str().unwrap()),
            "email" => item["handle"].as_str().unwrap().to_owned(),
            "last_active" => item["last_active_at"].as_str().unwrap_or_default().to_owned(),
            _ => item["created_at"].as_str().unwrap().to_owned(),
        };
        let up = all_pages(&owner, &format!("sort={sort}"), 50).await;
        assert_eq!(up.len(), DEMO_ACCOUNTS as usize, "{sort}");
        assert!(up.windows(2).all(|pair| key(&pair[0]) <= key(&pair[1])), "{sort}");
        let mut down = all_pages(&owner, &format!("sort=-{sort}"), 77).await;
        down.reverse();
        assert_eq!(up, down, "{sort}: downwards is upwards reversed, ties included");
    }
}

async fn search_finds_name_address_and_id(database: Database) {
    let world = World::new(database).await;
    let owner = demo_owner(&world).await;
    let all = all_pages(&owner, "", 500).await;
    let one = &all[200];
    for field in ["email", "id"] {
        let text = one[field].as_str().unwrap();
        let found = owner.get(&format!("/api/v1/accounts?q={}", text.to_uppercase())).await.good();
        assert_eq!(
            (ids(&found), &found["total"]),
            (vec![one["id"].as_str().unwrap().to_owned()], &json!(1)),
            "{field}"
        );
    }
    let expected = all
        .iter()
        .filter(|item| {
            item["display_name"].as_str().unwrap().to_lowercase().contains("novak")
                || item["email"].as_str().unwrap().contains("novak")
        })
        .count();
    assert!(expected > 0);
    assert_eq!(owner.get("/api/v1/accounts?q=nOvAk").await.good()["total"], expected);
    let name = one["display_name"].as_str().unwrap();
    let (first, last) = name.split_once(' ').unwrap();
    let turned = owner.get(&format!("/api/v1/accounts?q={last}%20%20{first}")).await.good();
    assert!(turned["items"].as_array().unwrap().iter().any(|item| item["id"] == one["id"]), "words in any order");
    for nothing in ["%25", "_____", "'; DROP TABLE accounts; --", "zzzzqq"] {
        assert_eq!(owner.get(&format!("/api/v1/accounts?q={nothing}")).await.good()["total"], 0, "{nothing}");
    }
}

async fn filters_agree_with_the_counts(database: Database) {
    let world = World::new(database).await;
    let owner = demo_owner(&world).await;
    let counts = owner.get("/api/v1/accounts?limit=1&counts=status").await.good()["status_counts"].clone();
    let mut sum = 0;
    for status in ["active", "pending", "invitation_expired", "invitation_failed", "access_expired", "deactivated"] {
        let page = owner.get(&format!("/api/v1/accounts?status={status}&limit=1")).await.good();
        assert_eq!(page["total"], counts[status], "{status}");
        assert_eq!(
            all_pages(&owner, &format!("status={status}"), 100).await.len() as u64,
            counts[status].as_u64().unwrap(),
            "{status}"
        );
        sum += counts[status].as_u64().unwrap();
    }
    assert_eq!(sum, u64::from(DEMO_ACCOUNTS));
    let by_level: u64 = {
        let mut sum = 0;
        for level in ["admin", "editor", "viewer"] {
            sum +=
                owner.get(&format!("/api/v1/accounts?level={level}&limit=1")).await.good()["total"].as_u64().unwrap();
        }
        sum
    };
    assert_eq!(by_level, u64::from(DEMO_ACCOUNTS));
}

async fn counts_follow_the_filters_but_the_status(database: Database) {
    let world = World::new(database).await;
    let owner = demo_owner(&world).await;
    for filter in ["", "&q=an", "&level=viewer", "&q=a&level=editor", "&invitation=open", "&q=zzzz"] {
        let page = owner.get(&format!("/api/v1/accounts?limit=1&counts=filtered{filter}")).await.good();
        let mut sum = 0;
        for status in ["active", "pending", "invitation_expired", "invitation_failed", "access_expired", "deactivated"]
        {
            let count = &page["status_counts"][status];
            let path = format!("/api/v1/accounts?limit=1&status={status}{filter}");
            assert_eq!(&owner.get(&path).await.good()["total"], count, "{path}");
            let beside = owner.get(&format!("{path}&counts=filtered")).await.good();
            assert_eq!((&beside["total"], &beside["status_counts"]), (count, &page["status_counts"]), "{path}");
            sum += count.as_u64().unwrap();
        }
        assert_eq!(page["total"], sum, "{filter}");
    }
    let ended = owner.get("/api/v1/accounts?limit=1&invitation=ended&counts=filtered").await.good();
    assert_eq!((&ended["total"], &ended["status_counts"]["active"]), (&json!(0), &json!(0)));
}

async fn demo_is_believable(database: Database) {
    let world = World::new(database).await;
    let owner = demo_owner(&world).await;
    let active = all_pages(&owner, "status=active", 500).await;
    assert!(active.iter().all(|account| account["auth_methods"] == json!(["password"])));
    let open = all_pages(&owner, "invitation=open", 500).await;
    for delivery in ["sent", "failed", "link_only"] {
        assert!(open.iter().any(|account| account["invitation"]["delivery"] == delivery), "{delivery}");
    }
    let pending = all_pages(&owner, "status=pending", 500).await;
    let path = format!("/api/v1/accounts/{}/invitation/link", pending[0]["id"].as_str().unwrap());
    let link = owner.post(&path, json!({})).await.good()["link"].as_str().unwrap().to_owned();
    let token = link.split('#').nth(1).unwrap();
    let seen = world.nobody().post("/api/v1/invitations/preview", json!({ "token": token })).await.good();
    assert_eq!(seen["state"], "open", "its links work");
}

async fn skipping_lands_where_paging_does(database: Database) {
    let world = World::new(database).await;
    let owner = demo_owner(&world).await;
    let all: Vec<String> =
        all_pages(&owner, "", 500).await.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids(&owner.get("/api/v1/accounts?limit=5&skip=300").await.good()), all[300..305]);
    let first = owner.get("/api/v1/accounts?limit=10").await.good();
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&owner.get(&format!("/api/v1/accounts?limit=5&skip=20&cursor={cursor}")).await.good()), all[30..35]);
}

async fn wrong_parameters_are_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    for (query, field) in [
        ("kind=robot", "kind"),
        ("status=happy", "status"),
        ("sort=age", "sort"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("cursor=zz", "cursor"),
        ("invitation=maybe", "invitation"),
        ("counts=maybe", "counts"),
        ("skip=10000001", "skip"),
    ] {
        let answer = owner.get(&format!("/api/v1/accounts?{query}")).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{query}");
    }
    assert_eq!(owner.get(&format!("/api/v1/accounts?q={}", "x".repeat(201))).await.fields(), ["q"]);
    for query in ["nonsense=1", "kind=user&kind=service", "q=a&q=b", "limit=1&limit=2"] {
        let refused = owner.get(&format!("/api/v1/accounts?{query}")).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "malformed"), "{query}");
    }
}

async fn unchanged_list_is_answered_by_its_tag(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.start_of_minute();
    let first = owner.get("/api/v1/accounts").await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let again = async || send(owner.request(Method::GET, "/api/v1/accounts").header("if-none-match", &tag)).await;
    assert_eq!(again().await.status, 304);
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    assert_eq!(again().await.status, 200, "a write makes the tag old at once");
    let tag = owner.get("/api/v1/accounts").await.headers["etag"].clone();
    world.clock.advance(10_000);
    let later = send(owner.request(Method::GET, "/api/v1/accounts").header("if-none-match", tag)).await;
    assert_eq!(later.status, 200, "some things change by time alone");
}

async fn change(client: &Client, id: &str, body: Value) -> crate::support::Answer {
    let path = format!("/api/v1/accounts/{id}");
    let version = client.get(&path).await.body()["version"].as_i64().unwrap_or(1);
    client.change(Method::PATCH, &path, version, Some(body)).await
}

async fn id_of(client: &Client) -> String {
    client.get("/api/v1/session").await.good()["account"]["id"].as_str().unwrap().to_owned()
}

async fn level_changes_within_reach_alone(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = id_of(&world.member(&owner, "ana@example.com", json!({})).await).await;
    assert_eq!(change(&owner, &ana, json!({ "level": "editor" })).await.good()["level"]["key"], "editor");
    assert_eq!(change(&owner, &ana, json!({ "level": "alerts" })).await.fields(), ["level"]);
    let manager = world
        .member(
            &owner,
            "manager@example.com",
            json!({ "level": "viewer", "permissions": ["accounts.view", "accounts.manage"] }),
        )
        .await;
    let refused = change(&manager, &ana, json!({ "level": "viewer" })).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "escalation"),
        "the account holds more than its manager"
    );
    let ben = id_of(&world.member(&owner, "ben@example.com", json!({ "level": "viewer" })).await).await;
    assert_eq!(
        change(&manager, &ben, json!({ "level": "admin" })).await.code(),
        "escalation",
        "the level holds more than its giver"
    );
    assert_eq!(change(&manager, &id_of(&owner).await, json!({ "status": "deactivated" })).await.code(), "escalation");
}

async fn last_owner_stays(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let second = world.member(&owner, "second@example.com", json!({ "level": "admin", "roles": ["owner"] })).await;
    let (first_id, second_id) = (id_of(&owner).await, id_of(&second).await);
    let deactivate = json!({ "status": "deactivated" });
    let (one, two) =
        tokio::join!(change(&owner, &second_id, deactivate.clone()), change(&second, &first_id, deactivate));
    let done = [one.status, two.status].iter().filter(|status| **status == 200).count();
    assert!(done <= 1, "{} {}", one.text, two.text);
    let left = [owner, second];
    let mut signed_in = 0;
    for client in &left {
        signed_in += u32::from(client.get("/api/v1/session").await.status == 200);
    }
    assert!(signed_in >= 1);
}

async fn nobody_changes_themselves(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let id = id_of(&owner).await;
    for body in [json!({ "status": "deactivated" }), json!({ "level": "viewer" })] {
        let answer = change(&owner, &id, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "own_account"));
    }
}

async fn stale_change_is_refused_with_the_present_state(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = id_of(&world.member(&owner, "ana@example.com", json!({})).await).await;
    let path = format!("/api/v1/accounts/{ana}");
    let stale = owner.change(Method::PATCH, &path, 1, Some(json!({ "level": "editor" }))).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "stale"));
    let now = owner.get(&path).await;
    assert_eq!((&stale.body()["current"], &stale.headers["etag"]), (&now.body(), &now.headers["etag"]));
    assert_eq!(now.headers["etag"], *format!("\"{}\"", now.body()["version"]));
    let missing = send(owner.request(Method::PATCH, &path).json(&json!({ "level": "editor" }))).await;
    assert_eq!(missing.status, 428);
}

async fn account_of_another_organization_is_not_found(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let otto = world.other_organization("otto@example.com").await;
    let path = format!("/api/v1/accounts/{}", id_of(&otto).await);
    assert_eq!(owner.get(&path).await.status, 404);
    assert_eq!(owner.change(Method::PATCH, &path, 1, Some(json!({ "status": "deactivated" }))).await.status, 404);
    assert_eq!(owner.get("/api/v1/accounts/nonsense").await.status, 404);
}

async fn deactivated_account_can_be_activated_again(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let mut ana = world.member(&owner, "ana@example.com", json!({})).await;
    let id = id_of(&ana).await;
    assert_eq!(change(&owner, &id, json!({ "status": "deactivated" })).await.good()["status"], "deactivated");
    assert_eq!(
        owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good()["results"][0]["outcome"],
        "deactivated"
    );
    assert_eq!(change(&owner, &id, json!({ "status": "active" })).await.good()["status"], "active");
    assert_eq!(ana.get("/api/v1/session").await.status, 401, "the session that ended stays ended");
    ana.sign_in("ana@example.com", PASSWORD).await.good();
}

async fn kept_page_is_for_browsers_too(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ask = async || {
        let request = owner.request(Method::GET, "/api/v1/accounts?limit=7");
        send(request.header("cache-control", "no-cache").header("pragma", "no-cache")).await
    };
    eventually("a page that is kept", async || {
        let tag = ask().await.headers["etag"].to_str().unwrap().to_owned();
        let kept = server::accounts::kept::page_key(&tag, "limit=7");
        world.running.app.pages.keep(kept, r#"{"items":[],"total":77}"#.into());
        (ask().await.body()["total"] == 77).then_some(())
    })
    .await;
}

/// The mark says what a change would be answered, so that the console offers nothing that is refused.
async fn accounts_that_hold_more_than_the_caller_are_marked(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.new_role("Reporters", &["reports"]).await;
    let finance = owner.new_group("Finance", &["reporters"]).await;
    let empty = owner.new_group("Empty", &[]).await;
    let manager = json!({ "level": "viewer", "permissions": ["accounts.view", "accounts.manage"] });
    let manager = world.member(&owner, "manager@example.com", manager).await;
    for (name, gifts, is_beyond) in [
        ("plain", json!({ "level": "viewer", "groups": [empty] }), false),
        ("editor", json!({ "level": "editor" }), true),
        ("role", json!({ "level": "viewer", "roles": ["reporters"] }), true),
        ("group", json!({ "level": "viewer", "groups": [empty, finance] }), true),
        ("permission", json!({ "level": "viewer", "permissions": ["reports"] }), true),
    ] {
        let email = format!("{name}@example.com");
        let id = world.member(&owner, &email, gifts).await.id().await;
        let marked = |account: &Value| account["is_beyond_reach"] == true;
        let listed = manager.get(&format!("/api/v1/accounts?q={email}")).await.good()["items"][0].clone();
        let alone = manager.account(&id).await;
        assert_eq!((marked(&listed), marked(&alone)), (is_beyond, is_beyond), "{name}");
        assert!(!marked(&owner.get(&format!("/api/v1/accounts?q={email}")).await.good()["items"][0]), "{name}");
        let path = format!("/api/v1/accounts/{id}");
        let change = Some(json!({ "display_name": "Another" }));
        let answer = manager.change(Method::PATCH, &path, alone["version"].as_i64().unwrap(), change).await;
        assert_eq!(answer.code() == "escalation", is_beyond, "{name} {}", answer.text);
    }
    // The list follows when the caller comes to hold it, too.
    let act = json!({ "type": "add_permission", "permission": "reports" });
    owner.bulk(&[&manager.id().await], act).await.good();
    let page = manager.get("/api/v1/accounts").await.good();
    let marked = page["items"].as_array().unwrap().iter().filter(|account| account["is_beyond_reach"] == true);
    let names: Vec<_> = marked.map(|account| account["handle"].as_str().unwrap()).collect();
    assert_eq!(names, ["olivia@example.com", "editor@example.com"], "by name");
}
