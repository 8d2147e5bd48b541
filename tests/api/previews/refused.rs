//! Facts about previews that are refused: without the permission, of things that are not there, beyond the actor's reach.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{company, preview};
use crate::support::{Database, on_both};

on_both! { preview_needs_the_permission_of_its_change wrong_previews_are_named what_would_be_refused_is_not_previewed }

async fn preview_needs_the_permission_of_its_change(database: Database) {
    let company = company(database).await;
    let (role, group) = (&company.role["id"], &company.group);
    let bulk = |kind: &str| json!({ "bulk": { "ids": [company.users[0]], "action": { "type": kind } } });
    let requests: [(Value, &[&str]); 8] = [
        (json!({ "role": role, "role_change": {} }), &["roles.manage"]),
        (json!({ "role": role, "role_removal": {} }), &["roles.manage"]),
        (json!({ "group": group, "group_change": {} }), &["groups.manage"]),
        (json!({ "group": group, "group_removal": true }), &["groups.manage"]),
        (json!({ "group": group, "members": {} }), &["groups.manage"]),
        (bulk("activate"), &["accounts.manage", "service_accounts.manage"]),
        (bulk("resend"), &["accounts.invite"]),
        (json!({ "defaults": {} }), &["settings.manage"]),
    ];
    let needs: BTreeSet<&str> = requests.iter().flat_map(|(_, needs)| *needs).copied().collect();
    for needed in needs {
        let email = format!("{}@example.com", needed.replace('.', "-"));
        let holder = company.world.member(&company.owner, &email, json!({ "permissions": [needed] })).await;
        for (request, needs) in &requests {
            let answer = holder.post("/api/v1/previews", request.clone()).await;
            assert_eq!(answer.code() == "forbidden", !needs.contains(&needed), "{needed} {request} {}", answer.text);
        }
    }
}

async fn wrong_previews_are_named(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let (role, group) = (&company.role["id"], &company.group);
    let foreign = "01a201dc-78d3-7333-844c-520898157319";
    for (request, field) in [
        (json!({}), "role"),
        (json!({ "role": role }), "role_change"),
        (json!({ "role": role, "role_change": {}, "role_removal": {} }), ""),
        (json!({ "role": role, "role_change": { "permissions": ["teapots"] } }), "permissions"),
        (json!({ "role": role, "role_removal": { "move_to": "teapots" } }), "move_to"),
        (json!({ "role": role, "role_removal": { "move_to": "admin" } }), "move_to"),
        (json!({ "group": group, "group_change": { "roles": ["teapots"] } }), "roles"),
        (json!({ "bulk": { "ids": [], "action": { "type": "activate" } } }), "ids"),
        (json!({ "bulk": { "ids": [foreign], "action": { "type": "add_role" } } }), "role"),
        (json!({ "defaults": { "groups": [foreign] } }), "groups"),
        (json!({ "defaults": { "permissions": ["*"] } }), "permissions"),
        (json!({ "nonsense": 1 }), "nonsense"),
    ] {
        let answer = owner.post("/api/v1/previews", request.clone()).await;
        assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{request} {}", answer.text);
    }
    for request in [
        json!({ "role": foreign, "role_change": {} }),
        json!({ "group": foreign, "group_removal": true }),
        json!({ "group": foreign, "members": { "add": [company.users[0]] } }),
    ] {
        assert_eq!(owner.post("/api/v1/previews", request.clone()).await.status, 404, "{request}");
    }
    let other = company.world.other_organization("otto@example.com").await;
    assert_eq!(other.post("/api/v1/previews", json!({ "role": role, "role_change": {} })).await.status, 404);
    assert_eq!(other.post("/api/v1/previews", json!({ "group": group, "group_removal": true })).await.status, 404);
}

async fn what_would_be_refused_is_not_previewed(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let gifts = json!({ "permissions": ["accounts.view", "accounts.manage", "roles.manage", "groups.manage", "settings.manage", "reports", "runs"] });
    let manager = company.world.member(owner, "manager@example.com", gifts).await;
    let code = async |request: Value| manager.post("/api/v1/previews", request).await.code();
    let (role, group) = (&company.role["id"], &company.group);
    assert_eq!(
        code(json!({ "role": role, "role_change": { "permissions": ["reports", "data"] } })).await,
        "escalation"
    );
    assert_eq!(code(json!({ "role": role, "role_removal": { "move_to": "alerts" } })).await, "escalation");
    assert_eq!(
        code(json!({ "group": group, "group_change": { "roles": ["reporters", "alerts"] } })).await,
        "escalation"
    );
    assert_eq!(code(json!({ "defaults": { "permissions": ["data"] } })).await, "escalation");
    let act = json!({ "type": "add_role", "role": "alerts" });
    assert_eq!(code(json!({ "bulk": { "ids": [company.users[4]], "action": act } })).await, "escalation");
    let built_in = owner.get("/api/v1/roles").await.good()["items"][0]["id"].clone();
    assert_eq!(code(json!({ "role": built_in, "role_change": {} })).await, "built_in");
    // Cleo, an editor, is beyond the manager's reach: she stays as she is, and is not counted.
    let ids = [&company.users[2], &company.users[4]];
    let act = json!({ "type": "add_role", "role": "reporters" });
    let found = preview(&manager, json!({ "bulk": { "ids": ids, "action": act } })).await;
    assert_eq!(found["users"], 1);
}
