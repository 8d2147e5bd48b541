//! Somebody who asks the server, as a browser would: with the session's cookie and the headers of the same site.

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{canary, described};

/// One person's browser, or nobody's.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) session: Option<String>,
    pub(crate) device: Option<String>,
    /// An API token, for those who have one instead of a session.
    pub(crate) token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The problem's code.
    pub(crate) fn code(&self) -> String {
        self.body()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The fields that are wrong.
    pub(crate) fn fields(&self) -> Vec<String> {
        let errors = self.body()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().filter_map(|error| error["field"].as_str().map(str::to_owned)).collect()
    }

    /// The body, of an answer that has to be good.
    #[track_caller]
    pub(crate) fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self.body()
    }

    fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .filter_map(|text| text.split(';').next()?.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    }
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, base: base.to_owned(), session: None, device: None, token: None }
    }

    /// A request without anything of a browser.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A request as the console makes it.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut cookies = Vec::new();
        cookies.extend(self.session.as_ref().map(|value| format!("__Host-session={value}")));
        cookies.extend(self.device.as_ref().map(|value| format!("__Host-device={value}")));
        let request = self.bare(method, path).header("sec-fetch-site", "same-origin");
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    /// As `post`, from an address of its own, where the server believes what it is told.
    pub(crate) async fn post_from(&self, number: u8, path: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).header("x-forwarded-for", format!("192.0.2.{number}"));
        answer(request.json(&body)).await
    }

    /// A change that carries the version seen.
    pub(crate) async fn change(&self, method: Method, path: &str, version: i64, body: Option<Value>) -> Answer {
        let request = self.request(method, path).header("if-match", format!("\"{version}\""));
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// A change of rights that carries the basis of the preview seen.
    pub(crate) async fn change_on(&self, method: Method, path: &str, version: i64, basis: i64, body: Value) -> Answer {
        let request = self.request(method, path).header("if-match", format!("\"{version}\""));
        answer(request.header("roster-basis", basis.to_string()).json(&body)).await
    }

    /// Changes who has access to an object of the product, `dashboard/sales-q3`, at its present version: `rest` is the
    /// query of whose access is taken away.
    pub(crate) async fn access(&self, method: Method, object: &str, rest: &str, body: Option<Value>) -> Answer {
        let path = format!("/api/v1/objects/{object}");
        let version = self.get(&path).await.body()["version"].as_i64().unwrap_or(1);
        self.change(method, &format!("{path}/access{rest}"), version, body).await
    }

    /// The id of the own account.
    pub(crate) async fn id(&self) -> String {
        self.get("/api/v1/session").await.good()["account"]["id"].as_str().unwrap().to_owned()
    }

    /// An account as it is now.
    pub(crate) async fn account(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/accounts/{id}")).await.good()
    }

    /// One act on accounts.
    pub(crate) async fn bulk(&self, ids: &[&str], action: Value) -> Answer {
        self.post("/api/v1/accounts/bulk", serde_json::json!({ "ids": ids, "action": action })).await
    }

    /// Makes a role, and gives it with its id, key and version.
    pub(crate) async fn new_role(&self, name: &str, permissions: &[&str]) -> Value {
        self.post("/api/v1/roles", serde_json::json!({ "name": name, "permissions": permissions })).await.good()
    }

    /// Makes a group that carries roles, and gives its id.
    pub(crate) async fn new_group(&self, name: &str, roles: &[&str]) -> String {
        let group = self.post("/api/v1/groups", serde_json::json!({ "name": name })).await.good();
        let id = group["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/groups/{id}");
        self.change(Method::PATCH, &path, 1, Some(serde_json::json!({ "roles": roles }))).await.good();
        id
    }

    /// Takes the cookies of an answer that signed this browser in.
    pub(crate) fn take_session(&mut self, answer: &Answer) {
        self.session = answer.cookie("__Host-session").or(self.session.take());
        self.device = answer.cookie("__Host-device").or(self.device.take());
    }

    /// Signs in with a name and a password.
    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let answer = self.post("/api/v1/session", serde_json::json!({ "email": name, "password": password })).await;
        if answer.status == 200 {
            self.take_session(&answer);
        }
        answer
    }
}

/// Sends a request and reads all of the answer, which is as the document describes it.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let (http, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let response = http.execute(request).await.unwrap();
    let answer = Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    };
    described::check(&method, &path, answer.status, &answer.headers, &answer.text);
    if answer.status >= 400 {
        assert_eq!(canary::secret_in(answer.text.as_bytes()), None, "an error repeats a secret");
    } else {
        canary::learn(&answer.text);
        answer
            .cookie("__Host-session")
            .filter(|value| !value.is_empty())
            .iter()
            .for_each(|value| canary::learn_word(value));
    }
    answer
}

pub(crate) use answer as send;
