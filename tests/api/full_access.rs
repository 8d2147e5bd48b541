//! Facts about full access: whatever lets an account do what an Owner can takes a password proved a short while ago (S12),
//! whatever it is called.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Database, PASSWORD, Program, World, on_both, send};

on_both! {
    roles_that_give_it_are_made_and_changed_after_a_confirmation it_is_given_to_accounts_after_a_confirmation
    it_is_given_by_groups_after_a_confirmation new_accounts_get_it_after_a_confirmation
    links_that_open_it_are_sent_and_copied_after_a_confirmation it_is_given_back_and_prolonged_after_a_confirmation
    everyone_who_comes_back_to_it_does_after_a_confirmation user_names_change_after_a_confirmation
    everything_else_takes_none service_accounts_have_none_to_enter
}

const MINUTE_MS: i64 = 60 * 1_000;

/// A change that is tried without a fresh proof, and again with one.
struct Act {
    method: Method,
    path: String,
    version: Option<i64>,
    body: Value,
}

fn act(method: Method, path: &str, version: Option<i64>, body: Value) -> Act {
    Act { method, path: path.to_owned(), version, body }
}

fn post(path: &str, body: Value) -> Act {
    act(Method::POST, path, None, body)
}

fn bulk(id: &str, action: Value) -> Act {
    post("/api/v1/accounts/bulk", json!({ "ids": [id], "action": action }))
}

async fn try_out(client: &Client, act: &Act) -> Answer {
    let request = client.request(act.method.clone(), &act.path).json(&act.body);
    send(match act.version {
        Some(version) => request.header("if-match", format!("\"{version}\"")),
        None => request,
    })
    .await
}

/// Lets the last proof grow old.
async fn wait(world: &World, client: &Client) {
    world.clock.advance(6 * MINUTE_MS);
    assert_eq!(client.get("/api/v1/me").await.status, 200);
}

/// Proves the password again.
async fn prove(client: &mut Client) {
    let proved = client.post("/api/v1/session/confirmation", json!({ "password": PASSWORD })).await;
    client.take_session(&proved);
}

/// An act that has to be confirmed, and is done then. A token of the person's own, which proves no password, does not do it.
async fn confirmed(world: &World, client: &mut Client, act: Act) -> Value {
    prove(client).await;
    let minted = client.post("/api/v1/me/tokens", json!({ "name": "laptop" })).await.good();
    let program = Program::new(&world.base(), minted["secret"].as_str().unwrap());
    let refused = try_out(&program.client, &act).await;
    assert_eq!(refused.code(), "session_required", "{} {} {}: {}", act.method, act.path, act.body, refused.text);
    wait(world, client).await;
    let refused = try_out(client, &act).await;
    assert_eq!(refused.code(), "confirmation_required", "{} {} {}: {}", act.method, act.path, act.body, refused.text);
    prove(client).await;
    let done = try_out(client, &act).await;
    assert!(done.status < 300, "{} {} {}: {}", act.method, act.path, act.body, done.text);
    done.body()
}

/// An act that takes no confirmation.
async fn plain(world: &World, client: &Client, act: Act) -> Value {
    wait(world, client).await;
    let done = try_out(client, &act).await;
    assert!(done.status < 300, "{} {} {}: {}", act.method, act.path, act.body, done.text);
    done.body()
}

async fn version(client: &Client, path: &str) -> Option<i64> {
    client.get(path).await.good()["version"].as_i64()
}

/// An Owner whose proof is fresh, a role with all permissions under another name, and a group that carries it.
async fn begin(world: &World) -> (Client, String) {
    let owner = world.owner().await;
    let role = owner.new_role("All", &["*"]).await;
    assert_eq!(role["key"], "all");
    let group = owner.new_group("Chiefs", &["all"]).await;
    (owner, group)
}

