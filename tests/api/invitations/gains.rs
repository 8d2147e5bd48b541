//! Facts about accounts that gain or lose access while a link to them is out: what a link opens is fixed when it is made
//! (I17, S37).

use reqwest::Method;
use serde_json::{Value, json};

use super::{account, act};
use crate::support::{Answer, Client, Database, PASSWORD, World, WorldOptions, on_both};

on_both! {
    gain_of_any_kind_needs_a_new_link loss_of_any_kind_leaves_the_link_as_it_is
    gain_that_is_taken_back_needs_no_new_link
    link_copied_after_a_loss_opens_no_more_than_was_left removal_from_before_a_newer_link_is_not_undone
}

/// What is given in each case, or made longer.
const GAINS: [&str; 17] = [
    "level",
    "level by a bulk act",
    "role",
    "Owner",
    "permission",
    "group by a bulk act",
    "group by its members",
    "permission of a role",
    "role of the group",
    "role for a deleted one",
    "access",
    "higher access of the group",
    "ownership",
    "later end of the account",
    "later end of a role",
    "no end of the membership",
    "role of Everyone",
];

const LOSSES: [&str; 9] = [
    "level",
    "role",
    "permission of a role",
    "role of the group",
    "membership",
    "access",
    "lower access of the group",
    "end of the account",
    "end of a role",
];

const SOON: &str = "2031-01-01T00:00:00Z";
const LATER: &str = "2032-01-01T00:00:00Z";

/// An invited account with a level, a role, a group with a role and access to an object.
struct Case {
    id: String,
    email: String,
    /// Of the newest link.
    token: String,
    role: Value,
    group: String,
    object: String,
    /// The address that this case's requests come from.
    number: u8,
}

impl Case {
    async fn new(owner: &Client, number: usize, level: &str) -> Self {
        let number = u8::try_from(number).unwrap();
        let role = owner.new_role(&format!("Role {number}"), &["alerts", "runs"]).await;
        let group = owner.new_group(&format!("Group {number}"), &["alerts"]).await;
        let object = format!("dashboard/case-{number}");
        let registered = json!({ "name": "Case", "restricted": true });
        owner.request(Method::PUT, &format!("/api/v1/objects/{object}")).json(&registered).send().await.unwrap();
        let access = json!({ "group": group, "level": "view" });
        owner.access(Method::PUT, &object, "", Some(access)).await.good();
        let email = format!("case{number}@example.com");
        let invited = json!({ "emails": [email], "level": level, "roles": [role["key"]], "groups": [group] });
        let answer = owner.post("/api/v1/invitations", invited).await.good();
        let id = answer["results"][0]["account_id"].as_str().unwrap().to_owned();
        let token = token(answer["results"][0]["link"].as_str().unwrap());
        Self { id, email, token, role, group, object, number }
    }

    async fn patch(&self, owner: &Client, change: Value) {
        super::patch(owner, &self.id, change).await.good();
    }

    async fn bulk(&self, owner: &Client, action: Value) -> Value {
        let answer = owner.bulk(&[&self.id], action).await.good();
        assert_eq!(answer["results"][0]["outcome"], "ok", "{answer}");
        answer
    }

    async fn change(&self, owner: &Client, method: Method, path: &str, body: Option<Value>) {
        let version = owner.get(path).await.good()["version"].as_i64().unwrap();
        let answer = owner.change(method, path, version, body).await;
        assert!(answer.status < 300, "{}", answer.text);
    }

    fn role_path(&self) -> String {
        format!("/api/v1/roles/{}", self.role["id"].as_str().unwrap())
    }

    fn group_path(&self) -> String {
        format!("/api/v1/groups/{}", self.group)
    }

    async fn membership(&self, owner: &Client, until: Value) {
        let path = format!("{}/members/{}", self.group_path(), self.id);
        crate::support::send(owner.request(Method::PUT, &path).json(&json!({ "valid_until": until }))).await.good();
    }

    async fn access(&self, owner: &Client, body: Value) {
        owner.access(Method::PUT, &self.object, "", Some(body)).await.good();
    }

    /// Resends the invitation, and keeps the new link.
    async fn renew(&mut self, owner: &Client) {
        act(owner, Method::POST, &owner.account(&self.id).await, "/resend").await.good();
        let copied = act(owner, Method::POST, &owner.account(&self.id).await, "/link").await.good();
        self.token = token(copied["link"].as_str().unwrap());
    }

    async fn state(&self, world: &World) -> String {
        let body = json!({ "token": self.token });
        let seen = world.nobody().post_from(self.number, "/api/v1/invitations/preview", body).await.good();
        seen["state"].as_str().unwrap().to_owned()
    }

    async fn accept(&self, world: &World) -> Answer {
        let body = json!({ "token": self.token, "display_name": "Case", "password": PASSWORD });
        world.nobody().post_from(self.number, "/api/v1/invitations/accept", body).await
    }

