//! Queries of addresses, read into types; another parameter than those named is refused.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// The query, parsed.
pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Failure::Malformed("No text holds the character NUL.".to_owned()));
        }
        let query = Query::try_from_uri(&parts.uri).map_err(|error| Failure::Malformed(error.body_text()))?;
        Ok(Self(query.0))
    }
}
