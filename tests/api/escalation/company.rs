//! A random organization, and what somebody in it does over HTTP.

use domain::{AccountId, OrganizationId, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row};

use super::acts::Act;
use super::dice::Dice;
use super::snapshot::Snapshot;
use crate::support::{Answer, Client, Database, PASSWORD, World, send};

const PROFILES: [&str; 3] = ["default", "circonus", "wavefront"];
const MEMBERS: usize = 6;
const GROUPS: usize = 4;
const ROLES: usize = 4;
pub(super) const OBJECTS: [&str; 3] = ["one", "two", "three"];

/// Somebody with a session.
pub(super) struct Person {
    pub(super) id: AccountId,
    client: Client,
}

/// See the module.
pub(super) struct Company {
    world: World,
    organization: OrganizationId,
    pub(super) people: Vec<Person>,
    pub(super) permissions: Vec<String>,
    pub(super) levels: Vec<String>,
    /// Keys of the profile's roles and Owner, which stay.
    pub(super) built_in: Vec<String>,
    /// Ids and keys of roles that people made.
    pub(super) roles: Vec<(String, String)>,
    /// Everyone comes first.
    pub(super) groups: Vec<String>,
    pub(super) operations: Vec<String>,
    /// Tokens of open invitations.
    pub(super) pending: Vec<String>,
    pub(super) ends: [Option<Timestamp>; 3],
    object_type: String,
    invited: u32,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn texts(page: &Value, field: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| text(&item[field])).collect()
}

impl Company {
    pub(super) async fn new(database: Database, dice: &mut Dice) -> Self {
        let world = World::new(database).await;
        let owner = world.owner_with(dice.pick(&PROFILES)).await;
        let session = owner.get("/api/v1/session").await.good();
        let roles = owner.get("/api/v1/roles").await.good();
        let of_levels = |are_levels: bool| {
            let items = roles["items"].as_array().unwrap().iter();
            items.filter(|role| role["level_rank"].is_i64() == are_levels).map(|role| text(&role["key"])).collect()
        };
        let hour = |hours: i64| Some(world.clock.now().plus(hours * 3_600_000));
        let mut company = Self {
            organization: text(&session["organization"]["id"]).parse().unwrap(),
            people: vec![Person { id: text(&session["account"]["id"]).parse().unwrap(), client: owner.clone() }],
            permissions: texts(&owner.get("/api/v1/permissions").await.good(), "key"),
            levels: of_levels(true),
            built_in: of_levels(false),
            roles: Vec::new(),
            groups: texts(&owner.get("/api/v1/groups").await.good(), "id"),
            operations: Vec::new(),
            pending: Vec::new(),
            ends: [None, hour(100), hour(200)],
            object_type: text(&owner.get("/api/v1/object-types").await.good()["items"][0]["key"]),
            invited: 0,
            world,
        };
        company.furnish(&owner, dice).await;
        company
    }

    /// Roles, groups, people and objects, all from the Owner's hands.
    async fn furnish(&mut self, owner: &Client, dice: &mut Dice) {
        for number in 0..ROLES {
            let permissions = dice.some(&self.permissions, 6);
            let role =
                owner.post("/api/v1/roles", json!({ "name": format!("Role {number}"), "permissions": permissions }));
            let role = role.await.good();
            self.roles.push((text(&role["id"]), text(&role["key"])));
        }
        let keys: Vec<String> = self.roles.iter().map(|(_, key)| key.clone()).collect();
        for number in 0..GROUPS {
            let roles = dice.some(&keys, 4);
            let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
            self.groups.push(owner.new_group(&format!("Group {number}"), &roles).await);
        }
        for _ in 0..MEMBERS {
            let permissions = dice.some(&self.permissions, 2);
            let mut body = json!({ "permissions": permissions, "groups": dice.some(&self.groups[1..], 3) });
            if !self.levels.is_empty() {
                body["level"] = dice.pick(&self.levels).into();
            }
            assert!(self.invite(0, body).await);
            let token = self.pending.pop().unwrap();
            assert!(self.accept(&token).await);
        }
        for object in OBJECTS {
            let mut body = json!({ "name": object, "restricted": dice.once_in(2) });
            if dice.once_in(2) {
                body["owner"] = dice.pick(&self.ids()).to_string().into();
            }
            send(owner.request(Method::PUT, &self.object(object)).json(&body)).await.good();
            for _ in 0..4 {
                let body = Act::access_body(self, dice);
                let (path, version) = (self.access(object), self.object_version(object).await);
                owner.change(Method::PUT, &path, version, Some(body)).await.good();
            }
        }
    }

    pub(super) fn ids(&self) -> Vec<AccountId> {
        self.people.iter().map(|person| person.id).collect()
    }

    pub(super) async fn look(&self) -> Snapshot {
        Snapshot::take(&self.world.running.app, self.organization).await
    }

    fn object(&self, object: &str) -> String {
        format!("/api/v1/objects/{}/{object}", self.object_type)
    }

    fn access(&self, object: &str) -> String {
        format!("{}/access", self.object(object))
    }

    async fn object_version(&self, object: &str) -> i64 {
        self.version("objects", "external_id", object).await
    }

    /// The present version of something; 1 where there is none any more.
    async fn version(&self, table: &str, column: &str, key: &str) -> i64 {
        let sql = format!("SELECT version FROM {table} WHERE {column} = $1");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(key.to_owned());
        let row = query.fetch_optional(self.world.running.app.db.reader()).await.unwrap();
        row.map_or(1, |row| row.get("version"))
    }

