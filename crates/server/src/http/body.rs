//! Bodies of requests: JSON only, of limited size, read into types that cannot be invalid.

use std::future::poll_fn;
use std::pin::Pin;

use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use domain::FieldError;
use hyper::body::Body as _;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::strict::Strict;
use crate::failure::Failure;

/// The media type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The longest body of a request, in octets.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// The longest body of a request that names up to 10,000 things by their ids, in octets.
pub const LARGE_BODY_BYTES_MAX: usize = 1024 * 1024;

/// How deeply arrays and objects of a body lie in each other, at the most: no request needs half of it.
pub const JSON_DEPTH_MAX: usize = 16;

/// The body, parsed. A wrong field is named with its position in a list.
pub struct Body<T>(pub T);

/// As `Body`, for the few requests that name many things.
pub struct LargeBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        read(request, BODY_BYTES_MAX).await.map(Self)
    }
}

/// A body that may be left out, together with its type.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Option<Self>, Failure> {
        if !request.headers().contains_key(CONTENT_TYPE) {
            return Ok(None);
        }
        read(request, BODY_BYTES_MAX).await.map(|body| Some(Self(body)))
    }
}

/// Large bodies that are parsed at once: others are served meanwhile.
static PARSERS: Semaphore = Semaphore::const_new(2);

impl<S: Send + Sync, T: DeserializeOwned + Send + 'static> FromRequest<S> for LargeBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let bytes = bytes(request, LARGE_BODY_BYTES_MAX).await?;
        if bytes.len() <= BODY_BYTES_MAX {
            return parse(&bytes).map(Self);
        }
        let internal = |error: &dyn std::fmt::Display| Failure::Internal(error.to_string());
        let parser = PARSERS.acquire().await.map_err(|error| internal(&error))?;
        let parsed = tokio::task::spawn_blocking(move || {
            let parsed = parse(&bytes);
            drop(parser);
            parsed
        });
        parsed.await.map_err(|error| internal(&error))?.map(Self)
    }
}

/// The body of a form, for the two routes whose standards ask for one (RFC 7009, RFC 7662).
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        if !is_of(&request, FORM) {
            return Err(Failure::NotOauthForm("Send application/x-www-form-urlencoded."));
        }
        let bytes = octets(request.into_body(), BODY_BYTES_MAX).await.map_err(|fault| match fault {
            BodyFault::TooLong => Failure::NotOauthForm("The form is longer than 64 KiB."),
            BodyFault::Broken => Failure::NotOauthForm("The form did not arrive whole."),
        })?;
        let form = serde_urlencoded::from_bytes(&bytes);
        // What is wrong is not repeated: a secret may stand in it.
        form.map(Self).map_err(|_| Failure::NotOauthForm("Send the token in the form field `token`, once."))
    }
}

fn is_of(request: &Request, expected: &str) -> bool {
    // Nothing that is sent is unpacked.
    let is_packed = |value: &HeaderValue| !value.as_bytes().eq_ignore_ascii_case(b"identity");
    if request.headers().get_all(CONTENT_ENCODING).iter().any(is_packed) {
        return false;
    }
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

async fn read<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T, Failure> {
    parse(&bytes(request, bytes_max).await?)
}

/// The octets of a body that says it is JSON.
async fn bytes(request: Request, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    if !is_of(&request, "application/json") {
        return Err(Failure::NotJson);
    }
    collect(request.into_body(), bytes_max).await
}

/// All of a body of limited size.
///
/// # Errors
/// `TooLarge`; `Malformed` when it does not arrive whole.
pub async fn collect(body: axum::body::Body, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    octets(body, bytes_max).await.map_err(|fault| match fault {
        BodyFault::TooLong => Failure::TooLarge,
        BodyFault::Broken => Failure::Malformed("The body did not arrive whole.".to_owned()),
    })
}

/// Why a body was not read.
enum BodyFault {
    TooLong,
    /// It does not keep to its encoding, or ends before its end.
    Broken,
}

/// All of a body, or as much of it as tells that it is too long.
async fn octets(mut body: axum::body::Body, bytes_max: usize) -> Result<Vec<u8>, BodyFault> {
    if body.size_hint().lower() > u64::try_from(bytes_max).unwrap_or(u64::MAX) {
        return Err(BodyFault::TooLong);
    }
    let mut read = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // What comes after the body is of no use here.
        let Ok(data) = frame.map_err(|_| BodyFault::Broken)?.into_data() else { continue };
        if read.len() + data.len() > bytes_max {
            return Err(BodyFault::TooLong);
        }
        read.extend_from_slice(&data);
    }
    Ok(read)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    if depth(bytes) > JSON_DEPTH_MAX {
        return Err(Failure::Malformed(format!("The body is nested more than {JSON_DEPTH_MAX} deep.")));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut reader)).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if cause.is_data() {
            Failure::Invalid(vec![field_error(&path, &cause)])
        } else {
            Failure::Malformed(format!("The body is not JSON: line {}, column {}.", cause.line(), cause.column()))
        }
    })?;
    reader.end().map_err(|_| Failure::Malformed("There is more after the JSON.".to_owned()))?;
    Ok(value)
}

