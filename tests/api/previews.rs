//! Facts about previews: what they tell is what the change then does, to the last account.

mod kept;
mod outlook;
mod refused;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, World, on_both, send};

on_both! {
    preview_tells_what_a_change_of_a_role_does preview_tells_what_a_change_of_a_group_does preview_tells_what_a_bulk_change_does preview_of_defaults_speaks_of_new_accounts
    apply_is_refused_when_rights_have_changed whoever_manages_service_accounts_alone_previews_what_they_do
    examples_are_named_to_those_who_may_see_accounts only_who_is_active_counts
    group_of_new_accounts_says_that_they_are_concerned
}

/// What every account holds, by its id.
type Held = BTreeMap<String, (bool, BTreeSet<String>)>;

/// A company of users and service accounts that hold all kinds of things in all kinds of ways.
struct Company {
    world: World,
    owner: Client,
    /// A role of its own, and a group that carries it.
    role: Value,
    group: String,
    users: Vec<String>,
}

async fn company(database: Database) -> Company {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let role = owner.new_role("Reporters", &["reports", "runs"]).await;
    let group = owner.new_group("Reporting", &["reporters"]).await;
    owner.new_group("Other", &["alerts"]).await;
    let mut users = Vec::new();
    for (name, gifts) in [
        ("ana", json!({ "level": "viewer", "groups": [group] })),
        ("ben", json!({ "level": "viewer", "roles": ["reporters"] })),
        ("cleo", json!({ "level": "editor", "groups": [group] })),
        ("dan", json!({ "level": "viewer", "permissions": ["runs"], "groups": [group] })),
        ("eve", json!({ "level": "viewer" })),
    ] {
        users.push(world.member(&owner, &format!("{name}@example.com"), gifts).await.id().await);
    }
    for name in ["build", "deploy"] {
        users.push(service_account(&world, name).await);
    }
    owner.bulk(&[&users[5]], json!({ "type": "add_role", "role": "reporters" })).await.good();
    owner.bulk(&[&users[6]], json!({ "type": "add_group", "group": group })).await.good();
    Company { world, owner, role, group, users }
}

/// Service accounts cannot be made over the API yet.
pub(crate) async fn service_account(world: &World, name: &str) -> String {
    let id: domain::AccountId = server::random::id(world.clock.now()).unwrap();
    let mut tx = world.running.app.db.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO accounts (id, organization_id, kind, handle, display_name, name_key, search_text, activated_at, created_at)
         SELECT $1, o.id, 'service', $2, $3, $3, $3, 1, 1 FROM organizations o",
    )
    .bind(id.to_string())
    .bind(format!("sa::{name}"))
    .bind(name.to_owned())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}

async fn held(owner: &Client) -> Held {
    let mut found = Held::new();
    for kind in ["user", "service"] {
        let page = owner.get(&format!("/api/v1/accounts?kind={kind}&limit=500")).await.good();
        for account in page["items"].as_array().unwrap() {
            let id = account["id"].as_str().unwrap();
            let view = owner.get(&format!("/api/v1/accounts/{id}/permissions")).await.good();
            let keys =
                view["permissions"].as_array().unwrap().iter().map(|held| held["key"].as_str().unwrap().to_owned());
            found.insert(id.to_owned(), (kind == "service", keys.collect()));
        }
    }
    found
}

/// Gains and losses by permission, each as users, services and the number of examples; and all who are touched.
fn expected(before: &Held, after: &Held) -> Value {
    let mut shifts: BTreeMap<(bool, String), (u64, u64)> = BTreeMap::new();
    let (mut users, mut services) = (0, 0);
    for (id, (is_service, held)) in before {
        let holds = &after[id].1;
        let changed: Vec<_> = held.symmetric_difference(holds).collect();
        if !changed.is_empty() {
            *(if *is_service { &mut services } else { &mut users }) += 1;
        }
        for key in changed {
            let shift = shifts.entry((holds.contains(key), key.clone())).or_default();
            *(if *is_service { &mut shift.1 } else { &mut shift.0 }) += 1;
        }
    }
    let list = |is_gain| {
        let of = shifts.iter().filter(|((gain, _), _)| *gain == is_gain);
        of.map(|((_, key), (users, services))| (key.clone(), json!([users, services, (users + services).min(5)])))
            .collect::<serde_json::Map<_, _>>()
    };
    json!({ "gains": list(true), "losses": list(false), "users": users, "services": services })
}