async fn roles_that_give_it_are_made_and_changed_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    confirmed(&world, &mut owner, post("/api/v1/roles", json!({ "name": "All", "permissions": ["*"] }))).await;
    let role = owner.new_role("Some", &["audit.view"]).await;
    let path = format!("/api/v1/roles/{}", role["id"].as_str().unwrap());
    let change = |permissions: Value| json!({ "permissions": permissions });
    confirmed(&world, &mut owner, act(Method::PATCH, &path, Some(1), change(json!(["*"])))).await;
    plain(&world, &owner, act(Method::PATCH, &path, Some(2), json!({ "name": "Some more" }))).await;
    plain(&world, &owner, act(Method::PATCH, &path, Some(3), change(json!(["audit.view"])))).await;
    let held = world.member(&owner, "ana@example.com", json!({ "roles": ["some"] })).await;
    confirmed(&world, &mut owner, act(Method::DELETE, &path, Some(4), json!({ "move_to": "all" }))).await;
    drop(held);
}

async fn it_is_given_to_accounts_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let (mut owner, group) = begin(&world).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let (service, _) = world.service(&owner, "ci", json!({})).await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await.id().await;
    for id in [&ana, service["id"].as_str().unwrap()] {
        confirmed(&world, &mut owner, bulk(id, json!({ "type": "add_role", "role": "all" }))).await;
        plain(&world, &owner, bulk(id, json!({ "type": "add_role", "role": "all" }))).await;
        plain(&world, &owner, bulk(id, json!({ "type": "remove_role", "role": "all" }))).await;
    }
    confirmed(&world, &mut owner, bulk(&ana, json!({ "type": "add_role", "role": "owner" }))).await;
    confirmed(&world, &mut owner, bulk(&ben, json!({ "type": "add_group", "group": group }))).await;
    let until = |minutes: i64| world.clock.now().plus(minutes * MINUTE_MS).to_string();
    let until_later = until(600);
    plain(&world, &owner, bulk(&ben, json!({ "type": "add_group", "group": group, "valid_until": until_later }))).await;
    confirmed(&world, &mut owner, bulk(&ben, json!({ "type": "add_group", "group": group }))).await;
}

async fn it_is_given_by_groups_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let (mut owner, group) = begin(&world).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    let ben = world.member(&owner, "ben@example.com", json!({})).await.id().await;
    let members = format!("/api/v1/groups/{group}/members");
    confirmed(&world, &mut owner, post(&members, json!({ "add": [ana] }))).await;
    confirmed(&world, &mut owner, act(Method::PUT, &format!("{members}/{ben}"), None, json!({}))).await;
    plain(&world, &owner, post(&members, json!({ "remove": [ana] }))).await;
    let other = owner.new_group("Others", &[]).await;
    let path = format!("/api/v1/groups/{other}");
    let roles = |keys: Value| json!({ "roles": keys });
    let seen = version(&owner, &path).await;
    confirmed(&world, &mut owner, act(Method::PATCH, &path, seen, roles(json!(["all"])))).await;
    let seen = version(&owner, &path).await;
    plain(&world, &owner, act(Method::PATCH, &path, seen, roles(json!([])))).await;
}

async fn new_accounts_get_it_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let (mut owner, group) = begin(&world).await;
    let invite = |email: &str, rest: Value| {
        let mut body = json!({ "emails": [email] });
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        post("/api/v1/invitations", body)
    };
    confirmed(&world, &mut owner, invite("a@example.com", json!({ "roles": ["owner"] }))).await;
    confirmed(&world, &mut owner, invite("b@example.com", json!({ "roles": ["all"] }))).await;
    confirmed(&world, &mut owner, invite("c@example.com", json!({ "groups": [group] }))).await;
    plain(&world, &owner, invite("d@example.com", json!({ "level": "admin" }))).await;
    let service = |id: &str, rest: Value| {
        let mut body = json!({ "account_id": id });
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        post("/api/v1/service-accounts", body)
    };
    confirmed(&world, &mut owner, service("one", json!({ "roles": ["all"] }))).await;
    confirmed(&world, &mut owner, service("two", json!({ "groups": [group] }))).await;
    plain(&world, &owner, service("three", json!({ "permissions": ["audit.view"] }))).await;
    let defaults = "/api/v1/organization/defaults";
    let seen = version(&owner, defaults).await;
    confirmed(&world, &mut owner, act(Method::PUT, defaults, seen, json!({ "groups": [group] }))).await;
    confirmed(&world, &mut owner, invite("e@example.com", json!({}))).await;
}

