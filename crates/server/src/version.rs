//! Versions: the one a change saw, in `If-Match`, and the present one as the `ETag` of an answer (RFC 9110, 8.8.3, 13.1.1);
//! and the rights that a change's preview was built on.

use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::accounts::Account;
use domain::groups::Group;
use domain::me::Me;
use domain::objects::ObjectAccess;
use domain::organization::Organization;
use domain::previews::BASIS_HEADER;
use domain::roles::Role;
use domain::tokens::Token;
use serde::Serialize;

use crate::failure::{Failure, Outcome};
use crate::http::respond::Json;

/// The version of the header: a number, in quotes as an entity tag or plain.
///
/// # Errors
/// `VersionRequired` when it is missing, `Malformed` when it is no version.
pub fn required(headers: &HeaderMap) -> Outcome<i64> {
    let text = headers.get(IF_MATCH).ok_or(Failure::VersionRequired)?.to_str().unwrap_or_default();
    text.trim()
        .trim_matches('"')
        .parse()
        .map_err(|_| Failure::Malformed("If-Match holds the version seen, such as \"3\".".to_owned()))
}

/// What a change can be too late for.
pub trait HasVersion {
    fn version(&self) -> i64;
}

impl HasVersion for Account {
    fn version(&self) -> i64 {
        self.version
    }
}

impl HasVersion for Me {
    fn version(&self) -> i64 {
        self.account.version
    }
}

impl HasVersion for Role {
    fn version(&self) -> i64 {
        self.version
    }
}

impl HasVersion for Group {
    fn version(&self) -> i64 {
        self.version
    }
}

impl HasVersion for Token {
    fn version(&self) -> i64 {
        self.version
    }
}

impl HasVersion for ObjectAccess {
    fn version(&self) -> i64 {
        self.object.version
    }
}

impl HasVersion for Organization {
    fn version(&self) -> i64 {
        self.version
    }
}

/// An answer in JSON whose `ETag` is its version.
pub struct Versioned<T>(pub T);

impl<T: Serialize + HasVersion> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let version = self.0.version();
        let mut response = Json(self.0).into_response();
        tag(&mut response, version);
        response
    }
}

/// Writes a version as an answer's `ETag`.
pub fn tag(response: &mut Response, version: i64) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, value);
    }
}

/// The rights revision of the preview that led to a change, for `organization::store::lock_rights`; none when the
/// change was not previewed.
///
/// # Errors
/// `Malformed` when it is no revision.
pub fn basis(headers: &HeaderMap) -> Outcome<Option<i64>> {
    let Some(value) = headers.get(BASIS_HEADER) else { return Ok(None) };
    let number = value.to_str().unwrap_or_default().trim().parse();
    number
        .map(Some)
        .map_err(|_| Failure::Malformed("Roster-Basis holds what the preview gave as its basis.".to_owned()))
}
