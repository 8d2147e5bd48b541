//! The version a change saw, in `If-Match` (RFC 9110, 13.1.1).

use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;

use crate::failure::{Failure, Outcome};

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
