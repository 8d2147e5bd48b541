//! Facts about who may give access to objects, how high and for how long: outright, by a group, as the owner (I7, I14).

use reqwest::Method;
use serde_json::{Value, json};

use super::{ACCESS, SALES, give, register};
use crate::support::{Answer, Client, Database, World, on_both, send};

on_both! {
    access_that_ends_gives_none_that_lasts second_administrator_of_accesses_is_told group_hands_on_no_access_that_the_giver_lacks
    access_the_sender_lost_is_not_granted fix_that_the_asking_could_not_make_is_not_offered
}

/// The outcome or the code of each result of a bulk change; the code of one that was refused as a whole.
fn outcomes(answer: &Answer) -> Vec<String> {
    let text = |result: &Value| result["code"].as_str().or(result["outcome"].as_str()).unwrap().to_owned();
    match answer.body()["results"].as_array() {
        Some(results) => results.iter().map(text).collect(),
        None => vec![answer.code()],
    }
}

/// Otherwise a day's access would last for ever: by oneself, by a friend, by a group, as the owner, or with the door open.
async fn access_that_ends_gives_none_that_lasts(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": [], "permissions": ["dashboards"] })).await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await;
    let (ana_id, ben_id) = (ana.id().await, ben.id().await);
    let group = owner.new_group("Sales", &[]).await;
    let (sooner, until, later) = (60_000, 120_000, 180_000);
    let [sooner, until, later] = [sooner, until, later].map(|ms| world.clock.now().plus(ms).to_string());
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "restricted": true })).await.good();
    give(&owner, json!({ "account": ana_id, "level": "modify", "valid_until": until })).await.good();
    give(&owner, json!({ "account": ben_id, "level": "modify" })).await.good();
    for body in [
        json!({ "account": ana_id, "level": "modify" }),
        json!({ "account": ana_id, "level": "modify", "valid_until": later }),
        json!({ "account": ana_id, "level": "view" }),
        json!({ "group": group, "level": "view" }),
        json!({ "group": group, "level": "view", "valid_until": later }),
    ] {
        assert_eq!(give(&ana, body.clone()).await.code(), "escalation", "{body}");
    }
    let version = ana.get(SALES).await.good()["version"].as_i64().unwrap();
    for body in [json!({ "owner": ana_id }), json!({ "owner": ben_id }), json!({ "restricted": false })] {
        let refused = ana.change(Method::PUT, SALES, version, Some(body.clone())).await;
        assert_eq!(refused.code(), "escalation", "{body}");
    }
    // What lies within is given, and what others have is lowered.
    give(&ana, json!({ "group": group, "level": "modify", "valid_until": until })).await.good();
    give(&ana, json!({ "account": ben_id, "level": "view" })).await.good();
    give(&ana, json!({ "account": ana_id, "level": "modify", "valid_until": sooner })).await.good();
    // A membership's end counts like that of the access.
    give(&owner, json!({ "group": group, "level": "modify" })).await.good();
    owner.bulk(&[&ana_id], json!({ "type": "add_group", "group": group, "valid_until": until })).await.good();
    assert_eq!(give(&ana, json!({ "account": ana_id, "level": "modify" })).await.code(), "escalation");
    // Whoever has it for ever hands it on for ever.
    give(&owner, json!({ "account": ana_id, "level": "modify" })).await.good();
    give(&ana, json!({ "account": ben_id, "level": "modify" })).await.good();
    let version = ana.get(SALES).await.good()["version"].as_i64().unwrap();
    ana.change(Method::PUT, SALES, version, Some(json!({ "owner": ana_id, "restricted": false }))).await.good();
}

