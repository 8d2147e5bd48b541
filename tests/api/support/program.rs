//! A program that asks the server with an API token, and sends nothing that a browser would.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::client::{Answer, Client, answer};

/// A program with its token.
#[derive(Clone)]
pub(crate) struct Program {
    /// As the browser of one who has the token instead of a session.
    pub(crate) client: Client,
    pub(crate) secret: String,
}

impl Program {
    pub(crate) fn new(base: &str, secret: &str) -> Self {
        Self { client: Client { token: Some(secret.to_owned()), ..Client::new(base) }, secret: secret.to_owned() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.bare(method, path).bearer_auth(&self.secret)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    /// A form, as the standards of tokens ask for.
    pub(crate) async fn form(&self, path: &str, token: &str) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        answer(request.body(format!("token={token}"))).await
    }

    /// The `WWW-Authenticate` of an answer to `GET me`.
    pub(crate) async fn challenge(&self) -> String {
        let answer = self.get("/api/v1/me").await;
        let value = answer.headers.get("www-authenticate").and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }
}
