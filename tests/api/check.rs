//! Facts about the question that a product asks: may this account do that?

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Database, World, on_both, send};

on_both! {
    one_asks_about_oneself_and_learns_why others_are_asked_about_with_the_permission restricted_object_needs_access_too hidden_object_is_refused_as_one_that_is_not_there what_is_unknown_is_said_so
    grant_stops_at_its_end_at_the_check_itself thousand_questions_are_one_request wrong_questions_are_named fixes_are_what_the_asking_could_give
    answer_about_another_follows_each_change every_fix_allows_it account_that_is_not_active_may_nothing access_follows_the_rule_on_every_combination
}

async fn ask(client: &Client, body: Value) -> Value {
    client.post("/api/v1/check", body).await.good()
}

async fn register(owner: &Client, id: &str, body: Value) {
    send(owner.request(Method::PUT, &format!("/api/v1/objects/dashboard/{id}")).json(&body)).await.good();
}

async fn give(owner: &Client, id: &str, body: Value) {
    owner.access(Method::PUT, &format!("dashboard/{id}"), "", Some(body)).await.good();
}

fn object(id: &str) -> Value {
    json!({ "type": "dashboard", "external_id": id })
}

async fn one_asks_about_oneself_and_learns_why(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["alerts"] })).await;
    let yes = ask(&ana, json!({ "permission": "alerts" })).await;
    assert_eq!(
        yes,
        json!({ "allowed": true, "paths": [{ "steps": [{ "type": "role", "key": "alerts", "name": "Alerts" }] }], "fixes": [] })
    );
    let no = ask(&ana, json!({ "permission": "data" })).await;
    assert_eq!(no, json!({ "allowed": false, "reason": "no_permission", "paths": [], "fixes": [] }));
    let group = owner.new_group("On call", &["data"]).await;
    owner.bulk(&[&ana.id().await], json!({ "type": "add_group", "group": group })).await.good();
    let yes = ask(&ana, json!({ "permission": "data", "account": ana.id().await })).await;
    assert_eq!(
        yes["paths"][0]["steps"],
        json!([{ "type": "group", "id": group, "name": "On call" }, { "type": "role", "key": "data", "name": "Data" }])
    );
}

/// A product asks about the same account again and again: what is known of it is as the database has it.
async fn answer_about_another_follows_each_change(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (_, product) = world.service(&owner, "product", json!({ "permissions": ["accounts.view"] })).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let question = json!({ "permission": "alerts", "account": ana });
    let may = async || product.post("/api/v1/check", question.clone()).await.good()["allowed"] == true;
    let bulk = async |action: Value| drop(owner.bulk(&[&ana], action).await.good());
    let path = format!("/api/v1/accounts/{ana}");
    let version = async |path: &str| owner.get(path).await.good()["version"].as_i64().unwrap();
    let change =
        async |body: Value| drop(owner.change(Method::PATCH, &path, version(&path).await, Some(body)).await.good());
    assert!(!may().await && !may().await);
    bulk(json!({ "type": "add_permission", "permission": "alerts" })).await;
    assert!(may().await && may().await, "a grant");
    change(json!({ "status": "deactivated" })).await;
    assert!(!may().await, "not active");
    change(json!({ "status": "active" })).await;
    assert!(may().await, "active again");
    bulk(json!({ "type": "remove_permission", "permission": "alerts" })).await;
    assert!(!may().await, "no grant any more");
    let group = owner.new_group("On call", &["alerts"]).await;
    bulk(json!({ "type": "add_group", "group": group })).await;
    assert!(may().await, "a group");
    let at = format!("/api/v1/groups/{group}");
    owner.change(Method::PATCH, &at, version(&at).await, Some(json!({ "roles": [] }))).await.good();
    assert!(!may().await, "the group carries nothing");
    let until = world.clock.now().plus(60_000).to_string();
    bulk(json!({ "type": "add_permission", "permission": "alerts", "valid_until": until })).await;
    assert!(may().await, "for a minute");
    world.clock.advance(60_000);
    assert!(!may().await, "the minute is over");
    bulk(json!({ "type": "add_permission", "permission": "alerts" })).await;
    change(json!({ "valid_until": world.clock.now().plus(60_000).to_string() })).await;
    assert!(may().await, "the account has a minute");
    world.clock.advance(60_000);
    assert!(!may().await, "its access has ended");
}