async fn links_that_open_it_are_sent_and_copied_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let (mut owner, _) = begin(&world).await;
    let invited = async |owner: &Client, email: &str, roles: Value| {
        let body = json!({ "emails": [email], "roles": roles });
        owner.post("/api/v1/invitations", body).await.good()["results"][0]["account_id"].as_str().unwrap().to_owned()
    };
    let (boss, clerk) = (
        invited(&owner, "boss@example.com", json!(["all"])).await,
        invited(&owner, "clerk@example.com", json!([])).await,
    );
    let resend = async |owner: &Client, id: &str| {
        let seen = version(owner, &format!("/api/v1/accounts/{id}")).await;
        act(Method::POST, &format!("/api/v1/accounts/{id}/invitation/resend"), seen, json!({}))
    };
    let copy = |id: &str| post(&format!("/api/v1/accounts/{id}/invitation/link"), json!({}));
    let once_more = resend(&owner, &boss).await;
    confirmed(&world, &mut owner, once_more).await;
    confirmed(&world, &mut owner, copy(&boss)).await;
    confirmed(&world, &mut owner, bulk(&boss, json!({ "type": "resend" }))).await;
    confirmed(&world, &mut owner, post("/api/v1/invitations", json!({ "emails": ["boss@example.com"] }))).await;
    let once_more = resend(&owner, &clerk).await;
    plain(&world, &owner, once_more).await;
    plain(&world, &owner, copy(&clerk)).await;
    plain(&world, &owner, bulk(&clerk, json!({ "type": "resend" }))).await;
}

async fn it_is_given_back_and_prolonged_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let (mut owner, _) = begin(&world).await;
    let ana = world.member(&owner, "ana@example.com", json!({ "roles": ["owner"] })).await.id().await;
    let path = format!("/api/v1/accounts/{ana}");
    let patch = async |owner: &Client, body: Value| act(Method::PATCH, &path, version(owner, &path).await, body);
    let (out, back) = (json!({ "status": "deactivated" }), json!({ "status": "active" }));
    let change = patch(&owner, out.clone()).await;
    plain(&world, &owner, change).await;
    let change = patch(&owner, back.clone()).await;
    confirmed(&world, &mut owner, change).await;
    let made = plain(&world, &owner, bulk(&ana, json!({ "type": "deactivate" }))).await;
    let undo = |made: &Value| format!("/api/v1/operations/{}/undo", made["operation_id"].as_str().unwrap());
    confirmed(&world, &mut owner, post(&undo(&made), json!({}))).await;
    plain(&world, &owner, bulk(&ana, json!({ "type": "deactivate" }))).await;
    confirmed(&world, &mut owner, bulk(&ana, json!({ "type": "activate" }))).await;
    let made = plain(&world, &owner, bulk(&ana, json!({ "type": "remove_role", "role": "owner" }))).await;
    confirmed(&world, &mut owner, post(&undo(&made), json!({}))).await;
    let at = |minutes: i64| json!({ "valid_until": world.clock.now().plus(minutes * MINUTE_MS).to_string() });
    let change = patch(&owner, at(6_000)).await;
    plain(&world, &owner, change).await;
    let change = patch(&owner, at(9_000)).await;
    confirmed(&world, &mut owner, change).await;
    let change = patch(&owner, json!({ "valid_until": null })).await;
    confirmed(&world, &mut owner, change).await;
}

