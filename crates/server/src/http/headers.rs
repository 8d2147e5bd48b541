//! What every answer carries: the security headers, the request's id, and problems as JSON.

use axum::extract::Request;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, TRANSFER_ENCODING,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::app::App;
use crate::failure::Failure;
use crate::http::events::Source;
use crate::http::respond::{ProblemBody, json_response};
use crate::http::unread::Unread;
use crate::http::{guard, host};
use crate::{random, secrets};

/// Nothing is loaded but the console's own files; no script, style or frame of others, no script in the page itself.
pub const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

const FIXED: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// The id of a request, for its problem, its audit rows and the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The outermost layer: gives the request its id, and each answer what all answers carry.
pub async fn around(app: App, mut request: Request, next: Next) -> Response {
    let id = random::bytes::<12>().map(|bytes| secrets::hex(&bytes)).unwrap_or_default();
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", id, method = %request.method());
    let mut response = match refused_unread(&request) {
        Some(failure) => {
            let response = failure.into_response();
            let source = Source { ip: guard::client_address(&app, &request), account: None };
            span.in_scope(|| app.events.note(&response, &source, ("", "none"), app.clock.now()));
            response
        }
        None => next.run(request).instrument(span).await,
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && response.extensions().get::<ProblemBody>().is_none() {
        let allowed = response.headers_mut().remove(ALLOW);
        response = Failure::MethodNotAllowed.into_response();
        response.headers_mut().extend(allowed.map(|allowed| (ALLOW, allowed)));
    }
    if let Some(ProblemBody(mut problem)) = response.extensions_mut().remove::<ProblemBody>() {
        problem.request_id.clone_from(&id);
        // RFC 6749 knows no other type of an error.
        let media_type = if problem.error.is_some() { "application/json" } else { "application/problem+json" };
        let body = json_response(serde_json::to_vec(&problem).unwrap_or_default(), media_type);
        let (parts, body) = body.into_parts();
        *response.body_mut() = body;
        response.headers_mut().extend(parts.headers);
    }
    let is_https = app.public_url.starts_with("https://");
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", value);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Why a request is answered before anybody looks at what it asks for.
fn refused_unread(request: &Request) -> Option<Failure> {
    let unread = request.extensions().get::<Unread>().map(|unread| unread.failure());
    let fault = || host::fault(request).or_else(|| transfer_fault(request));
    unread.or_else(|| fault().map(|fault| Failure::Malformed(fault.to_owned())))
}

/// hyper reads the chunks of a body that was also packed on its way, and leaves it packed (RFC 9112, section 6.1).
fn transfer_fault(request: &Request) -> Option<&'static str> {
    let mut codings = request.headers().get_all(TRANSFER_ENCODING).iter();
    let (first, second) = (codings.next(), codings.next());
    let is_chunked = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
    let is_plain = first.is_none_or(is_chunked) && second.is_none();
    (!is_plain).then_some("The only transfer coding that is taken is `chunked`, once.")
}