fn told(preview: &Value) -> Value {
    let list = |name: &str| {
        let of = preview[name].as_array().unwrap().iter();
        of.map(|shift| {
            let examples = shift["examples"].as_array().unwrap().len();
            (shift["permission"].as_str().unwrap().to_owned(), json!([shift["users"], shift["services"], examples]))
        })
        .collect::<serde_json::Map<_, _>>()
    };
    json!({ "gains": list("gains"), "losses": list("losses"), "users": preview["users"], "services": preview["services"] })
}

fn basis(preview: &Value) -> i64 {
    preview["basis"].as_str().unwrap().parse().unwrap()
}

async fn preview(client: &Client, request: Value) -> Value {
    client.post("/api/v1/previews", request).await.good()
}

async fn version(owner: &Client, path: &str) -> i64 {
    owner.get(path).await.good()["version"].as_i64().unwrap()
}

/// Previews a change, makes it on the preview's basis, and holds the one to the other.
async fn hold(company: &Company, request: Value, apply: impl AsyncFnOnce(&Client, i64) -> Answer) -> Value {
    let before = held(&company.owner).await;
    let preview = preview(&company.owner, request).await;
    apply(&company.owner, basis(&preview)).await.good();
    let after = held(&company.owner).await;
    assert_eq!(told(&preview), expected(&before, &after));
    preview
}

async fn preview_tells_what_a_change_of_a_role_does(database: Database) {
    let company = company(database).await;
    let role = company.role["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/roles/{role}");
    let body = json!({ "permissions": ["runs", "data"] });
    let found = hold(&company, json!({ "role": role, "role_change": body }), async |owner, basis| {
        owner.change_on(Method::PATCH, &path, version(owner, &path).await, basis, body).await
    })
    .await;
    assert_eq!(
        (&found["gains"][0]["permission"], &found["gains"][0]["label"]),
        (&json!("data"), &json!("Change data sources"))
    );
    assert_eq!((&found["users"], &found["services"]), (&json!(3), &json!(2)), "an editor has all of it anyway");
    // On Everyone, which everybody is in.
    let everyone = company.owner.get("/api/v1/groups").await.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["kind"] == "everyone")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let group = format!("/api/v1/groups/{everyone}");
    let body = json!({ "roles": ["reporters"] });
    hold(&company, json!({ "group": everyone, "group_change": body }), async |owner, basis| {
        owner.change_on(Method::PATCH, &group, version(owner, &group).await, basis, body).await
    })
    .await;
    let body = json!({ "permissions": ["reports"] });
    let found = hold(&company, json!({ "role": role, "role_change": body }), async |owner, basis| {
        owner.change_on(Method::PATCH, &path, version(owner, &path).await, basis, body).await
    })
    .await;
    assert_eq!(
        (&found["users"], &found["services"]),
        (&json!(4), &json!(2)),
        "Cleo, as editor, and the Owner keep all"
    );
    // Deleted, with another one instead.
    let body = json!({ "move_to": "alerts" });
    hold(&company, json!({ "role": role, "role_removal": body }), async |owner, basis| {
        owner.change_on(Method::DELETE, &path, version(owner, &path).await, basis, body).await
    })
    .await;
}

async fn preview_tells_what_a_change_of_a_group_does(database: Database) {
    let company = company(database).await;
    let (group, users) = (company.group.clone(), company.users.clone());
    let path = format!("/api/v1/groups/{group}");
    let body = json!({ "roles": ["alerts", "trending"] });
    let found = hold(&company, json!({ "group": group, "group_change": body }), async |owner, basis| {
        owner.change_on(Method::PATCH, &path, version(owner, &path).await, basis, body).await
    })
    .await;
    assert_eq!(found["left_with_nothing"], 0);
    let body = json!({ "add": [users[4], users[5]], "remove": [users[0], users[2]] });
    hold(&company, json!({ "group": group, "members": body }), async |owner, basis| {
        let request = owner.request(Method::POST, &format!("{path}/members")).header("roster-basis", basis.to_string());
        send(request.json(&body)).await
    })
    .await;
    let found = hold(&company, json!({ "group": group, "group_removal": true }), async |owner, basis| {
        owner.change_on(Method::DELETE, &path, version(owner, &path).await, basis, json!({})).await
    })
    .await;
    assert_eq!(found["left_with_nothing"], 2, "Eve, and the service account that was in nothing else");
}

