//! Speaks with the server: JSON there and back, and every failure as something that can be told.

use domain::previews::BASIS_HEADER;
use domain::problem::too_many;
use domain::{Code, FieldError, Problem};
use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::{Promise, Reflect};
use leptos::prelude::{ArcRwSignal, Get, GetUntracked, Set, Update};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::idempotency::RequestKey;
use crate::{attendance, confirmation};

/// A tag that no answer has.
const TAG_OF_NOTHING: &str = "\"-\"";

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// The server said why.
    Problem(Box<Problem>),
    /// The server was not reached; nothing is known of what became of the request.
    Offline,
}

impl ApiError {
    /// For people: what happened, and what to do.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Problem(problem) => problem.detail.clone(),
            Self::Offline => {
                "The server cannot be reached. What you entered is kept; try again in a moment.".to_owned()
            }
        }
    }

    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Offline => None,
        }
    }

    /// For people, in a place without fields: what is wrong with the first of them says more than that something is.
    pub(crate) fn first_message(&self) -> String {
        match self {
            Self::Problem(problem) => match problem.errors.first() {
                Some(field) => field.message.clone(),
                None => problem.detail.clone(),
            },
            Self::Offline => self.message(),
        }
    }

    /// What is wrong, field by field, as far as the server said so.
    pub(crate) fn fields(&self) -> &[FieldError] {
        match self {
            Self::Problem(problem) => &problem.errors,
            Self::Offline => &[],
        }
    }

    /// What is wrong with one field, if the server said so.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        match self {
            Self::Problem(problem) => problem.field(name).map(|error| error.message.clone()),
            Self::Offline => None,
        }
    }
}

thread_local! {
    static IS_AWAY: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static REFUSALS: ArcRwSignal<u32> = ArcRwSignal::new(0);
}

/// How often the server has said that something is not allowed, reactively: rights may have changed.
pub(crate) fn refusals() -> u32 {
    REFUSALS.with(ArcRwSignal::clone).get()
}

/// Whether the last request did not reach the server, reactively.
pub(crate) fn is_away() -> bool {
    IS_AWAY.with(ArcRwSignal::clone).get()
}

/// Asks the server for nothing but a sign of life; whoever follows `is_away` learns of it.
pub(crate) async fn probe() {
    reached(RequestBuilder::new("/healthz").cache(web_sys::RequestCache::NoStore).send().await).ok();
}

/// Notes whether an answer came, of whatever kind.
fn reached(response: Result<Response, gloo_net::Error>) -> Result<Response, ApiError> {
    let away = IS_AWAY.with(ArcRwSignal::clone);
    if away.get_untracked() != response.is_err() {
        away.set(response.is_err());
    }
    response.map_err(|_| ApiError::Offline)
}

/// A list, with the tag by which an unchanged one is known.
pub(crate) enum Fresh<T> {
    New(T, Option<String>),
    Unchanged,
}

/// Reads. The first requests of a page were begun before this program was there; they are taken, once.
pub(crate) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ApiError> {
    let response = match first_response(path) {
        Some(promise) => JsFuture::from(promise)
            .await
            .ok()
            .and_then(|value| value.dyn_into::<web_sys::Response>().ok())
            .map(Response::from),
        None => None,
    };
    let response = match response {
        Some(response) => response,
        None => reached(reading(path, None).send().await)?,
    };
    read(response).await
}

/// Reads a list again; `Unchanged` when it is what the tag names.
pub(crate) async fn get_fresh<T: DeserializeOwned>(path: &str, tag: Option<&str>) -> Result<Fresh<T>, ApiError> {
    let response = reached(reading(path, tag).cache(web_sys::RequestCache::NoStore).send().await)?;
    if response.status() == 304 {
        return Ok(Fresh::Unchanged);
    }
    let tag = response.headers().get("etag");
    Ok(Fresh::New(read(response).await?, tag))
}

/// A request that reads. The server takes one with a tag as the console's own: while nobody is there each has one.
fn reading(path: &str, tag: Option<&str>) -> RequestBuilder {
    let request = RequestBuilder::new(path).header("accept", "application/json");
    match tag.or_else(|| (!attendance::is_there()).then_some(TAG_OF_NOTHING)) {
        Some(tag) => request.header("if-none-match", tag),
        None => request,
    }
}

/// A change, with what it carries beside its body.
pub(crate) struct Change<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    /// The version seen, for `If-Match`.
    pub(crate) version: Option<i64>,
    /// Whether it has an `Idempotency-Key`: sent again, the same change is made once.
    pub(crate) is_once: bool,
    /// Of the preview seen, for `Roster-Basis`.
    pub(crate) basis: Option<&'a str>,
}

