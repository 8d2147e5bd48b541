//! The OpenAPI 3.1 document, made from the table of routes.

use std::collections::BTreeMap;

use axum::http::Method;
use domain::Problem;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItemBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr,
    Required, Schema, Type,
};
use utoipa::{PartialSchema, ToSchema};

use super::carried::Carried;
use super::cookies;
use super::route::{self, Needs, Route, TypeOf};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/openapi.json", Needs::Nobody, "This document", super::document::show)]
}

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let mut schemas = BTreeMap::from([(Problem::name().into_owned(), Problem::schema())]);
    let mut parts = Vec::new();
    Problem::schemas(&mut parts);
    schemas.extend(parts);
    let mut items: BTreeMap<&'static str, PathItemBuilder> = BTreeMap::new();
    for route in route::all() {
        let (path, method) = (route.path, method(&route.method));
        let operation = operation(route, &mut schemas);
        let item = items.remove(path).unwrap_or_default().operation(method, operation);
        items.insert(path, item);
    }
    let paths = items.into_iter().fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item.build()));
    let info = InfoBuilder::new()
        .title("Roster")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("User and access administration. Errors are problem details of RFC 9457."))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths.build())
        .components(Some(with_ways_in(ComponentsBuilder::new().schemas_from_iter(schemas)).build()))
        .build()
}

/// The name of the session's cookie as a way in.
const SESSION: &str = "session";
/// The name of an API token as a way in.
const TOKEN: &str = "token";

fn with_ways_in(components: ComponentsBuilder) -> ComponentsBuilder {
    let session = "Set by `POST session`. A change sends `Sec-Fetch-Site` or `Origin` beside it, as browsers do.";
    let session = ApiKeyValue::with_description(cookies::SESSION, session);
    let token = "An API token, of a person or of a service account.";
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(token)).build();
    components
        .security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)))
        .security_scheme(TOKEN, SecurityScheme::Http(token))
}

/// The ways in that a need takes, one of which is enough.
fn ways_in(needs: Needs) -> Vec<SecurityRequirement> {
    let names: &[&str] = match needs {
        Needs::Nobody => &[],
        Needs::Session => &[SESSION],
        Needs::SignedIn | Needs::Permission(_) | Needs::AnyOf(_) => &[SESSION, TOKEN],
    };
    names.iter().map(|name| SecurityRequirement::new(*name, std::iter::empty::<String>())).collect()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(route: Route, schemas: &mut BTreeMap<String, RefOr<Schema>>) -> OperationBuilder {
    let needs = match route.needs {
        Needs::Nobody => "Needs nobody to be signed in.".to_owned(),
        Needs::SignedIn => "Needs somebody to be signed in.".to_owned(),
        Needs::Session => "Needs a person to be signed in by a session; a token will not do.".to_owned(),
        Needs::Permission(permission) => format!("Needs the permission `{permission}`."),
        Needs::AnyOf(_) => format!("Needs, depending on what is asked for, {}.", route.needs),
    };
    let needs = route.also.map_or_else(|| needs.clone(), |also| format!("{needs} Beside that: {also}."));
    let mut operation = OperationBuilder::new()
        .summary(Some(route.summary))
        .description(Some(needs))
        .securities(Some(ways_in(route.needs)));
    for name in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(
            ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).build(),
        );
    }
    for parameter in route.query.into_iter().chain(route.headers.iter().map(|header| header.parameter())) {
        operation = operation.parameter(parameter);
    }
    if let Some(request) = route.request {
        let content = content(request, schemas);
        operation = operation.request_body(Some(
            RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build(),
        ));
    }
    let answer = ResponseBuilder::new().description("Done");
    let answer = match route.response {
        Some(response) => answer.content("application/json", content(response, schemas)),
        None => answer,
    };
    let answer =
        if route.has_tag { answer.header("ETag", header("The version, or a tag of the answer.")) } else { answer };
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let refused = ResponseBuilder::new()
        .description("Not done")
        .content("application/problem+json", problem)
        .header("Retry-After", header("Seconds to wait, with 429."));
    let is_versioned = route.headers.iter().any(|header| matches!(header, Carried::Version | Carried::VersionIfKnown));
    let refused = if is_versioned { refused.header("ETag", header("The present version, with 412.")) } else { refused };
    operation.response("2XX", answer.build()).response("default", refused.build())
}

fn header(description: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(Some(text)).description(Some(description)).build()
}

fn content(of: TypeOf, schemas: &mut BTreeMap<String, RefOr<Schema>>) -> utoipa::openapi::Content {
    schemas.extend(of.parts);
    let reference = Ref::from_schema_name(&of.name);
    schemas.insert(of.name, of.schema);
    ContentBuilder::new().schema(Some(reference)).build()
}