async fn everyone_who_comes_back_to_it_does_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let (mut owner, _) = begin(&world).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    owner.bulk(&[&ana], json!({ "type": "deactivate" })).await.good();
    let groups = owner.get("/api/v1/groups").await.good()["items"].as_array().unwrap().clone();
    let everyone = groups.iter().find(|group| group["kind"] == "everyone").unwrap();
    let path = format!("/api/v1/groups/{}", everyone["id"].as_str().unwrap());
    let seen = everyone["version"].as_i64();
    confirmed(&world, &mut owner, act(Method::PATCH, &path, seen, json!({ "roles": ["all"] }))).await;
    confirmed(&world, &mut owner, bulk(&ana, json!({ "type": "activate" }))).await;
    confirmed(&world, &mut owner, post("/api/v1/invitations", json!({ "emails": ["b@example.com"] }))).await;
    confirmed(&world, &mut owner, post("/api/v1/service-accounts", json!({ "account_id": "ci" }))).await;
}

async fn user_names_change_after_a_confirmation(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let me = async |client: &Client, body: Value| {
        let seen = client.get("/api/v1/me").await.good()["account"]["version"].as_i64();
        act(Method::PATCH, "/api/v1/me", seen, body)
    };
    let change = me(&owner, json!({ "user_name": "olivia" })).await;
    confirmed(&world, &mut owner, change).await;
    let change = me(&owner, json!({ "display_name": "Olivia O.", "user_name": "olivia" })).await;
    plain(&world, &owner, change).await;
    let change = me(&owner, json!({ "user_name": null })).await;
    confirmed(&world, &mut owner, change).await;
}

async fn everything_else_takes_none(database: Database) {
    let world = World::new(database).await;
    let (owner, group) = begin(&world).await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    wait(&world, &owner).await;
    let mut would = json!({ "ids": [ana], "action": { "type": "add_role", "role": "owner" }, "dry_run": true });
    assert_eq!(owner.post("/api/v1/accounts/bulk", would.clone()).await.status, 200, "a dry run gives nothing");
    would.as_object_mut().unwrap().remove("dry_run");
    assert_eq!(owner.post("/api/v1/previews", json!({ "bulk": would })).await.status, 200);
    let change = json!({ "group": group, "group_change": { "roles": ["all"] } });
    assert_eq!(owner.post("/api/v1/previews", change).await.status, 200, "nor does a preview");
    plain(&world, &owner, post("/api/v1/roles", json!({ "name": "Some", "permissions": ["audit.view"] }))).await;
    plain(&world, &owner, bulk(&ana, json!({ "type": "set_level", "level": "admin" }))).await;
    plain(&world, &owner, bulk(&ana, json!({ "type": "deactivate" }))).await;
    plain(&world, &owner, bulk(&ana, json!({ "type": "activate" }))).await;
    plain(&world, &owner, post("/api/v1/invitations", json!({ "emails": ["b@example.com"], "level": "admin" }))).await;
}

async fn service_accounts_have_none_to_enter(database: Database) {
    let world = World::new(database).await;
    let mut owner = world.owner().await;
    let holds = json!({ "permissions": ["accounts.view", "service_accounts.manage"] });
    let (_, provisioner) = world.service(&owner, "provisioner", holds).await;
    let (service, _) = world.service(&owner, "ci", json!({})).await;
    let (other, _) = world.service(&owner, "nightly", json!({})).await;
    let removal = |service: &Value, name: &str| {
        let path = format!("/api/v1/accounts/{}", service["id"].as_str().unwrap());
        act(Method::DELETE, &path, Some(1), json!({ "confirm": name }))
    };
    let removed = try_out(&provisioner.client, &removal(&service, "sa::ci")).await;
    assert_eq!(removed.status, 204, "{}", removed.text);
    confirmed(&world, &mut owner, removal(&other, "sa::nightly")).await;
}