    /// Does it, as one of the people; whether it came off.
    pub(super) async fn make(&mut self, actor: usize, act: &Act) -> bool {
        let client = self.people[actor].client.clone();
        match act {
            Act::Bulk { ids, action } => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                let answer = client.bulk(&ids.iter().map(String::as_str).collect::<Vec<_>>(), action.clone()).await;
                if action["type"] == "activate" && answer.status == 200 {
                    self.revive().await;
                }
                self.note(&answer)
            }
            Act::Members { group, body } => {
                let answer = client.post(&format!("/api/v1/groups/{group}/members"), body.clone()).await;
                self.note(&answer)
            }
            Act::Member { group, account, body } => {
                let path = format!("/api/v1/groups/{group}/members/{account}");
                send(client.request(Method::PUT, &path).json(body)).await.status == 200
            }
            Act::ChangeAccount { account, body } => {
                let version = self.version("accounts", "id", &account.to_string()).await;
                let path = format!("/api/v1/accounts/{account}");
                let done = client.change(Method::PATCH, &path, version, Some(body.clone())).await.status == 200;
                self.revive().await;
                done
            }
            Act::NewRole { body } => {
                let answer = client.post("/api/v1/roles", body.clone()).await;
                if answer.status == 201 {
                    self.roles.push((text(&answer.body()["id"]), text(&answer.body()["key"])));
                }
                answer.status == 201
            }
            Act::ChangeRole { id, body } => {
                let version = self.version("roles", "id", id).await;
                client.change(Method::PATCH, &format!("/api/v1/roles/{id}"), version, Some(body.clone())).await.status
                    == 200
            }
            Act::RemoveRole { id, body } => {
                let version = self.version("roles", "id", id).await;
                let path = format!("/api/v1/roles/{id}");
                let done = client.change(Method::DELETE, &path, version, Some(body.clone())).await.status == 204;
                self.roles.retain(|(known, _)| !done || known != id);
                done
            }
            Act::ChangeGroup { id, body } => {
                let version = self.version("user_groups", "id", id).await;
                client.change(Method::PATCH, &format!("/api/v1/groups/{id}"), version, Some(body.clone())).await.status
                    == 200
            }
            Act::RemoveGroup { id } => {
                let version = self.version("user_groups", "id", id).await;
                let done =
                    client.change(Method::DELETE, &format!("/api/v1/groups/{id}"), version, None).await.status == 204;
                self.groups.retain(|known| !done || known != id);
                done
            }
            Act::Defaults { body } | Act::DefaultLevel { body } => {
                let version = self.version("organizations", "id", &self.organization.to_string()).await;
                let (method, path) = match act {
                    Act::Defaults { .. } => (Method::PUT, "/api/v1/organization/defaults"),
                    _ => (Method::PATCH, "/api/v1/organization"),
                };
                client.change(method, path, version, Some(body.clone())).await.status == 200
            }
            Act::Invite { body } => self.invite(actor, body.clone()).await,
            Act::Accept { token } => self.accept(token).await,
            Act::Undo { operation } => {
                let answer = client.post(&format!("/api/v1/operations/{operation}/undo"), json!({})).await;
                self.operations.retain(|known| answer.status != 200 || known != operation);
                self.revive().await;
                is_done(&answer)
            }
            Act::Access { object, body } => {
                let version = self.object_version(object).await;
                client.change(Method::PUT, &self.access(object), version, Some(body.clone())).await.status == 200
            }
            Act::Revoke { object, query } => {
                let (version, path) = (self.object_version(object).await, self.access(object));
                client.change(Method::DELETE, &format!("{path}?{query}"), version, None).await.status == 204
            }
            Act::ChangeObject { object, body } => {
                let version = self.object_version(object).await;
                client.change(Method::PUT, &self.object(object), version, Some(body.clone())).await.status == 200
            }
        }
    }

    /// Keeps the operation of a change of many, to be undone one day; whether anything was done.
    fn note(&mut self, answer: &Answer) -> bool {
        self.operations.extend(answer.body()["operation_id"].as_str().map(str::to_owned));
        is_done(answer)
    }

    async fn invite(&mut self, actor: usize, mut body: Value) -> bool {
        self.invited += 1;
        body["emails"] = json!([format!("person-{}@example.com", self.invited)]);
        let answer = self.people[actor].client.post("/api/v1/invitations", body).await.body();
        let link = answer["results"][0]["link"].as_str().map(|link| link.split('#').nth(1).unwrap().to_owned());
        self.pending.extend(link.clone());
        link.is_some()
    }

    async fn accept(&mut self, token: &str) -> bool {
        // Attempts from one address are counted; a minute later there are some again.
        self.world.clock.advance(60_000);
        let mut client = self.world.nobody();
        let body = json!({ "token": token, "display_name": "Some Body", "password": PASSWORD });
        let answer = client.post("/api/v1/invitations/accept", body).await;
        self.pending.retain(|known| known != token);
        if answer.status == 200 {
            client.take_session(&answer);
            let id = text(&answer.body()["account"]["id"]).parse().unwrap();
            self.people.push(Person { id, client });
        }
        self.revive().await;
        answer.status == 200
    }

    /// Whoever was out goes on with the session they had: signing in anew costs a hash each, and decides nothing here.
    async fn revive(&self) {
        let now = self.world.clock.now().millis();
        let mut tx = self.world.running.app.db.begin().await.unwrap();
        sqlx::query(
            "UPDATE sessions SET ended_at = NULL, created_at = $1, last_seen_at = $1, expires_at = expires_at + $1",
        )
        .bind(now)
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
}

/// Whether anything was done to anybody.
fn is_done(answer: &Answer) -> bool {
    let body = answer.body();
    body["results"].as_array().is_some_and(|results| results.iter().any(|result| result["outcome"] == "ok"))
}
