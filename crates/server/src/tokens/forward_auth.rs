//! `GET forward-auth`: a proxy before a product asks who a request comes from, and passes the answer on in headers.

use axum::http::StatusCode;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::openapi::Key;
use domain::permissions::{KEY_CHARS_MAX, is_key};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::query::Parameters;

/// The headers of the answer, for the document.
pub(super) const HEADERS: &[(&str, &str)] = &[
    ("X-Roster-Account", "Handle of the account: an e-mail address, or `sa::` and a name."),
    ("X-Roster-Account-Id", "Id of the account."),
    ("X-Roster-Account-Kind", "`user` or `service`."),
    ("X-Roster-Organization-Id", "Id of its organization."),
    ("X-Roster-Permissions", "Keys of everything it may do, with commas between them."),
    ("X-Roster-On-Behalf-Of", "Handle of the person it acts for."),
    ("X-Roster-On-Behalf-Of-Id", "Id of that person's account."),
];

/// What the proxy asks beside who it is.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Key of a permission without which the request is refused with 403.
    #[param(inline, value_type = Option<Key>)]
    permission: Option<String>,
}

/// The answer has no body: what the product needs is in its headers.
pub(super) async fn forward_auth(caller: Caller, Parameters(asked): Parameters<Asked>) -> Outcome<Response> {
    if let Some(key) = &asked.permission {
        if !is_key(key) || key.len() > KEY_CHARS_MAX {
            return Err(Failure::field("permission", "invalid", "Name a permission by its key."));
        }
        if !caller.effective.holds_key(key) {
            return Err(Failure::Lacks(key.clone()));
        }
        caller.uses.add(key.clone());
    }
    let mut response = StatusCode::OK.into_response();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(&plain(value)) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    };
    put("x-roster-account", &caller.handle);
    put("x-roster-account-id", &caller.account_id.to_string());
    put("x-roster-account-kind", caller.kind.as_str());
    put("x-roster-organization-id", &caller.organization.id.to_string());
    put("x-roster-permissions", &caller.effective.keys().collect::<Vec<_>>().join(","));
    if let Some(person) = &caller.on_behalf {
        put("x-roster-on-behalf-of", &person.handle);
        put("x-roster-on-behalf-of-id", &person.account.to_string());
    }
    Ok(response)
}

/// A text as it may stand in a header: what is not ASCII is percent-encoded in UTF-8, as in an address (RFC 3986, 2.1).
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            0x21..=0x24 | 0x26..=0x7e => plain.push(char::from(byte)),
            other => plain.push_str(&format!("%{other:02X}")),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn header_values_are_plain_and_read_back() {
        assert_eq!(plain("sa::ci"), "sa::ci");
        assert_eq!(plain("ana@example.com"), "ana@example.com");
        assert_eq!(plain("a b%\n"), "a%20b%25%0A");
        assert_eq!(plain("ü@x"), "%C3%BC@x");
    }
}
