//! Headers that the API gives a meaning to, for the document: what a request carries beside its address and body.

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use domain::previews::BASIS_HEADER;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use crate::idempotency::{self, KEY_BYTES_MAX};

/// A header that a route reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// The version that a change saw; without it, 428.
    Version,
    /// As `Version`, where the change may also be made without.
    VersionIfKnown,
    /// The rights that the change's preview was built on.
    Basis,
    /// What the same request sent again is known by.
    IdempotencyKey,
    /// As `IdempotencyKey`, where the answer holds a secret that is shown once.
    IdempotencyKeyOfSecret,
    /// The tag of the answer that the client has.
    Tag,
}

impl Carried {
    fn name(self) -> &'static str {
        match self {
            Self::Version | Self::VersionIfKnown => IF_MATCH.as_str(),
            Self::Basis => BASIS_HEADER,
            Self::IdempotencyKey | Self::IdempotencyKeyOfSecret => idempotency::HEADER,
            Self::Tag => IF_NONE_MATCH.as_str(),
        }
    }

    fn description(self) -> String {
        match self {
            Self::Version => {
                "The version seen, such as \"3\". Without it 428; if it is not the present one, 412.".to_owned()
            }
            Self::VersionIfKnown => "The version seen, such as \"3\". If it is not the present one, 412.".to_owned(),
            Self::Basis => "The `basis` of the preview. If rights have changed since, 412.".to_owned(),
            Self::IdempotencyKey => format!(
                "1 to {KEY_BYTES_MAX} visible characters. The same request with the same key is carried out once, and gets the first answer again for a day. With another request, 422."
            ),
            Self::IdempotencyKeyOfSecret => format!(
                "1 to {KEY_BYTES_MAX} visible characters. The same request with the same key is carried out once; for a day the next one gets 409, for a secret is shown once. With another request, 422."
            ),
            Self::Tag => "The ETag of the answer at hand. If there is nothing new, 304.".to_owned(),
        }
    }

    /// Whether it is an `Idempotency-Key`.
    #[must_use]
    pub const fn is_key(self) -> bool {
        matches!(self, Self::IdempotencyKey | Self::IdempotencyKeyOfSecret)
    }

    fn schema(self) -> ObjectBuilder {
        let text = ObjectBuilder::new().schema_type(Type::String);
        match self {
            Self::Version | Self::VersionIfKnown => text.pattern(Some("^\"?[0-9]{1,18}\"?$")),
            Self::Basis => text.pattern(Some("^[0-9]{1,18}$")),
            Self::IdempotencyKey | Self::IdempotencyKeyOfSecret => {
                text.pattern(Some("^[ -~]+$")).min_length(Some(1)).max_length(Some(KEY_BYTES_MAX))
            }
            Self::Tag => text,
        }
    }

    /// As the document describes it.
    #[must_use]
    pub fn parameter(self) -> Parameter {
        let is_required = if self == Self::Version { Required::True } else { Required::False };
        ParameterBuilder::new()
            .name(self.name())
            .parameter_in(ParameterIn::Header)
            .required(is_required)
            .description(Some(self.description()))
            .schema(Some(self.schema()))
            .build()
    }
}