    /// Brings about what a gain starts from, with a link from before the gain.
    async fn prepare(&mut self, owner: &Client, gain: &str) {
        match gain {
            "later end of the account" => self.patch(owner, json!({ "valid_until": SOON })).await,
            "later end of a role" => {
                self.bulk(owner, json!({ "type": "add_role", "role": "trending", "valid_until": SOON })).await;
            }
            "no end of the membership" => self.membership(owner, json!(SOON)).await,
            _ => return,
        }
        self.renew(owner).await;
    }

    async fn gain(&self, owner: &Client, gain: &str) {
        match gain {
            "level" => self.patch(owner, json!({ "level": "admin" })).await,
            "level by a bulk act" => drop(self.bulk(owner, json!({ "type": "set_level", "level": "admin" })).await),
            "role" => drop(self.bulk(owner, json!({ "type": "add_role", "role": "trending" })).await),
            "Owner" => drop(self.bulk(owner, json!({ "type": "add_role", "role": "owner" })).await),
            "permission" => {
                drop(self.bulk(owner, json!({ "type": "add_permission", "permission": "deployments" })).await);
            }
            "group by a bulk act" | "group by its members" => {
                let group = owner.new_group(&format!("Another {}", self.number), &["trending"]).await;
                if gain == "group by a bulk act" {
                    drop(self.bulk(owner, json!({ "type": "add_group", "group": group })).await);
                } else {
                    let path = format!("/api/v1/groups/{group}/members");
                    owner.post(&path, json!({ "add": [self.id] })).await.good();
                }
            }
            "permission of a role" => {
                let permissions = json!({ "permissions": ["alerts", "runs", "deployments"] });
                self.change(owner, Method::PATCH, &self.role_path(), Some(permissions)).await;
            }
            "role of the group" => {
                let roles = json!({ "roles": ["alerts", "trending"] });
                self.change(owner, Method::PATCH, &self.group_path(), Some(roles)).await;
            }
            "role for a deleted one" => {
                self.change(owner, Method::DELETE, &self.role_path(), Some(json!({ "move_to": "trending" }))).await;
            }
            "access" => self.access(owner, json!({ "account": self.id, "level": "modify" })).await,
            "higher access of the group" => {
                self.access(owner, json!({ "group": self.group, "level": "modify" })).await;
            }
            "ownership" => {
                let path = format!("/api/v1/objects/{}", self.object);
                self.change(owner, Method::PUT, &path, Some(json!({ "owner": self.id }))).await;
            }
            "later end of the account" => self.patch(owner, json!({ "valid_until": LATER })).await,
            "later end of a role" => {
                let action = json!({ "type": "add_role", "role": "trending", "valid_until": LATER });
                drop(self.bulk(owner, action).await);
            }
            "no end of the membership" => self.membership(owner, Value::Null).await,
            "role of Everyone" => {
                let groups = owner.get("/api/v1/groups?q=everyone").await.good();
                let path = format!("/api/v1/groups/{}", groups["items"][0]["id"].as_str().unwrap());
                self.change(owner, Method::PATCH, &path, Some(json!({ "roles": ["trending"] }))).await;
            }
            other => panic!("no such gain: {other}"),
        }
    }

    async fn lose(&self, owner: &Client, loss: &str) {
        match loss {
            "level" => self.patch(owner, json!({ "level": "viewer" })).await,
            "role" => drop(self.bulk(owner, json!({ "type": "remove_role", "role": self.role["key"] })).await),
            "permission of a role" => {
                self.change(owner, Method::PATCH, &self.role_path(), Some(json!({ "permissions": ["alerts"] }))).await;
            }
            "role of the group" => {
                self.change(owner, Method::PATCH, &self.group_path(), Some(json!({ "roles": [] }))).await;
            }
            "membership" => drop(self.bulk(owner, json!({ "type": "remove_group", "group": self.group })).await),
            "access" => {
                let rest = format!("?group={}", self.group);
                let revoked = owner.access(Method::DELETE, &self.object, &rest, None).await;
                assert_eq!(revoked.status, 204, "{}", revoked.text);
            }
            "lower access of the group" => {
                self.access(owner, json!({ "group": self.group, "level": "view", "valid_until": SOON })).await;
            }
            "end of the account" => self.patch(owner, json!({ "valid_until": SOON })).await,
            "end of a role" => {
                let key = &self.role["key"];
                self.bulk(owner, json!({ "type": "remove_role", "role": key })).await;
                self.bulk(owner, json!({ "type": "add_role", "role": key, "valid_until": SOON })).await;
            }
            other => panic!("no such loss: {other}"),
        }
    }