/// How deeply the arrays and objects of a JSON text lie in each other; of another text, some number.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut is_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The field at fault of a path such as `groups[2]`, with the sentence of the type that refused it.
fn field_error(path: &str, cause: &serde_json::Error) -> FieldError {
    let text = cause.to_string();
    let message = without_value(text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message));
    let missing = ["missing field `", "unknown field `"]
        .iter()
        .find_map(|start| message.strip_prefix(start))
        .and_then(|rest| rest.split('`').next())
        .map(str::to_owned);
    let (field, index) = match path.split_once('[') {
        Some((field, rest)) => (field, rest.split(']').next().and_then(|index| index.parse().ok())),
        None if path == "." => (missing.as_deref().unwrap_or_default(), None),
        None => (path, None),
    };
    let code = if message.starts_with("missing field") {
        "required"
    } else if message.starts_with("unknown field") {
        "unknown_field"
    } else {
        "invalid"
    };
    FieldError { index, ..FieldError::new(field, code, message.clone()) }
}

/// The sentence of what was expected, without what was sent: a secret may stand in it.
fn without_value(message: &str) -> String {
    let repeats = ["invalid type: ", "invalid value: ", "unknown variant "];
    match message.rsplit_once(", expected ") {
        Some((first, expected)) if repeats.iter().any(|start| first.starts_with(start)) => {
            // What a type is called here is nobody's concern.
            let expected = if expected.starts_with("struct ") { "an object" } else { expected };
            format!("Expected {expected}.")
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::invitations::InviteRequest;
    use domain::setup::SetupRequest;

    use super::*;

    fn fault<T: DeserializeOwned>(text: &str) -> Option<(String, Option<usize>, String)> {
        match parse::<T>(text.as_bytes()) {
            Err(Failure::Invalid(errors)) => {
                errors.into_iter().next().map(|error| (error.field, error.index, error.code.into_owned()))
            }
            _ => None,
        }
    }

    #[test]
    fn wrong_field_is_named_with_its_position() {
        let cases = [
            (r#"{"emails": []}"#, "emails", None, "invalid"),
            (r#"{"emails": ["a@b.co", 1]}"#, "emails", Some(1), "invalid"),
            (r#"{"emails": ["a@b.co"], "groups": ["x"]}"#, "groups", Some(0), "invalid"),
            (r#"{"level": "admin"}"#, "emails", None, "required"),
            (r#"{"emails": ["a@b.co"], "levle": 1}"#, "levle", None, "unknown_field"),
        ];
        for (text, field, index, code) in cases {
            assert_eq!(fault::<InviteRequest>(text), Some((field.to_owned(), index, code.to_owned())), "{text}");
        }
        let setup = r#"{"setup_token":"x","organization":" ","profile":"default","email":"a@b.co","display_name":"A","password":"p"}"#;
        assert_eq!(fault::<SetupRequest>(setup), Some(("organization".to_owned(), None, "invalid".to_owned())));
    }

    #[test]
    fn what_was_sent_is_not_repeated() {
        let secret = domain::secret::Secret::new(domain::secret::SecretKind::ServiceToken, [7; 32]);
        let secret = secret.reveal();
        let message = |failure: Failure| match failure {
            Failure::Invalid(errors) => errors.into_iter().map(|error| error.message.to_string()).collect(),
            _ => String::new(),
        };
        let texts = [
            format!("\"{secret}\""),
            format!("\"{secret}, expected x\""),
            format!("{{\"secret\":[\"{secret}\"]}}"),
            format!("{{\"secret\":\"x\",\"filter\":\"{secret}\"}}"),
        ];
        for text in texts {
            let refused = parse::<domain::tokens::TokenLookup>(text.as_bytes()).map(|_| ()).map_err(message);
            assert!(refused.as_ref().is_err_and(|words| !words.is_empty() && !words.contains(secret)), "{refused:?}");
            let refused = parse::<Option<domain::accounts::AccountKind>>(text.as_bytes()).map(|_| ()).map_err(message);
            assert!(refused.as_ref().is_err_and(|words| !words.contains(secret)), "{refused:?}");
        }
    }

    #[test]
    fn array_is_no_object_wherever_it_stands() {
        let sign_in = r#"["owner@example.com","a long enough password"]"#;
        assert_eq!(fault::<domain::session::SignInRequest>(sign_in), Some((String::new(), None, "invalid".to_owned())));
        let bulk = |action: &str| {
            let text = format!(r#"{{"ids":["01a201dc-78d3-7333-844c-520898157319"],"action":{action}}}"#);
            fault::<domain::bulk::BulkRequest>(&text)
        };
        assert_eq!(bulk(r#"{"type":"add_role","role":"alerts"}"#), None);
        let faulty = |field: &str| Some((field.to_owned(), None, "invalid".to_owned()));
        assert_eq!(bulk(r#"["add_role","alerts"]"#), faulty("action"));
        assert_eq!(bulk(r#"{"type":{"deactivate":null}}"#), faulty("action.type"));
        let question = r#"{"permission":"alerts","object":["dashboard","sales"]}"#;
        assert_eq!(fault::<domain::check::CheckBody>(question), faulty("object"));
    }

    #[test]
    fn depth_has_a_limit_and_texts_have_none() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let is_read = |text: &str| parse::<serde_json::Value>(text.as_bytes()).is_ok();
        assert!(is_read(&nested(JSON_DEPTH_MAX)) && !is_read(&nested(JSON_DEPTH_MAX + 1)));
        assert!(is_read(&format!("[{}]", vec!["{\"a\":[]}"; 100].join(","))), "beside each other is not in each other");
        let text = serde_json::json!(format!("\\\"{}", "[{".repeat(JSON_DEPTH_MAX))).to_string();
        assert!(is_read(&text), "{text}");
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in ["", "{", "{}x", "nonsense", &"[".repeat(10_000)] {
            assert!(matches!(parse::<serde_json::Value>(text.as_bytes()), Err(Failure::Malformed(_))), "{text:.20}");
        }
    }
}
