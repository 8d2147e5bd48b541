//! Cookies: the session's, the known device's, and a hint without a secret.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use domain::session::SessionLimits;
use domain::time::{DAY_MS, SECOND_MS};

/// 256 random bits that stand for a session.
pub const SESSION: &str = "__Host-session";
/// Marks a device on which somebody has signed in before, so that strangers cannot lock them out there.
pub const DEVICE: &str = "__Host-device";
/// Tells the console's first script that somebody is signed in, so that it may begin to ask at once. No secret.
pub const HINT: &str = "__Host-signed_in";

/// How long a device is known, in seconds.
const DEVICE_S: i64 = 365 * DAY_MS / SECOND_MS;

/// The value of a cookie; none when there are several of the name, for one of them is then not ours.
#[must_use]
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let mut found =
        pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(key, _)| *key == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

fn header(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()
}

/// The cookies of somebody who signed in.
#[must_use]
pub fn signed_in(session: &str, device: &str, limits: SessionLimits) -> Vec<HeaderValue> {
    let age_s = limits.absolute_ms / SECOND_MS;
    [
        format!("{SESSION}={session}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={age_s}"),
        format!("{DEVICE}={device}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={DEVICE_S}"),
        format!("{HINT}=1; Path=/; Secure; SameSite=Strict; Max-Age={age_s}"),
    ]
    .iter()
    .filter_map(|text| header(text))
    .collect()
}

/// Removes the session's cookies; the device stays known.
#[must_use]
pub fn signed_out() -> Vec<HeaderValue> {
    [
        format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"),
        format!("{HINT}=; Path=/; Secure; SameSite=Strict; Max-Age=0"),
    ]
    .iter()
    .filter_map(|text| header(text))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_given_twice_is_not_believed() {
        let headers = |text: &'static str| HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(text))]);
        assert_eq!(get(&headers("a=1; __Host-session=x"), SESSION), Some("x"));
        assert_eq!(get(&headers("__Host-session=x; __Host-session=y"), SESSION), None);
        assert_eq!(get(&headers("a=1"), SESSION), None);
    }
}