async fn second_administrator_of_accesses_is_told(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let id = owner.id().await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3" })).await.good();
    let body = json!({ "account": id, "level": "view" });
    let without = send(owner.request(Method::PUT, ACCESS).json(&body)).await;
    assert_eq!((without.status, without.code().as_str()), (428, "version_required"));
    let without = send(owner.request(Method::DELETE, &format!("{ACCESS}?account={id}"))).await;
    assert_eq!(without.status, 428);
    let tag = |answer: &Answer| answer.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag(&owner.get(ACCESS).await), "\"1\"");
    let given = owner.change(Method::PUT, ACCESS, 1, Some(body.clone())).await;
    assert_eq!(tag(&given), "\"2\"");
    let path = format!("{ACCESS}?account={id}");
    for stale in [
        owner.change(Method::PUT, ACCESS, 1, Some(json!({ "account": id, "level": "modify" }))).await,
        owner.change(Method::DELETE, &path, 1, None).await,
    ] {
        assert_eq!((stale.status, stale.code().as_str(), tag(&stale).as_str()), (412, "stale", "\"2\""));
        assert_eq!(stale.body()["current_access"]["items"][0]["level"], "view");
    }
    let taken = owner.change(Method::DELETE, &path, 2, None).await;
    assert_eq!((taken.status, tag(&taken).as_str()), (204, "\"3\""));
    assert_eq!(owner.get(SALES).await.good()["version"], 3);
}

/// A group without roles may still open a restricted object: who only manages groups or accounts lets nobody in by it.
async fn group_hands_on_no_access_that_the_giver_lacks(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let manages = json!(["accounts.view", "accounts.manage", "accounts.invite", "groups.manage", "settings.manage"]);
    let gifts = json!({ "level": "viewer", "permissions": manages });
    let ana = world.member(&owner, "ana@example.com", gifts).await;
    let (ana_id, ben_id) = (ana.id().await, world.member(&owner, "ben@example.com", json!({})).await.id().await);
    let group = owner.new_group("Sales", &[]).await;
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "restricted": true })).await.good();
    let [sooner, later] = [60_000, 120_000].map(|ms| world.clock.now().plus(ms).to_string());
    give(&owner, json!({ "group": group, "level": "modify", "valid_until": later })).await.good();
    let members = format!("/api/v1/groups/{group}/members");
    let (defaults, add) = ("/api/v1/organization/defaults", json!({ "type": "add_group", "group": group }));
    let invitation = |email: &str| json!({ "emails": [email], "level": "viewer", "groups": [group] });
    let paths = async |who: &Client, until: Value, name: &str| {
        let until_of = |mut body: Value| {
            body.as_object_mut().unwrap().extend((!until.is_null()).then(|| ("valid_until".to_owned(), until.clone())));
            body
        };
        let of_one = format!("{members}/{ben_id}");
        let mut found = vec![outcomes(&who.bulk(&[&ben_id], until_of(add.clone())).await).join(" ")];
        found.extend(outcomes(&who.post(&members, until_of(json!({ "add": [ben_id] }))).await));
        found.push(send(who.request(Method::PUT, &of_one).json(&until_of(json!({})))).await.code());
        found.extend(outcomes(&who.bulk(&[&ana_id], until_of(add.clone())).await));
        let preview = json!({ "group": group, "members": until_of(json!({ "add": [ben_id] })) });
        found.push(who.post("/api/v1/previews", preview).await.code());
        let version = owner.get(defaults).await.good()["version"].as_i64().unwrap();
        found.push(who.post("/api/v1/invitations", invitation(name)).await.code());
        let body = json!({ "groups": [group] });
        found.push(who.post("/api/v1/previews", json!({ "defaults": body })).await.code());
        found.push(who.change(Method::PUT, defaults, version, Some(body)).await.code());
        found
    };
    assert_eq!(paths(&ana, Value::Null, "one@example.com").await, ["escalation"; 8]);
    // What the group's access does not outlast is enough, be it one's own or that of the group.
    give(&owner, json!({ "account": ana_id, "level": "view" })).await.good();
    assert_eq!(paths(&ana, Value::Null, "two@example.com").await, ["escalation"; 8], "viewing is less");
    give(&owner, json!({ "account": ana_id, "level": "modify", "valid_until": sooner })).await.good();
    assert_eq!(paths(&ana, Value::Null, "three@example.com").await, ["escalation"; 8], "for less long");
    let until = json!({ "type": "add_group", "group": group, "valid_until": sooner });
    assert_eq!(outcomes(&ana.bulk(&[&ben_id], until).await), ["ok"]);
    // Undoing gives back only what one could give.
    owner.post(&members, json!({ "add": [ben_id] })).await.good();
    let taken = ana.post(&members, json!({ "remove": [ben_id] })).await.good();
    let undo = format!("/api/v1/operations/{}/undo", taken["operation_id"].as_str().unwrap());
    assert_eq!(outcomes(&ana.post(&undo, json!({})).await), ["escalation"], "for ever is longer");
    give(&owner, json!({ "account": ana_id, "level": "modify", "valid_until": later })).await.good();
    let mut all = paths(&ana, Value::Null, "four@example.com").await;
    all.retain(|code| !code.is_empty() && code != "ok" && code != "unchanged");
    assert_eq!(all, Vec::<String>::new());
}

