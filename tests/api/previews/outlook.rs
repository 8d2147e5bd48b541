//! Facts about what a preview tells beside gains and losses: who is refused, until when, and what goes with a group.

use reqwest::Method;
use serde_json::{Value, json};

use super::{basis, company, preview, version};
use crate::support::{Database, on_both, send};

on_both! {
    preview_tells_whom_a_change_would_refuse preview_tells_until_when_permissions_are_held change_of_a_role_or_a_group_tells_what_ends_with_it deletion_of_a_group_tells_what_else_goes_with_it
}

async fn preview_tells_whom_a_change_would_refuse(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let olivia = owner.id().await;
    let ids = [&olivia, &company.users[0]];
    let last = json!({ "ids": [olivia], "action": { "type": "remove_role", "role": "owner" } });
    let found = preview(owner, json!({ "bulk": last })).await;
    assert_eq!((&found["changed"], &found["losses"]), (&json!(0), &json!([])));
    assert_eq!(
        (&found["refused"][0]["code"], &found["refused"][0]["count"], &found["refused"][0]["examples"][0]["id"]),
        (&json!("last_owner"), &json!(1), &json!(olivia))
    );
    let out = json!({ "ids": ids, "action": { "type": "deactivate" } });
    let found = preview(owner, json!({ "bulk": out })).await;
    assert_eq!((&found["changed"], &found["refused"][0]["code"]), (&json!(1), &json!("own_account")));
    let gifts = json!({ "permissions": ["accounts.view", "accounts.manage", "groups.manage", "reports", "runs"] });
    let manager = company.world.member(owner, "manager@example.com", gifts).await;
    let foreign = "01a201dc-78d3-7333-844c-520898157319";
    let act = json!({ "type": "add_role", "role": "reporters" });
    let ids = json!([olivia, company.users[2], company.users[4], company.users[5], foreign]);
    let found = preview(&manager, json!({ "bulk": { "ids": ids, "action": act } })).await;
    let refused: Vec<_> = found["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["code"].as_str().unwrap(), one["count"].clone(), one["examples"].as_array().unwrap().len()))
        .collect();
    assert_eq!(refused, [("escalation", json!(2), 2), ("forbidden", json!(1), 1), ("not_found", json!(1), 0)]);
    assert_eq!((&found["changed"], &found["users"]), (&json!(1), &json!(1)));
    let request = json!({ "group": company.group, "members": { "add": [olivia, company.users[4]] } });
    let found = preview(&manager, request).await;
    assert_eq!((&found["changed"], &found["refused"][0]["code"]), (&json!(1), &json!("escalation")));
}

async fn preview_tells_until_when_permissions_are_held(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let (friday, monday) = (company.world.clock.now().plus(60_000), company.world.clock.now().plus(120_000));
    let (ana, eve) = (&company.users[0], &company.users[4]);
    let give = |until: Value| json!({ "type": "add_permission", "permission": "billing.view", "valid_until": until });
    let ask =
        async |until: Value| preview(owner, json!({ "bulk": { "ids": [ana, eve], "action": give(until) } })).await;
    let told = |found: &Value| {
        ["gains", "losses", "shortened", "extended"].map(|list| {
            let only = &found[list][0];
            (!only.is_null()).then(|| (only["users"].clone(), only["until"].clone(), only["ends_vary"].clone()))
        })
    };
    let of = |users: u64, until: Value| Some((json!(users), until, Value::Null));
    let (friday, monday) = (json!(friday.to_string()), json!(monday.to_string()));
    assert_eq!(told(&ask(friday.clone()).await), [of(2, friday.clone()), None, None, None]);
    owner.bulk(&[ana, eve], give(Value::Null)).await.good();
    assert_eq!(told(&ask(friday.clone()).await), [None, None, of(2, friday.clone()), None]);
    owner.bulk(&[ana, eve], give(friday.clone())).await.good();
    assert_eq!(told(&ask(monday.clone()).await), [None, None, None, of(2, monday.clone())]);
    assert_eq!(told(&ask(Value::Null).await), [None, None, None, of(2, Value::Null)]);
    owner.bulk(&[ana], give(monday)).await.good();
    // Leaving a group to which one belongs beside a role of one's own takes nothing away before that ends.
    let role = json!({ "type": "add_role", "role": "reporters", "valid_until": friday });
    owner.bulk(&[ana], role).await.good();
    let leave = json!({ "ids": [ana], "action": { "type": "remove_group", "group": company.group } });
    let found = preview(owner, json!({ "bulk": leave })).await;
    assert_eq!((&found["losses"], &found["shortened"][0]["until"]), (&json!([]), &friday));
    // Until whenever they are out, they hold nothing.
    owner.bulk(&[ana, eve], json!({ "type": "deactivate" })).await.good();
    let back = preview(owner, json!({ "bulk": { "ids": [ana, eve], "action": { "type": "activate" } } })).await;
    let gains = back["gains"].as_array().unwrap();
    let billing = gains.iter().find(|gain| gain["permission"] == "billing.view").unwrap();
    assert_eq!((&billing["until"], &billing["ends_vary"]), (&friday, &json!(true)));
}

async fn change_of_a_role_or_a_group_tells_what_ends_with_it(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let until = |seconds: i64| json!(company.world.clock.now().plus(seconds * 1_000).to_string());
    let (friday, monday) = (until(60), until(120));
    // Ana has by the group what she also has until Friday; what Ben has by the role ends on Monday.
    let single = json!({ "type": "add_permission", "permission": "reports", "valid_until": friday });
    owner.bulk(&[&company.users[0]], single).await.good();
    let role = json!({ "type": "add_role", "role": "reporters", "valid_until": monday });
    owner.bulk(&[&company.users[1]], role).await.good();
    let told = |found: &Value, list: &str, permission: &str| {
        let all = found[list].as_array().unwrap().iter();
        let mut of = all.filter(|shift| shift["permission"] == permission);
        of.next().map(|shift| (shift["users"].clone(), shift["until"].clone(), shift["ends_vary"].clone()))
    };
    let of = |users: u64, until: Value, ends_vary: Value| Some((json!(users), until, ends_vary));
    for _ in 0..2 {
        let request = json!({ "group": company.group, "group_removal": true });
        let found = preview(owner, request).await;
        assert_eq!(told(&found, "losses", "reports"), of(1, Value::Null, Value::Null), "Dan; Cleo has it by her level");
        assert_eq!(told(&found, "shortened", "reports"), of(1, friday.clone(), Value::Null), "Ana");
        let change = json!({ "permissions": ["reports", "runs", "billing.view"] });
        let found = preview(owner, json!({ "role": company.role["id"], "role_change": change })).await;
        assert_eq!(told(&found, "gains", "billing.view"), of(4, monday.clone(), json!(true)), "Ben until Monday");
        let everyone = &owner.get("/api/v1/groups?q=everyone").await.good()["items"][0]["id"];
        // Whoever asks has read it all: the next preview takes it from there.
        let found = preview(owner, json!({ "group": everyone, "group_change": { "roles": ["reporters"] } })).await;
        assert_eq!(told(&found, "extended", "reports"), of(1, Value::Null, Value::Null), "Ben");
    }
}

async fn deletion_of_a_group_tells_what_else_goes_with_it(database: Database) {
    let company = company(database).await;
    let (owner, group) = (&company.owner, &company.group);
    let request = json!({ "group": group, "group_removal": true });
    let bare = json!({ "objects": 0, "orphans": 0, "services": 0, "is_default": false });
    assert_eq!(preview(owner, request.clone()).await["group"], bare);
    for (id, level, other) in [("a", "modify", None), ("b", "modify", Some(&company.users[4])), ("c", "view", None)] {
        let object = format!("dashboard/{id}");
        let body = json!({ "name": id, "restricted": true });
        send(owner.request(Method::PUT, &format!("/api/v1/objects/{object}")).json(&body)).await.good();
        owner.access(Method::PUT, &object, "", Some(json!({ "group": group, "level": level }))).await.good();
        if let Some(other) = other {
            let access = json!({ "account": other, "level": "modify" });
            owner.access(Method::PUT, &object, "", Some(access)).await.good();
        }
    }
    let robot = json!({ "account_id": "robot", "owner": { "group": group } });
    owner.post("/api/v1/service-accounts", robot).await.good();
    let path = "/api/v1/organization/defaults";
    let seen = version(owner, path).await;
    owner.change(Method::PUT, path, seen, Some(json!({ "groups": [group], "level": "viewer" }))).await.good();
    let found = preview(owner, request).await;
    assert_eq!(found["group"], json!({ "objects": 3, "orphans": 1, "services": 1, "is_default": true }));
    let orphans = async || owner.get("/api/v1/objects?orphan=true").await.good()["total"].as_u64().unwrap();
    let before = orphans().await;
    let group = format!("/api/v1/groups/{group}");
    let seen = version(owner, &group).await;
    owner.change_on(Method::DELETE, &group, seen, basis(&found), json!({})).await.good();
    assert_eq!(orphans().await, before + 1);
}
