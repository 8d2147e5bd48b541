//! One real thing of each kind that an address can name.

use reqwest::Method;
use serde_json::{Value, json};
use server::http::route::Route;

use crate::support::{Client, send};

/// An id that nothing has.
const NOWHERE: &str = "01a201dc-78d3-7333-844c-520898157319";

/// Things of one organization.
pub(super) struct Things {
    /// Invited and not there yet: there is an invitation to withdraw, and an account to look at.
    pub(super) pending: String,
    pub(super) member: String,
    pub(super) email: &'static str,
    pub(super) role: String,
    pub(super) group: String,
    pub(super) operation: String,
    pub(super) object_type: String,
    pub(super) object: &'static str,
    /// A service account, and its one token.
    pub(super) service: String,
    pub(super) token: String,
}

/// Whether a route is about service accounts, though its address is that of all accounts.
fn is_of_services(route: &Route) -> bool {
    route.path.ends_with("/tokens") || (route.method == Method::DELETE && route.path == "/api/v1/accounts/{id}")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl Things {
    /// Makes them: a member of a group, which carries a role, and a restricted object, to which the group has access.
    pub(super) async fn new(owner: &Client) -> Self {
        let role = owner.new_role("Things", &[]).await;
        let group = owner.new_group("Things", &[role["key"].as_str().unwrap()]).await;
        let mut ids = Vec::new();
        for email in ["pending@example.com", "somebody@example.com"] {
            let invited =
                owner.post("/api/v1/invitations", json!({ "emails": [email], "groups": [group] })).await.good();
            ids.push(text(&invited["results"][0]["account_id"]));
        }
        let act = json!({ "type": "add_permission", "permission": "accounts.view" });
        let done = owner.bulk(&[&ids[1]], act).await.good();
        let object_type = text(&owner.get("/api/v1/object-types").await.good()["items"][0]["key"]);
        let path = format!("/api/v1/objects/{object_type}/thing");
        let object = json!({ "name": "Thing", "restricted": true, "owner": ids[1] });
        send(owner.request(Method::PUT, &path).json(&object)).await.good();
        let access = json!({ "group": group, "level": "view" });
        owner.access(Method::PUT, &format!("{object_type}/thing"), "", Some(access)).await.good();
        let service = json!({ "account_id": "things", "token": { "name": "thing" } });
        let service = owner.post("/api/v1/service-accounts", service).await.good();
        Self {
            service: text(&service["account"]["id"]),
            token: text(&service["token"]["token"]["id"]),
            pending: ids[0].clone(),
            member: ids[1].clone(),
            email: "somebody@example.com",
            role: text(&role["id"]),
            group,
            operation: text(&done["operation_id"]),
            object_type,
            object: "thing",
        }
    }

    /// The address of a route with these things in it.
    pub(super) fn path(&self, route: &Route) -> String {
        let thing = route.path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        let id = match thing {
            "accounts" if is_of_services(route) => &self.service,
            "accounts" => &self.pending,
            "tokens" => &self.token,
            "roles" => &self.role,
            "groups" => &self.group,
            "operations" => &self.operation,
            _ => NOWHERE,
        };
        route
            .path
            .replace("{id}", id)
            .replace("{account}", &self.member)
            .replace("{type}", &self.object_type)
            .replace("{external_id}", self.object)
            .replace("{email}", self.email)
            + &self.query(route)
    }

    fn query(&self, route: &Route) -> String {
        match (route.method.as_str(), route.path) {
            ("DELETE", "/api/v1/objects/{type}/{external_id}/access") => format!("?account={}", self.member),
            _ => String::new(),
        }
    }

    /// What a request carries beside its address, so that it is about these things: of the others, nothing.
    pub(super) fn body(&self, route: &Route) -> Value {
        match (route.method.as_str(), route.path) {
            ("POST", "/api/v1/groups/{id}/members") => json!({ "add": [self.member] }),
            ("POST", "/api/v1/accounts/{id}/tokens" | "/api/v1/me/tokens") => json!({ "name": "another" }),
            ("DELETE", "/api/v1/accounts/{id}") => json!({ "confirm": "sa::things" }),
            ("PUT", "/api/v1/objects/{type}/{external_id}/access") => {
                json!({ "account": self.member, "level": "view" })
            }
            _ => json!({}),
        }
    }

    /// All of it as its owner sees it: what it is, and at which version.
    pub(super) async fn look(&self, owner: &Client) -> Vec<Value> {
        let object = format!("/api/v1/objects/{}/{}/access", self.object_type, self.object);
        let mut seen = Vec::new();
        for path in [
            format!("/api/v1/accounts/{}", self.pending),
            format!("/api/v1/accounts/{}", self.member),
            format!("/api/v1/accounts/{}/permissions", self.member),
            format!("/api/v1/roles/{}", self.role),
            format!("/api/v1/groups/{}", self.group),
            format!("/api/v1/groups/{}/members", self.group),
            "/api/v1/organization".to_owned(),
            "/api/v1/organization/defaults".to_owned(),
            object,
            format!("/api/v1/accounts/{}", self.service),
            format!("/api/v1/tokens/{}", self.token),
        ] {
            seen.push(owner.get(&path).await.good());
        }
        seen
    }
}
