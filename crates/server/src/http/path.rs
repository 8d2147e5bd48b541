//! Parts of addresses, read into types; what cannot be read is a problem like any other.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// The parts of a request's address that its route names.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        // What stands in the address is not repeated.
        read.map(|axum::extract::Path(read)| Self(read))
            .map_err(|_| Failure::Malformed("The address is not percent-encoded UTF-8.".to_owned()))
    }
}