impl<'a> Change<'a> {
    pub(crate) const fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, version: None, is_once: false, basis: None }
    }

    pub(crate) const fn post(path: &'a str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) const fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// For what creates or mails something: where the answer is lost, the same change can be sent again.
    pub(crate) const fn once(mut self) -> Self {
        self.is_once = true;
        self
    }

    /// Lets the change be refused when rights are no longer as in the preview that was seen.
    pub(crate) const fn basis(mut self, basis: Option<&'a str>) -> Self {
        self.basis = basis;
        self
    }

    /// Sends it with a body, and reads the answer.
    pub(crate) async fn send<B: Serialize, T: DeserializeOwned>(self, body: &B) -> Result<T, ApiError> {
        let text = serde_json::to_string(body).map_err(|_| ApiError::Offline)?;
        self.send_text(text).await
    }

    /// Sends it with a body that is written already, and reads the answer.
    pub(crate) async fn send_text<T: DeserializeOwned>(self, body: String) -> Result<T, ApiError> {
        read_text(self.fetch(Some(body)).await?).await
    }

    /// Sends it without a body, and reads the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        read_text(self.fetch(None).await?).await
    }

    /// Sends it with a body, where the answer is empty.
    pub(crate) async fn tell<B: Serialize>(self, body: &B) -> Result<(), ApiError> {
        let text = serde_json::to_string(body).map_err(|_| ApiError::Offline)?;
        self.fetch(Some(text)).await.map(|_| ())
    }

    /// Sends it without a body, where the answer is empty.
    pub(crate) async fn done(self) -> Result<(), ApiError> {
        self.fetch(None).await.map(|_| ())
    }

    /// Where the server asks for the password first, the person is asked for it, and the same is sent once more: whoever
    /// sends something sensitive need not know.
    async fn fetch(self, body: Option<String>) -> Result<Response, ApiError> {
        let key = self.is_once.then(|| RequestKey::of(self.identity(body.as_deref())));
        let answer = match self.attempt(body.clone(), key.as_ref()).await {
            Err(error) if error.code() == Some(Code::ConfirmationRequired) && confirmation::ask().await => {
                self.attempt(body, key.as_ref()).await
            }
            answer => answer,
        };
        if let Some(key) = key {
            key.answered(&answer);
        }
        answer
    }

    /// What tells this change apart from others.
    fn identity(&self, body: Option<&str>) -> String {
        let version = self.version.map(|version| version.to_string()).unwrap_or_default();
        [self.method.as_ref(), self.path, &version, body.unwrap_or_default()].join(" ")
    }

    async fn attempt(&self, body: Option<String>, key: Option<&RequestKey>) -> Result<Response, ApiError> {
        let mut request =
            RequestBuilder::new(self.path).method(self.method.clone()).header("accept", "application/json");
        if let Some(version) = self.version {
            request = request.header("if-match", &["\"", &version.to_string(), "\""].concat());
        }
        if let Some(key) = key.map(RequestKey::as_str).filter(|key| !key.is_empty()) {
            request = request.header("idempotency-key", key);
        }
        if let Some(basis) = self.basis {
            request = request.header(BASIS_HEADER, basis);
        }
        let request = match body {
            Some(text) => request.header("content-type", "application/json").body(text),
            None => request.build(),
        };
        check(reached(request.map_err(|_| ApiError::Offline)?.send().await)?).await
    }
}

async fn check(response: Response) -> Result<Response, ApiError> {
    if response.ok() {
        return Ok(response);
    }
    let wait_s = response.headers().get("retry-after").and_then(|text| text.parse::<i64>().ok());
    let text = response.text().await.map_err(|_| ApiError::Offline)?;
    let mut problem: Problem = serde_json::from_str(&text).map_err(|_| ApiError::Offline)?;
    if let (Code::TooMany, Some(wait_s)) = (problem.code, wait_s) {
        problem.detail = too_many(wait_s);
    }
    if problem.status == 403 && problem.code != Code::ConfirmationRequired {
        REFUSALS.with(ArcRwSignal::clone).update(|count| *count = count.wrapping_add(1));
    }
    Err(ApiError::Problem(Box::new(problem)))
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    read_text(check(response).await?).await
}

async fn read_text<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    let text = response.text().await.map_err(|_| ApiError::Offline)?;
    serde_json::from_str(&text).map_err(|_| ApiError::Offline)
}

/// Takes the answer that the page's first script began to ask for, so that it is used once.
fn first_response(path: &str) -> Option<Promise> {
    let first = Reflect::get(&web_sys::window()?.into(), &JsValue::from_str("__first")).ok()?;
    let key = JsValue::from_str(path);
    let promise = Reflect::get(&first, &key).ok()?.dyn_into::<Promise>().ok()?;
    Reflect::set(&first, &key, &JsValue::UNDEFINED).ok()?;
    Some(promise)
}

/// A text for a query of an address.
pub(crate) fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
