//! The console's files, inside the binary: compressed when it was built, cached for ever under their hashes.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::app::App;
use crate::failure::Failure;
use crate::secrets::hex;

#[derive(RustEmbed)]
#[folder = "../../dist"]
#[allow_missing = true]
struct Dist;

/// The one page of the console.
const PAGE: &str = "index.html";
/// What people see where there is no page.
const NOT_FOUND: &str = include_str!("not_found.html");
/// Encodings made when the console was built, the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
/// Addresses of the console, as `src/app.rs` has them. Everything else, the files apart, is not found.
pub const CONSOLE_PATHS: [&str; 21] = [
    "/",
    "/set-up",
    "/sign-in",
    "/invitation",
    "/accounts",
    "/accounts/invitations",
    "/accounts/services",
    "/accounts/new",
    "/accounts/tokens",
    "/accounts/{id}",
    "/groups",
    "/groups/{id}",
    "/objects",
    "/objects/{type}/{external_id}",
    "/roles",
    "/roles/new",
    "/roles/{id}",
    "/organization",
    "/settings",
    "/settings/new-accounts",
    "/profile",
];

/// Serves the page at every address of the console.
pub fn pages() -> Router<App> {
    CONSOLE_PATHS.iter().fold(Router::new(), |router, path| router.route(path, axum::routing::get(page)))
}

async fn page(headers: HeaderMap) -> Response {
    file(PAGE, &headers).unwrap_or_else(|| {
        (StatusCode::SERVICE_UNAVAILABLE, "The console is not built. Run: cargo xtask build\n").into_response()
    })
}

/// Serves a file of the console, or says that there is nothing: to people as a page, to programs as a problem.
pub async fn fallback(request: Request) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let name = request.uri().path().trim_start_matches('/');
    let found = if is_read && name != PAGE && is_file_name(name) { file(name, request.headers()) } else { None };
    let mut response = match found {
        Some(found) => return found,
        None if is_read && wants_page(name, request.headers()) => not_found_page(),
        None => Failure::NotFound.into_response(),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    response
}

/// Whether somebody looks with a browser, rather than a program that was given a wrong address.
fn wants_page(name: &str, headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !name.starts_with("api/") && accepts(accepted, "text/html")
}

/// A page without a script, in the looks of the console where that is built.
fn not_found_page() -> Response {
    let console = Dist::get(PAGE).map(|page| String::from_utf8_lossy(&page.data).into_owned()).unwrap_or_default();
    let is_look =
        |line: &&str| ["<link rel=\"stylesheet\"", "<link rel=\"icon\""].iter().any(|link| line.starts_with(link));
    let links: Vec<&str> = console.lines().filter(is_look).collect();
    let page = NOT_FOUND.replace("<!-- links -->", &links.join("\n"));
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, media_type(PAGE))], page).into_response()
}

/// Compressed copies are not addresses of their own, and nothing reaches out of the folder.
fn is_file_name(name: &str) -> bool {
    !name.contains("..") && !ENCODINGS.iter().any(|(_, ending)| name.ends_with(ending)) && !name.starts_with('.')
}

fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encoded = ENCODINGS
        .iter()
        .filter(|(encoding, _)| accepts(accepted, encoding))
        .find_map(|(encoding, ending)| Some((Dist::get(&format!("{name}{ending}"))?, Some(*encoding))));
    let (found, encoding) = encoded.or_else(|| Some((Dist::get(name).or_else(|| unpacked(name))?, None)))?;
    Some(answer(name, found, encoding, headers))
}

/// A file for the few who take it as it is alone: most lie in the binary compressed, and only so. Each is unpacked once,
/// however often it is asked for.
fn unpacked(name: &str) -> Option<EmbeddedFile> {
    static UNPACKED: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let packed = Dist::get(&format!("{name}.gz"))?;
    let mut known = UNPACKED.lock().unwrap_or_else(PoisonError::into_inner);
    let data = match known.get(name) {
        Some(data) => data.clone(),
        None => {
            let mut data = Vec::new();
            GzDecoder::new(&*packed.data).read_to_end(&mut data).ok()?;
            known.insert(name.to_owned(), data.clone());
            data
        }
    };
    Some(EmbeddedFile { data: data.into(), ..packed })
}

/// Whether `Accept` or `Accept-Encoding` names something without refusing it by `q=0`.
fn accepts(accepted: &str, wanted: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next() == Some(wanted) && !words.any(|word| word.replace(' ', "").trim_end_matches(['0', '.']) == "q=")
    })
}

fn answer(name: &str, found: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let coding = encoding.unwrap_or("identity");
    let tag = format!("\"{}-{coding}\"", &hex(&found.metadata.sha256_hash())[..32]);
    let is_hashed = name.starts_with("assets/");
    let cache = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        found.data.into_owned().into_response()
    };
    let own = response.headers_mut();
    own.insert(CACHE_CONTROL, HeaderValue::from_static(if name == PAGE { "no-cache, no-store" } else { cache }));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    own.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    if let Some(encoding) = encoding {
        own.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(value) = HeaderValue::from_str(&tag) {
        own.insert(ETAG, value);
    }
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_is_taken_where_it_is_named_and_not_refused() {
        let cases = [
            ("gzip, deflate, br", "br", true),
            ("br;q=0.5", "br", true),
            ("br;q=0", "br", false),
            ("br; q=0.0", "br", false),
            ("gzip", "br", false),
            ("", "gzip", false),
            ("brotli", "br", false),
        ];
        for (accepted, encoding, expected) in cases {
            assert_eq!(accepts(accepted, encoding), expected, "{accepted}");
        }
    }

    #[test]
    fn every_address_of_the_console_is_served() {
        let routes = include_str!("../../../../src/app.rs");
        let address = |path: &str| {
            let parts = path.trim_matches('/').split('/').map(|part| match part.strip_prefix(':') {
                Some(name) => format!("{{{name}}}"),
                None => part.to_owned(),
            });
            format!("/{}", parts.collect::<Vec<_>>().join("/"))
        };
        let named = routes.split("path!(\"").skip(1).filter_map(|rest| rest.split('"').next());
        let missing: Vec<String> = named.map(address).filter(|path| !CONSOLE_PATHS.contains(&path.as_str())).collect();
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn nothing_outside_of_the_folder_is_a_file() {
        for name in ["../Cargo.toml", "assets/../../x", "assets/app.js.br", ".hidden"] {
            assert!(!is_file_name(name), "{name}");
        }
    }
}
