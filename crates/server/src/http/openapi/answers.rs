//! Answers that refuse: which problems a route can give, and how the document shares their descriptions.

use std::collections::BTreeMap;

use axum::http::Method;
use domain::{Code, Problem};
use utoipa::ToSchema;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{AllOfBuilder, ContentBuilder, ObjectBuilder, Ref, Response, Type};

use super::Shared;
use crate::http::body::FORM;
use crate::http::carried::Carried;
use crate::http::route::{Given, Needs, Route};

/// The problems of a route: what each has, what its line implies, and what its handler gives beside that.
pub(super) fn problems(route: &Route) -> Vec<Code> {
    let mut codes = vec![Code::Malformed, Code::Internal, Code::Unavailable];
    codes.extend(of_needs(route));
    if route.path.contains('{') {
        codes.push(Code::NotFound);
    }
    if let Some(taken) = &route.request {
        // Whatever is wrong with a form, it is malformed, as its standard has it.
        let of_json: &[Code] = &[Code::TooLarge, Code::NotJson, Code::Invalid];
        codes.push(Code::Timeout);
        codes.extend(if taken.media_type == FORM { &[] } else { of_json });
    }
    if !route.query.is_empty() {
        codes.push(Code::Invalid);
    }
    codes.extend(route.headers.iter().copied().flat_map(of_header).copied());
    codes.extend(&route.refusals);
    if codes.contains(&Code::ConfirmationRequired) {
        // Of a person's token, which proves no password.
        codes.push(Code::SessionRequired);
    }
    codes
}

fn of_needs(route: &Route) -> Vec<Code> {
    let mut codes = match route.needs {
        Needs::Nobody => Vec::new(),
        Needs::SignedIn => vec![Code::NotSignedIn, Code::InvalidToken, Code::TooMany],
        Needs::Session => vec![Code::NotSignedIn, Code::InvalidToken, Code::TooMany, Code::SessionRequired],
        Needs::Permission(_) | Needs::AnyOf(_) => {
            vec![Code::NotSignedIn, Code::InvalidToken, Code::TooMany, Code::Forbidden, Code::OutOfScope]
        }
    };
    if route.method != Method::GET {
        codes.push(Code::CrossSite);
    }
    codes
}

const fn of_header(header: Carried) -> &'static [Code] {
    match header {
        Carried::Version => &[Code::VersionRequired, Code::Stale],
        Carried::VersionIfKnown | Carried::Basis => &[Code::Stale],
        // The body is part of what the key stands for, also where the route itself takes none.
        Carried::IdempotencyKey => &[Code::Invalid, Code::IdempotencyKeyReused, Code::TooLarge, Code::Timeout],
        Carried::IdempotencyKeyOfSecret => {
            &[Code::Invalid, Code::IdempotencyKeyReused, Code::AlreadyDone, Code::TooLarge, Code::Timeout]
        }
        Carried::Tag => &[],
    }
}

/// References to the answers that refuse, by status; what they lead to is put among the shared ones.
pub(super) fn refusals(route: &Route, shared: &mut Shared) -> Vec<(String, Ref)> {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in problems(route) {
        let codes = by_status.entry(code.status()).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let refer = |(status, codes): (u16, Vec<Code>)| {
        let mut words: Vec<String> = codes.into_iter().map(word).collect();
        words.sort();
        let also = also_as(route, status);
        let suffix = also.map(|media_type| [".", &media_type.replace('/', "-")].concat()).unwrap_or_default();
        let name = format!("{status}.{}{suffix}", words.join("."));
        shared.responses.entry(name.clone()).or_insert_with(|| refusal(status, &words, also));
        (status.to_string(), Ref::from_response_name(name))
    };
    by_status.into_iter().map(refer).collect()
}

/// The other media type that a route refuses with: its handler's own for one that is asked by machines, and for a form the one
/// that RFC 6749 has for errors.
fn also_as(route: &Route, status: u16) -> Option<&'static str> {
    let is_form = route.request.as_ref().is_some_and(|taken| taken.media_type == FORM);
    if is_form && status == Code::Malformed.status() {
        return Some("application/json");
    }
    let is_text = matches!(route.response, Given::TextAlways) && status == Code::Unavailable.status();
    is_text.then_some("text/plain")
}

/// The code as it is written.
fn word(code: Code) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn refusal(status: u16, words: &[String], also: Option<&str>) -> Response {
    let codes = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().map(String::as_str)));
    let narrowed = AllOfBuilder::new()
        .item(Ref::from_schema_name(Problem::name()))
        .item(ObjectBuilder::new().schema_type(Type::Object).property("code", codes));
    let problem = ContentBuilder::new().schema(Some(narrowed)).build();
    let mut answer = ResponseBuilder::new().description(format!("Not done: `{}`", words.join("`, `")));
    answer = match also {
        Some("text/plain") => {
            let text = ObjectBuilder::new().schema_type(Type::String);
            answer.content("text/plain", ContentBuilder::new().schema(Some(text)).build())
        }
        Some(media_type) => answer.content(media_type, problem.clone()),
        None => answer,
    };
    answer = answer.content("application/problem+json", problem);
    for (name, description) in headers(status) {
        answer = answer.header(*name, header(description));
    }
    answer.build()
}

/// The headers of the answers of a status.
const fn headers(status: u16) -> &'static [(&'static str, &'static str)] {
    match status {
        401 => &[("WWW-Authenticate", "What is wrong with the token (RFC 6750, section 3).")],
        403 => &[("WWW-Authenticate", "With `out_of_scope`: the scope that is missing (RFC 6750, section 3).")],
        412 => &[("ETag", "The present version, where the answer carries what is there now.")],
        429 => &[("Retry-After", "Seconds to wait.")],
        _ => &[],
    }
}

/// A header of an answer.
pub(super) fn header(description: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(Some(text)).description(Some(description)).build()
}