    /// Gives back what was lost.
    async fn regain(&self, owner: &Client, loss: &str) {
        match loss {
            "level" => self.patch(owner, json!({ "level": "editor" })).await,
            "role" | "end of a role" => {
                drop(self.bulk(owner, json!({ "type": "add_role", "role": self.role["key"] })).await);
            }
            "permission of a role" => {
                let permissions = json!({ "permissions": ["alerts", "runs"] });
                self.change(owner, Method::PATCH, &self.role_path(), Some(permissions)).await;
            }
            "role of the group" => {
                self.change(owner, Method::PATCH, &self.group_path(), Some(json!({ "roles": ["alerts"] }))).await;
            }
            "membership" => drop(self.bulk(owner, json!({ "type": "add_group", "group": self.group })).await),
            "access" | "lower access of the group" => {
                self.access(owner, json!({ "group": self.group, "level": "view" })).await;
            }
            "end of the account" => self.patch(owner, json!({ "valid_until": null })).await,
            other => panic!("no such loss: {other}"),
        }
    }
}

fn token(link: &str) -> String {
    link.split('#').nth(1).unwrap().to_owned()
}

async fn world(database: Database) -> (World, Client) {
    let world = World::with(database, WorldOptions { is_behind_proxy: true, ..WorldOptions::default() }).await;
    let owner = world.owner().await;
    (world, owner)
}

async fn gain_of_any_kind_needs_a_new_link(database: Database) {
    let (world, owner) = world(database).await;
    for (number, gain) in GAINS.into_iter().enumerate() {
        let mut case = Case::new(&owner, number, "viewer").await;
        case.prepare(&owner, gain).await;
        assert_eq!(case.state(&world).await, "open", "{gain}");
        case.gain(&owner, gain).await;
        assert_eq!(case.state(&world).await, "outdated", "{gain}");
        let refused = case.accept(&world).await;
        assert_eq!((refused.status, refused.code().as_str()), (410, "link_dead"), "{gain}");
        assert!(refused.text.contains("Ask for a new link"), "{}", refused.text);
        let pending = account(&owner, &case.email).await;
        assert_eq!((&pending["status"], &pending["invitation"]["needs_new_link"]), (&json!("pending"), &json!(true)));
        let refused = act(&owner, Method::POST, &pending, "/link").await;
        assert_eq!((refused.status, refused.code().as_str()), (410, "link_dead"), "{gain}: it opens nothing");
        case.renew(&owner).await;
        assert_eq!(account(&owner, &case.email).await["invitation"].get("needs_new_link"), None, "{gain}");
        let accepted = case.accept(&world).await;
        assert_eq!(accepted.status, 200, "{gain}: {}", accepted.text);
    }
}

async fn removal_from_before_a_newer_link_is_not_undone(database: Database) {
    let (world, owner) = world(database).await;
    let mut case = Case::new(&owner, 0, "viewer").await;
    let removed = case.bulk(&owner, json!({ "type": "remove_role", "role": case.role["key"] })).await;
    case.renew(&owner).await;
    let path = format!("/api/v1/operations/{}/undo", removed["operation_id"].as_str().unwrap());
    let undone = owner.post(&path, json!({})).await.good();
    assert_eq!(undone["results"][0]["code"], "stale", "{undone}");
    assert_eq!(case.state(&world).await, "open");
}

async fn loss_of_any_kind_leaves_the_link_as_it_is(database: Database) {
    let (world, owner) = world(database).await;
    for (number, loss) in LOSSES.into_iter().enumerate() {
        let case = Case::new(&owner, number, "editor").await;
        case.lose(&owner, loss).await;
        assert_eq!(case.state(&world).await, "open", "{loss}");
        assert_eq!(account(&owner, &case.email).await["invitation"].get("needs_new_link"), None, "{loss}");
        let accepted = case.accept(&world).await;
        assert_eq!(accepted.status, 200, "{loss}: {}", accepted.text);
    }
}

async fn gain_that_is_taken_back_needs_no_new_link(database: Database) {
    let (world, owner) = world(database).await;
    let case = Case::new(&owner, 0, "editor").await;
    case.gain(&owner, "level").await;
    assert_eq!(case.state(&world).await, "outdated");
    case.patch(&owner, json!({ "level": "editor" })).await;
    assert_eq!(case.accept(&world).await.status, 200);
}

/// Copying checks the caller against the account's access at that moment.
async fn link_copied_after_a_loss_opens_no_more_than_was_left(database: Database) {
    let (world, owner) = world(database).await;
    for (number, loss) in LOSSES.into_iter().enumerate() {
        let case = Case::new(&owner, number, if loss == "level" { "editor" } else { "viewer" }).await;
        if loss == "role of the group" {
            // Which would give the same.
            case.lose(&owner, "role").await;
        }
        case.lose(&owner, loss).await;
        let copied = act(&owner, Method::POST, &owner.account(&case.id).await, "/link").await.good();
        assert_eq!(token(copied["link"].as_str().unwrap()), case.token, "{loss}: the same link");
        assert_eq!(case.state(&world).await, "open", "{loss}");
        case.regain(&owner, loss).await;
        assert_eq!(case.state(&world).await, "outdated", "{loss}");
    }
}