async fn others_are_asked_about_with_the_permission(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let asked = json!({ "permission": "alerts", "account": owner.id().await });
    let refused = ana.post("/api/v1/check", asked.clone()).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"));
    let many = ana.post("/api/v1/check", json!({ "checks": [{ "permission": "alerts" }, asked] })).await;
    assert_eq!(many.status, 403, "one of many is one too many");
    assert_eq!(ask(&owner, json!({ "permission": "alerts", "account": ana.id().await })).await["allowed"], false);
    let other = world.other_organization("otto@example.com").await;
    let foreign = ask(&other, json!({ "permission": "alerts", "account": ana.id().await })).await;
    assert_eq!((&foreign["allowed"], &foreign["reason"]), (&json!(false), &json!("unknown_account")));
}

async fn restricted_object_needs_access_too(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["trending"] })).await;
    register(&owner, "open", json!({ "name": "Open" })).await;
    register(&owner, "closed", json!({ "name": "Closed", "restricted": true })).await;
    let about = |id: &str, access: &str| json!({ "permission": "dashboards", "object": object(id), "access": access });
    assert_eq!(ask(&ana, about("open", "modify")).await["allowed"], true);
    let of_ana = json!({ "permission": "dashboards", "object": object("closed"), "account": ana.id().await });
    let no = ask(&owner, of_ana).await;
    assert_eq!((&no["allowed"], &no["reason"]), (&json!(false), &json!("no_access")));
    give(&owner, "closed", json!({ "account": ana.id().await, "level": "view" })).await;
    let yes = ask(&ana, about("closed", "view")).await;
    assert_eq!(yes["paths"][1], json!({ "steps": [{ "type": "access", "key": "view" }] }));
    assert_eq!(ask(&ana, about("closed", "modify")).await["reason"], "no_access");
    let owners = ask(&owner, about("closed", "modify")).await;
    assert_eq!(owners["paths"].as_array().unwrap().last().unwrap()["steps"], json!([{ "type": "owner" }]));
}

/// `GET objects/dashboard/closed` is 404 for her: a check tells her no more.
async fn hidden_object_is_refused_as_one_that_is_not_there(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "roles": ["trending"], "permissions": ["accounts.view", "accounts.manage", "groups.manage"] });
    let ana = world.member(&owner, "ana@example.com", gifts).await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await.id().await;
    register(&owner, "open", json!({ "name": "Open" })).await;
    register(&owner, "closed", json!({ "name": "Closed", "restricted": true })).await;
    for (permission, account, hidden) in [
        ("dashboards", ana.id().await, &["closed"][..]),
        ("alerts", ana.id().await, &["open", "closed"]),
        ("teapots", ana.id().await, &["open", "closed"]),
        ("dashboards", ben, &["open", "closed"]),
    ] {
        let about = |id: &str| json!({ "permission": permission, "account": account, "object": object(id) });
        let gone = ask(&ana, about("gone")).await;
        assert_eq!(gone["reason"], "unknown_object");
        for id in hidden {
            assert_eq!(ask(&ana, about(id)).await, gone, "{permission} {id}");
        }
    }
}

async fn what_is_unknown_is_said_so(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let cases = [
        (json!({ "permission": "teapots" }), "unknown_permission"),
        (json!({ "permission": "alerts", "object": object("gone") }), "unknown_object"),
        (json!({ "permission": "alerts", "object": object("a\u{0}b") }), "unknown_object"),
        (json!({ "permission": "alerts", "object": { "type": "' OR 1=1", "external_id": "a" } }), "unknown_object"),
        (json!({ "permission": "alerts", "account": "01a201dc-78d3-7333-844c-520898157319" }), "unknown_account"),
    ];
    for (question, reason) in cases {
        let answer = ask(&owner, question.clone()).await;
        assert_eq!((&answer["allowed"], &answer["reason"]), (&json!(false), &json!(reason)), "{question}");
        assert_eq!(answer["fixes"], json!([]), "{question}");
    }
}

