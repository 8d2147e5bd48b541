//! The version a change saw, in `If-Match` (RFC 9110, 13.1.1), and the rights that its preview was built on.

use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use domain::previews::BASIS_HEADER;

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
