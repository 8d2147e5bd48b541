//! Requests with an `Idempotency-Key` are carried out once, however often they are sent (S31). The key is claimed in the
//! transaction of the change, under the organization's lock, and the answer is saved with it.

pub mod store;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::time::DAY_MS;
use serde::Serialize;

use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::{LARGE_BODY_BYTES_MAX, collect};
use crate::http::respond::json_response;
use crate::store::Tx;
use crate::{secrets, version};

/// The header's name.
pub const HEADER: &str = "idempotency-key";
/// Set on an answer that is given again.
const REPLAYED: &str = "idempotency-replayed";
/// The longest key, in octets.
pub const KEY_BYTES_MAX: usize = 100;
/// A key is remembered for so long.
pub const REMEMBERED_MS: i64 = DAY_MS;

/// The key of a request, with all that tells it apart from other requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The account, and the person it acts for: nobody is given another's answer.
    pub(super) caller: String,
    pub(super) route: String,
    pub(super) key: String,
    pub(super) request_hash: String,
}

/// The answer to a request that was carried out before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAnswer {
    pub status: StatusCode,
    pub version: Option<i64>,
    /// JSON.
    pub body: String,
}

impl IntoResponse for SavedAnswer {
    fn into_response(self) -> Response {
        let mut response = (self.status, json_response(self.body.into_bytes(), "application/json")).into_response();
        if let Some(version) = self.version {
            version::tag(&mut response, version);
        }
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        response
    }
}

impl Caller {
    /// The caller of a request that has a key.
    fn claiming(mut self, claim: Claim) -> Self {
        self.claim = Some(Arc::new(claim));
        self
    }

    /// The caller of a request whose key has been looked at.
    #[must_use]
    pub fn without_key(mut self) -> Self {
        self.claim = None;
        self
    }

    /// Claims the request's key, if it has one, in a transaction that has taken the organization's lock.
    ///
    /// # Errors
    /// As `store::claim`.
    pub(crate) async fn claim_key(&self, tx: &mut Tx) -> Outcome<()> {
        match &self.claim {
            Some(claim) => store::claim(tx, claim, self.at).await,
            None => Ok(()),
        }
    }

    /// Saves the answer to a request with a key, to be given again. An answer with a secret is not saved.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn save_answer<T: Serialize>(
        &self,
        tx: &mut Tx,
        status: StatusCode,
        version: Option<i64>,
        answer: &T,
    ) -> Outcome<()> {
        let Some(claim) = &self.claim else { return Ok(()) };
        store::save(tx, claim, &SavedAnswer { status, version, body: serde_json::to_string(answer)? }).await
    }
}

/// Reads the key of a request, and gives it to the caller that the handler works with.
pub async fn read_key(State(route): State<String>, request: Request, next: Next) -> Response {
    match with_claim(route, request).await {
        Ok(request) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

async fn with_claim(route: String, mut request: Request) -> Outcome<Request> {
    let Some(key) = key(request.headers())? else { return Ok(request) };
    let Some(caller) = request.extensions().get::<Caller>().cloned() else { return Ok(request) };
    let (mut parts, body) = request.into_parts();
    let bytes = collect(body, LARGE_BODY_BYTES_MAX).await?;
    let seen = parts.headers.get(IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    let address = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let text = [address.as_bytes(), seen, canonical(&bytes).as_slice()].map(secrets::hash_bytes).join(" ");
    let person = caller.on_behalf_of().map(|person| person.to_string()).unwrap_or_default();
    let who = format!("{} {person}", caller.account_id);
    let claim = Claim { caller: who, route, key, request_hash: secrets::hash(&text) };
    parts.extensions.insert(caller.claiming(claim));
    request = Request::from_parts(parts, Body::from(bytes));
    Ok(request)
}

/// The same JSON in whichever order and with whichever blanks it was written.
fn canonical(body: &[u8]) -> Vec<u8> {
    let value = serde_json::from_slice::<serde_json::Value>(body).ok();
    value.and_then(|value| serde_json::to_vec(&value).ok()).unwrap_or_else(|| body.to_vec())
}

fn key(headers: &HeaderMap) -> Outcome<Option<String>> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    if (1..=KEY_BYTES_MAX).contains(&key.len()) {
        return Ok(Some(key.to_owned()));
    }
    let message = format!("1 to {KEY_BYTES_MAX} visible characters.");
    Err(Failure::field("Idempotency-Key", "invalid", &message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_blanks_make_no_other_request() {
        let same = canonical(br#"{ "b": [1, 2], "a": "x" }"#);
        assert_eq!(canonical(br#"{"a":"x","b":[1,2]}"#), same);
        assert_ne!(canonical(br#"{"a":"x","b":[2,1]}"#), same);
        assert_eq!(canonical(b"not json"), b"not json");
    }
}