async fn grant_stops_at_its_end_at_the_check_itself(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let until = world.clock.now().plus(60_000).to_string();
    let grant = json!({ "type": "add_permission", "permission": "alerts", "valid_until": until });
    owner.bulk(&[&ana.id().await], grant).await.good();
    let yes = ask(&ana, json!({ "permission": "alerts" })).await;
    assert_eq!(yes["paths"], json!([{ "steps": [{ "type": "direct" }], "until": until }]));
    world.clock.advance(60_000);
    assert_eq!(ask(&ana, json!({ "permission": "alerts" })).await["reason"], "no_permission");
}

async fn thousand_questions_are_one_request(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["alerts"] })).await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await;
    let ids = [ana.id().await, ben.id().await, owner.id().await];
    for number in 0..10 {
        register(&owner, &format!("d{number}"), json!({ "name": "D", "restricted": number % 2 == 0 })).await;
    }
    let questions: Vec<Value> = (0..1_000)
        .map(|number| {
            let permission = ["alerts", "data", "accounts.view", "dashboards.view"][number % 4];
            let object = (number % 3 == 0).then(|| object(&format!("d{}", number % 12)));
            json!({ "permission": permission, "account": ids[number / 4 % 3], "object": object })
        })
        .collect();
    let answers = ask(&owner, json!({ "checks": questions })).await["results"].as_array().unwrap().clone();
    assert_eq!(answers.len(), 1_000);
    for place in (0..1_000).step_by(37) {
        assert_eq!(answers[place], ask(&owner, questions[place].clone()).await, "{}", questions[place]);
    }
}

async fn wrong_questions_are_named(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let many = |count: usize| json!({ "checks": vec![json!({ "permission": "alerts" }); count] });
    for (body, field) in [
        (json!({}), "permission"),
        (json!({ "permission": 1 }), "permission"),
        (json!({ "permission": "alerts", "checks": [] }), "checks"),
        (many(0), "checks"),
        (many(1_001), "checks"),
        (json!({ "permission": "alerts", "access": "all" }), "access"),
        (json!({ "permission": "alerts", "role": "x" }), "role"),
    ] {
        let answer = owner.post("/api/v1/check", body).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{}", answer.text);
    }
    assert_eq!(ask(&owner, many(1_000)).await["results"].as_array().unwrap().len(), 1_000);
}

async fn fixes_are_what_the_asking_could_give(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await;
    let manager = json!({ "permissions": ["accounts.view", "accounts.manage", "alerts"] });
    let manager = world.member(&owner, "manager@example.com", manager).await;
    let asked = json!({ "permission": "alerts", "account": ana.id().await });
    let kinds = |answer: &Value| -> Vec<(String, u64)> {
        let fixes = answer["fixes"].as_array().unwrap();
        fixes.iter().map(|fix| (fix["type"].as_str().unwrap().to_owned(), fix["extra"].as_u64().unwrap())).collect()
    };
    let of_owner = ask(&owner, asked.clone()).await;
    let kind = |kind: &str, extra| (kind.to_owned(), extra);
    assert_eq!(kinds(&of_owner)[..2], [kind("add_permission", 0), kind("add_role", 1)]);
    assert!(kinds(&of_owner).contains(&kind("set_level", 12)), "{of_owner}");
    // The manager lacks what the role Alerts brings beside.
    assert_eq!(kinds(&ask(&manager, asked.clone()).await), [kind("add_permission", 0)]);
    owner.bulk(&[&ana.id().await], json!({ "type": "add_permission", "permission": "billing.view" })).await.good();
    assert_eq!(kinds(&ask(&manager, asked).await), [], "Ana is beyond the manager's reach now");
    // People and service accounts are managed by a right each.
    let maker = json!({ "permissions": ["accounts.view", "service_accounts.manage", "alerts"] });
    let maker = world.member(&owner, "maker@example.com", maker).await;
    let ben = world.member(&owner, "ben@example.com", json!({ "level": "viewer" })).await.id().await;
    let (robot, _) = world.service(&owner, "robot", json!({})).await;
    for (asking, of_ben, of_robot) in [(&manager, 1, 0), (&maker, 0, 1)] {
        let about = |id: &Value| json!({ "permission": "alerts", "account": id });
        assert_eq!(kinds(&ask(asking, about(&json!(ben))).await).len(), of_ben);
        assert_eq!(kinds(&ask(asking, about(&robot["id"])).await).len(), of_robot);
    }
}