async fn access_the_sender_lost_is_not_granted(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.view", "accounts.invite"] });
    let clerk = world.member(&owner, "clerk@example.com", gifts).await;
    let id = clerk.id().await;
    let (group, other) = (owner.new_group("Sales", &[]).await, owner.new_group("Plain", &[]).await);
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "restricted": true })).await.good();
    give(&owner, json!({ "group": group, "level": "view" })).await.good();
    give(&owner, json!({ "account": id, "level": "view" })).await.good();
    let mut tokens = Vec::new();
    for email in ["kept@example.com", "lost@example.com"] {
        let gifts = json!({ "emails": [email], "level": "viewer", "groups": [group, other] });
        let sent = clerk.post("/api/v1/invitations", gifts).await.good();
        tokens.push(sent["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned());
    }
    let groups = async |token: &str| {
        let joined = world.accept(token, "Late Comer").await;
        let me = joined.get("/api/v1/me").await.good();
        me["account"]["groups"].as_array().unwrap().iter().map(|group| group["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(groups(&tokens[0]).await, ["Plain", "Sales"]);
    super::take(&owner, &format!("account={id}")).await;
    assert_eq!(groups(&tokens[1]).await, ["Plain"], "what the sender lost meanwhile");
}

async fn fix_that_the_asking_could_not_make_is_not_offered(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let gifts = json!({ "level": "viewer", "permissions": ["accounts.view", "groups.manage", "dashboards"] });
    let ana = world.member(&owner, "ana@example.com", gifts).await;
    let dashboards = json!({ "level": "viewer", "permissions": ["dashboards"] });
    let (ana_id, ben_id) = (ana.id().await, world.member(&owner, "ben@example.com", dashboards).await.id().await);
    let mut groups = Vec::new();
    for number in 0..8 {
        groups.push(owner.new_group(&format!("Group {number}"), &[]).await);
    }
    register(&owner, "sales-q3", json!({ "name": "Sales Q3", "restricted": true })).await.good();
    for group in &groups {
        give(&owner, json!({ "group": group, "level": "view" })).await.good();
    }
    let asked = json!({ "permission": "dashboards", "account": ben_id, "object": { "type": "dashboard", "external_id": "sales-q3" } });
    let offered = async || {
        let fixes = ana.post("/api/v1/check", asked.clone()).await.good()["fixes"].clone();
        let what = |fix: &Value| format!("{} {}", fix["type"].as_str().unwrap(), fix["group"]["name"]);
        fixes.as_array().unwrap().iter().map(what).collect::<Vec<_>>()
    };
    assert_eq!(offered().await, Vec::<String>::new(), "none of the groups is hers to give");
    // Through a group that she is in herself she may view it, and let others in by any of them.
    owner.bulk(&[&ana_id], json!({ "type": "add_group", "group": groups[3] })).await.good();
    let offers = offered().await;
    assert_eq!((offers.len(), offers[0].as_str()), (5, "add_group \"Group 0\""));
    register(&owner, "secret", json!({ "name": "Secret", "restricted": true })).await.good();
    let secret = json!({ "group": groups[0], "level": "view" });
    owner.access(Method::PUT, "dashboard/secret", "", Some(secret)).await.good();
    assert_eq!(offered().await[0], "add_group \"Group 1\"", "the first opens something else beside");
    let joined = ana.post(&format!("/api/v1/groups/{}/members", groups[1]), json!({ "add": [ben_id] })).await;
    assert_eq!(outcomes(&joined), ["ok"], "what is offered is done by who manages groups alone");
}
