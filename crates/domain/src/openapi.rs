//! How the types that write themselves appear in the OpenAPI document.

use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::id::Id;
use crate::time::Timestamp;

fn text(format: SchemaFormat) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build().into()
}

impl<T> PartialSchema for Id<T> {
    fn schema() -> RefOr<Schema> {
        text(SchemaFormat::Custom("uuid".to_owned()))
    }
}

impl<T> ToSchema for Id<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        text(SchemaFormat::KnownFormat(KnownFormat::DateTime))
    }
}

impl ToSchema for Timestamp {}