async fn every_fix_allows_it(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.new_group("On call", &["alerts"]).await;
    register(&owner, "closed", json!({ "name": "Closed", "restricted": true })).await;
    give(&owner, "closed", json!({ "group": group, "level": "view" })).await;
    let question = |id: &str, object: Value| json!({ "permission": "alerts", "account": id, "object": object });
    for (number, about) in [json!(null), object("closed")].into_iter().enumerate() {
        let email = format!("probe{number}@example.com");
        let probe = world.member(&owner, &email, json!({})).await.id().await;
        let fixes = ask(&owner, question(&probe, about.clone())).await["fixes"].as_array().unwrap().clone();
        assert!(!fixes.is_empty(), "{about}");
        for (place, fix) in fixes.iter().enumerate() {
            let email = format!("fixed{number}-{place}@example.com");
            let id = world.member(&owner, &email, json!({})).await.id().await;
            let action = match fix["type"].as_str().unwrap() {
                "add_role" => json!({ "type": "add_role", "role": fix["role"]["key"] }),
                "add_group" => json!({ "type": "add_group", "group": fix["group"]["id"] }),
                "add_permission" => json!({ "type": "add_permission", "permission": fix["permission"] }),
                "set_level" => json!({ "type": "set_level", "level": fix["level"]["key"] }),
                other => panic!("not asked for: {other}"),
            };
            owner.bulk(&[&id], action).await.good();
            assert_eq!(ask(&owner, question(&id, about.clone())).await["allowed"], true, "{fix}");
        }
    }
}

async fn account_that_is_not_active_may_nothing(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["alerts"] })).await.id().await;
    owner.bulk(&[&ana], json!({ "type": "deactivate" })).await.good();
    let asked = json!({ "permission": "alerts", "account": ana });
    let answer = ask(&owner, asked.clone()).await;
    assert_eq!((&answer["reason"], &answer["fixes"][0]["type"]), (&json!("not_active"), &json!("activate")));
    let version = owner.get("/api/v1/organization").await.good()["version"].as_i64().unwrap();
    owner.change(Method::PATCH, "/api/v1/organization", version, Some(json!({ "seats": 1 }))).await.good();
    assert_eq!(ask(&owner, asked).await["fixes"], json!([]), "no seat is left");
}

/// The list of objects has the rule of access in SQL: it is held to the domain's, which `check` uses.
async fn access_follows_the_rule_on_every_combination(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "permissions": ["dashboards"] })).await;
    let id = ana.id().await;
    let groups = owner.get("/api/v1/groups").await.good();
    let everyone = groups["items"][0]["id"].as_str().unwrap().to_owned();
    let (mine, not_mine) = (owner.new_group("Mine", &[]).await, owner.new_group("Not mine", &[]).await);
    owner.bulk(&[&id], json!({ "type": "add_group", "group": mine })).await.good();
    let subjects = [
        json!({ "account": id }),
        json!({ "group": mine }),
        json!({ "group": not_mine }),
        json!({ "group": everyone }),
    ];
    let soon = world.clock.now().plus(60_000).to_string();
    let mut number = 0;
    for owned in [false, true] {
        for subject in &subjects {
            for level in ["view", "modify"] {
                for until in [json!(null), json!(soon)] {
                    let name = format!("o{number}");
                    number += 1;
                    let mut body = json!({ "name": name, "restricted": true });
                    if owned {
                        body["owner"] = json!(id);
                    }
                    register(&owner, &name, body).await;
                    let mut access = json!({ "level": level, "valid_until": until });
                    access.as_object_mut().unwrap().extend(subject.as_object().unwrap().clone());
                    give(&owner, &name, access).await;
                }
            }
        }
    }
    for _ in 0..2 {
        let listed = ana.get("/api/v1/objects?limit=500").await.good()["items"].as_array().unwrap().clone();
        for number in 0..number {
            let name = format!("o{number}");
            let own =
                listed.iter().find(|item| item["external_id"] == name.as_str()).map(|item| item["own_access"].clone());
            let may = async |access: &str| {
                let question = json!({ "permission": "dashboards", "object": object(&name), "access": access });
                ask(&ana, question).await["allowed"] == true
            };
            let expected = match (may("view").await, may("modify").await) {
                (_, true) => Some(json!("modify")),
                (true, false) => Some(json!("view")),
                (false, false) => None,
            };
            assert_eq!(own, expected, "{name}");
        }
        world.clock.advance(60_000);
    }
}