async fn preview_tells_what_a_bulk_change_does(database: Database) {
    let company = company(database).await;
    let all = company.users.clone();
    for action in [
        json!({ "type": "add_role", "role": "alerts" }),
        json!({ "type": "remove_role", "role": "reporters" }),
        json!({ "type": "add_permission", "permission": "billing.view" }),
        json!({ "type": "add_group", "group": company.group }),
        json!({ "type": "remove_group", "group": company.group }),
        json!({ "type": "set_level", "level": "editor" }),
        json!({ "type": "remove_permission", "permission": "billing.view" }),
        json!({ "type": "deactivate" }),
        json!({ "type": "activate" }),
    ] {
        let body = json!({ "ids": all, "action": action });
        let found = hold(&company, json!({ "bulk": body }), async |owner, basis| {
            let request =
                owner.request(Method::POST, "/api/v1/accounts/bulk").header("roster-basis", basis.to_string());
            send(request.json(&body)).await
        })
        .await;
        assert!(found["users"].as_u64().unwrap() > 0, "{action}");
    }
}

async fn preview_of_defaults_speaks_of_new_accounts(database: Database) {
    let company = company(database).await;
    let wanted = json!({ "groups": [company.group], "permissions": ["data"], "level": "viewer" });
    let found = preview(&company.owner, json!({ "defaults": wanted })).await;
    let keys = |list: &str| -> Vec<String> {
        found[list].as_array().unwrap().iter().map(|shift| shift["permission"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (keys("gains"), keys("losses")),
        (vec!["data".into(), "runs".into(), "reports".into()], Vec::<String>::new())
    );
    assert_eq!((&found["is_for_new_accounts"], &found["users"]), (&json!(true), &json!(0)));
    let path = "/api/v1/organization/defaults";
    let seen = version(&company.owner, path).await;
    company.owner.change_on(Method::PUT, path, seen, basis(&found), wanted).await.good();
    let frida = company.world.member(&company.owner, "frida@example.com", json!({})).await;
    let holds = frida.get("/api/v1/session").await.good()["permissions"].clone();
    assert!(["data", "runs", "reports"].iter().all(|key| holds.as_array().unwrap().contains(&json!(key))));
}

async fn apply_is_refused_when_rights_have_changed(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let path = format!("/api/v1/roles/{}", company.role["id"].as_str().unwrap());
    let body = json!({ "permissions": ["runs"] });
    let found = preview(owner, json!({ "role": company.role["id"], "role_change": body })).await;
    owner.bulk(&[&company.users[4]], json!({ "type": "add_role", "role": "reporters" })).await.good();
    let refused = owner.change_on(Method::PATCH, &path, 1, basis(&found), body.clone()).await;
    assert_eq!((refused.status, refused.code().as_str()), (412, "stale"));
    assert_eq!(owner.get(&path).await.good()["permissions"], json!(["reports", "runs"]), "nothing was changed");
    let again = preview(owner, json!({ "role": company.role["id"], "role_change": body })).await;
    assert_eq!(again["losses"][0]["users"], 4, "Eve is among them now");
    owner.change_on(Method::PATCH, &path, 1, basis(&again), body).await.good();
}

async fn whoever_manages_service_accounts_alone_previews_what_they_do(database: Database) {
    let company = company(database).await;
    let gifts =
        json!({ "level": "viewer", "permissions": ["service_accounts.manage", "accounts.view", "billing.view"] });
    let maker = company.world.member(&company.owner, "maker@example.com", gifts).await;
    let (ana, deploy) = (&company.users[0], &company.users[6]);
    let billing = json!({ "type": "add_permission", "permission": "billing.view" });
    let build = service_account(&company.world, "robot").await;
    let body = json!({ "ids": [ana, build], "action": billing });
    let found = preview(&maker, json!({ "bulk": body })).await;
    assert_eq!((&found["users"], &found["services"]), (&json!(0), &json!(1)), "people are left as they are");
    let request = maker.request(Method::POST, "/api/v1/accounts/bulk").header("roster-basis", basis(&found));
    let done = send(request.json(&body)).await.good();
    assert_eq!((&done["results"][0]["code"], &done["results"][1]["outcome"]), (&json!("forbidden"), &json!("ok")));
    let beyond = json!({ "ids": [deploy], "action": billing });
    assert_eq!(preview(&maker, json!({ "bulk": beyond })).await["services"], 0, "it holds what its maker does not");
}

async fn examples_are_named_to_those_who_may_see_accounts(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let request = json!({ "role": company.role["id"], "role_change": { "permissions": ["runs"] } });
    let found = preview(owner, request.clone()).await;
    let names: Vec<_> =
        found["losses"][0]["examples"].as_array().unwrap().iter().map(|one| one["handle"].clone()).collect();
    assert_eq!(names, ["sa::build", "sa::deploy", "ana@example.com", "ben@example.com", "dan@example.com"], "by name");
    let gifts = json!({ "permissions": ["roles.manage", "reports", "runs"] });
    let blind = company.world.member(owner, "blind@example.com", gifts).await;
    let found = preview(&blind, request).await;
    assert_eq!((&found["losses"][0]["users"], &found["losses"][0]["examples"]), (&json!(3), &json!([])));
}

async fn only_who_is_active_counts(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let gifts = json!({ "emails": ["pending@example.com"], "roles": ["reporters"] });
    owner.post("/api/v1/invitations", gifts).await.good();
    owner.bulk(&[&company.users[0]], json!({ "type": "deactivate" })).await.good();
    let until = company.world.clock.now().plus(60_000).to_string();
    let ending = json!({ "type": "add_role", "role": "reporters", "valid_until": until });
    owner.bulk(&[&company.users[4]], ending).await.good();
    let request = json!({ "role": company.role["id"], "role_change": { "permissions": ["runs"] } });
    let users = async || preview(owner, request.clone()).await["losses"][0]["users"].clone();
    assert_eq!(users().await, 3, "Ben, Dan and Eve");
    let waiting = async |request: Value| preview(owner, request).await["waiting"].clone();
    let told = json!({ "invited": 1, "out": 1, "new_links": 0 });
    assert_eq!(waiting(request.clone()).await, told, "who is invited, and Ana");
    let more =
        json!({ "role": company.role["id"], "role_change": { "permissions": ["runs", "reports", "deployments"] } });
    assert_eq!(waiting(more).await["new_links"], 1, "the link no longer opens then");
    company.world.clock.advance(60_000);
    assert_eq!(users().await, 2, "Eve's role has ended");
    let pending = owner.get("/api/v1/accounts?status=pending").await.good()["items"][0]["id"].clone();
    let action = json!({ "type": "add_role", "role": "alerts" });
    let one = json!({ "bulk": { "ids": [pending, company.users[0]], "action": action } });
    assert_eq!(waiting(one).await, json!({ "invited": 1, "out": 1, "new_links": 1 }));
    let group = json!({ "group": company.group, "members": { "add": [pending] } });
    let members = waiting(group.clone()).await;
    let path = format!("/api/v1/groups/{}/members", company.group);
    owner.post(&path, group["members"].clone()).await.good();
    let needs = owner.account(pending.as_str().unwrap()).await["invitation"]["needs_new_link"] == true;
    assert_eq!(members["new_links"], u64::from(needs), "the preview and the change say the same");
}

async fn group_of_new_accounts_says_that_they_are_concerned(database: Database) {
    let company = company(database).await;
    let owner = &company.owner;
    let request = json!({ "group": company.group, "group_change": { "roles": ["alerts", "trending"] } });
    let reaches = async || preview(owner, request.clone()).await["reaches_new_accounts"].clone();
    assert_eq!(reaches().await, false);
    let defaults = json!({ "groups": [company.group] });
    owner.change(Method::PUT, "/api/v1/organization/defaults", 1, Some(defaults)).await.good();
    assert_eq!(reaches().await, true);
}
