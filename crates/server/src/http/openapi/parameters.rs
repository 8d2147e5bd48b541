//! Parameters of addresses: what stands between the slashes, named alike wherever it stands.

use domain::EmailAddress;
use domain::openapi::{AnyId, ExternalId, Key};
use utoipa::PartialSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{RefOr, Required, Schema};

/// The parameters in the address of a route.
pub(super) fn of(path: &str) -> impl Iterator<Item = Parameter> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(parameter)
}

fn parameter(name: &str) -> Parameter {
    let (schema, description) = kind(name);
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

/// What a part of an address may be. Another text is nothing that exists: it is answered with 404.
fn kind(name: &str) -> (RefOr<Schema>, &'static str) {
    match name {
        "email" => (EmailAddress::schema(), "The person's e-mail address."),
        "type" => (Key::schema(), "Key of one of the object types."),
        "external_id" => (ExternalId::schema(), "The id that the product gives the object."),
        "account" => (AnyId::schema(), "Id of an account."),
        _ => (AnyId::schema(), "Its id."),
    }
}
