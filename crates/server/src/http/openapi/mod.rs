//! The OpenAPI 3.1 document, made from the table of routes.

mod answers;
mod operation;
mod parameters;

use std::collections::BTreeMap;

use axum::http::Method;
use domain::Problem;
use utoipa::openapi::path::{HttpMethod, PathItemBuilder};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathsBuilder,
    Ref, RefOr, Schema, Type,
};
use utoipa::{PartialSchema, ToSchema};

use super::carried::Carried;
use super::cookies;
use super::route::{self, Needs, Route, TypeOf};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/openapi.json", Needs::Nobody, "This document", super::document::show)
            .reads(Carried::Tag)
            .gives::<Document>(),
    ]
}

/// The document as an answer: its form is OpenAPI's own.
struct Document;

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).description(Some("A document of OpenAPI 3.1.")).build().into()
    }
}

impl ToSchema for Document {}

/// What the operations share: types by their names, and answers that refuse.
#[derive(Default)]
struct Shared {
    schemas: BTreeMap<String, RefOr<Schema>>,
    responses: BTreeMap<String, utoipa::openapi::Response>,
}

impl Shared {
    /// Takes a type with all that it is made of; a body of it.
    fn body(&mut self, of: TypeOf) -> utoipa::openapi::Content {
        self.schemas.extend(of.parts);
        let reference = Ref::from_schema_name(&of.name);
        self.schemas.insert(of.name, of.schema);
        ContentBuilder::new().schema(Some(reference)).build()
    }

    fn components(self) -> Components {
        let components = ComponentsBuilder::new().schemas_from_iter(self.schemas);
        let responses = self.responses.into_iter();
        let components = responses.fold(components, |components, (name, answer)| components.response(name, answer));
        with_ways_in(components).build()
    }
}

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let mut shared = Shared::default();
    shared.body(TypeOf::new::<Problem>());
    let mut items: BTreeMap<&'static str, PathItemBuilder> = BTreeMap::new();
    for route in route::all() {
        let (path, method) = (route.path, method(&route.method));
        let operation = operation::of(route, &mut shared);
        let item = items.remove(path).unwrap_or_default().operation(method, operation);
        items.insert(path, item);
    }
    let paths = items.into_iter().fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item.build()));
    let info = InfoBuilder::new()
        .title("Roster")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("User and access administration. Errors are problem details of RFC 9457."))
        .build();
    OpenApiBuilder::new().info(info).paths(paths.build()).components(Some(shared.components())).build()
}

/// The name of the session's cookie as a way in.
const SESSION: &str = "session";
/// The name of an API token as a way in.
const TOKEN: &str = "token";

fn with_ways_in(components: ComponentsBuilder) -> ComponentsBuilder {
    let session = "Set by `POST session`. A change sends `Sec-Fetch-Site` or `Origin` beside it, as browsers do.";
    let session = ApiKeyValue::with_description(cookies::SESSION, session);
    let token = "An API token, of a person or of a service account. With `Roster-On-Behalf-Of`, a token that may act on behalf of people names one of them.";
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(token)).build();
    components
        .security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)))
        .security_scheme(TOKEN, SecurityScheme::Http(token))
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
