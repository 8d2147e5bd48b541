//! One route as an operation of the document.

use axum::http::{Method, StatusCode};
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Required, Response, Type};

use super::answers::{header, refusals};
use super::{SESSION, Shared, TOKEN, parameters};
use crate::http::carried::Carried;
use crate::http::route::{Given, Needs, Route};

pub(super) fn of(mut route: Route, shared: &mut Shared) -> Operation {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(id(&route)))
        .summary(Some(route.summary))
        .description(Some(needs(&route)))
        .securities(Some(ways_in(route.needs)));
    let headers = route.headers.iter().map(|header| header.parameter());
    for parameter in parameters::of(route.path).chain(route.query.iter().cloned()).chain(headers) {
        operation = operation.parameter(parameter);
    }
    for (status, refusal) in refusals(&route, shared) {
        operation = operation.response(status, refusal);
    }
    if let Some(taken) = route.request.take() {
        let is_required = if taken.is_required { Required::True } else { Required::False };
        let body = RequestBodyBuilder::new().content(taken.media_type, shared.body(taken.of));
        operation = operation.request_body(Some(body.required(Some(is_required)).build()));
    }
    for (status, answer) in successes(route, shared) {
        operation = operation.response(status.to_string(), answer);
    }
    operation.build()
}

/// The method and the address as a name, for the code that is generated from the document.
fn id(route: &Route) -> String {
    let path = route.path.strip_prefix("/api/v1").unwrap_or(route.path);
    let parts = path.split(['/', '-', '.', '{', '}']).filter(|part| !part.is_empty());
    parts.fold(route.method.as_str().to_lowercase(), |id, part| format!("{id}_{part}"))
}

fn needs(route: &Route) -> String {
    let needs = match route.needs {
        Needs::Nobody => "Needs nobody to be signed in.".to_owned(),
        Needs::SignedIn => "Needs somebody to be signed in.".to_owned(),
        Needs::Session => "Needs a person to be signed in by a session; a token will not do.".to_owned(),
        Needs::Permission(permission) => format!("Needs the permission `{permission}`."),
        Needs::AnyOf(_) => format!("Needs, depending on what is asked for, {}.", route.needs),
    };
    route.also.map_or_else(|| needs.clone(), |also| format!("{needs} Beside that: {also}."))
}

/// The ways to authenticate that a need accepts; any one is enough.
fn ways_in(needs: Needs) -> Vec<SecurityRequirement> {
    let names: &[&str] = match needs {
        Needs::Nobody => &[],
        Needs::Session => &[SESSION],
        Needs::SignedIn | Needs::Permission(_) | Needs::AnyOf(_) => &[SESSION, TOKEN],
    };
    names.iter().map(|name| SecurityRequirement::new(*name, std::iter::empty::<String>())).collect()
}

/// The answers to what was done, by status.
fn successes(route: Route, shared: &mut Shared) -> Vec<(u16, Response)> {
    let (default, content) = match route.response {
        Given::Nothing => (StatusCode::NO_CONTENT, None),
        Given::Json(of) => (StatusCode::OK, Some(("application/json", shared.body(*of)))),
        Given::Text | Given::TextAlways => {
            let text = ObjectBuilder::new().schema_type(Type::String);
            (StatusCode::OK, Some(("text/plain", ContentBuilder::new().schema(Some(text)).build())))
        }
    };
    let default = [default.as_u16()];
    let statuses = if route.successes.is_empty() { &default } else { route.successes };
    let tag = || header("The version, or a tag of the answer.");
    let done = |status: u16| {
        let mut answer = ResponseBuilder::new().description(words(status));
        if let Some((media_type, content)) = &content {
            answer = answer.content(*media_type, content.clone());
        }
        if route.headers.contains(&Carried::IdempotencyKey) {
            answer = answer.header("Idempotency-Replayed", header("`true` where the first answer is given again."));
        }
        for (name, description) in route.sends {
            answer = answer.header(*name, header(description));
        }
        (status, if route.has_tag { answer.header("ETag", tag()) } else { answer }.build())
    };
    let mut answers: Vec<_> = statuses.iter().copied().map(done).collect();
    if route.method == Method::GET && route.headers.contains(&Carried::Tag) {
        let same = ResponseBuilder::new().description("The answer at hand is the present one").header("ETag", tag());
        answers.push((StatusCode::NOT_MODIFIED.as_u16(), same.build()));
    }
    answers
}

const fn words(status: u16) -> &'static str {
    match status {
        201 => "Made",
        202 => "Taken",
        _ => "Done",
    }
}
