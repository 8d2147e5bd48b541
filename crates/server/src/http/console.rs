//! The console's files, inside the binary: compressed when it was built, cached for ever under their hashes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
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

/// A file as it is sent: its octets are shared by all who read it, however slowly.
struct Shared {
    bytes: Bytes,
    /// Of the file that it was made from.
    hash: [u8; 32],
}

impl Shared {
    fn of(name: &str, file: EmbeddedFile) -> Self {
        let hash = file.metadata.sha256_hash();
        let bytes = match file.data {
            Cow::Borrowed(data) => Bytes::from_static(data),
            // Read from the disk, as a debug build does.
            Cow::Owned(data) => shared(name, hash, || Some(data.into())).unwrap_or_default(),
        };
        Self { bytes, hash }
    }
}

/// The octets made of a file before, or those that are made of it now: once, as long as the file is the same.
fn shared(name: &str, hash: [u8; 32], make: impl FnOnce() -> Option<Bytes>) -> Option<Bytes> {
    static KNOWN: Mutex<BTreeMap<String, ([u8; 32], Bytes)>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    match known.get(name).filter(|(of, _)| *of == hash) {
        Some((_, bytes)) => Some(bytes.clone()),
        None => {
            let bytes = make()?;
            known.insert(name.to_owned(), (hash, bytes.clone()));
            Some(bytes)
        }
    }
}

fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    let encoded = ENCODINGS.iter().filter(|(encoding, _)| accepts_encoding(headers, encoding));
    let encoded = encoded.map(|(encoding, ending)| (format!("{name}{ending}"), *encoding));
    let found = encoded
        .into_iter()
        .find_map(|(name, encoding)| Dist::get(&name).map(|found| (Shared::of(&name, found), Some(encoding))));
    let plain = || Dist::get(name).map(|found| Shared::of(name, found)).or_else(|| unpacked(name));
    let (found, encoding) = found.or_else(|| Some((plain()?, None)))?;
    Some(answer(name, found, encoding, headers))
}

/// A file for the few who take it as it is alone: most lie in the binary compressed, and only so. Each is unpacked once,
/// however often it is asked for.
fn unpacked(name: &str) -> Option<Shared> {
    let packed = Dist::get(&format!("{name}.gz"))?;
    let hash = packed.metadata.sha256_hash();
    let unpack = || {
        let mut data = Vec::new();
        GzDecoder::new(&*packed.data).read_to_end(&mut data).ok()?;
        Some(Bytes::from(data))
    };
    Some(Shared { bytes: shared(name, hash, unpack)?, hash })
}

/// Whether an encoding may be sent.
pub(super) fn accepts_encoding(headers: &HeaderMap, encoding: &str) -> bool {
    accepts(headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default(), encoding)
}

/// Whether the client has what a tag stands for.
pub(super) fn is_seen(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let seen = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = seen.flat_map(|text| text.split(',')).map(|seen| seen.trim().trim_start_matches("W/"));
    tags.any(|seen| seen.as_bytes() == tag.as_bytes())
}

/// Whether `Accept` or `Accept-Encoding` names something without refusing it by `q=0`.
fn accepts(accepted: &str, wanted: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next() == Some(wanted) && !words.any(|word| word.replace(' ', "").trim_end_matches(['0', '.']) == "q=")
    })
}

fn answer(name: &str, found: Shared, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let coding = encoding.unwrap_or("identity");
    let tag = HeaderValue::from_str(&format!("\"{}-{coding}\"", &hex(&found.hash)[..32])).ok();
    let is_hashed = name.starts_with("assets/");
    let cache = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = match tag.as_ref().is_some_and(|tag| is_seen(headers, tag)) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => found.bytes.into_response(),
    };
    let own = response.headers_mut();
    own.insert(CACHE_CONTROL, HeaderValue::from_static(if name == PAGE { "no-cache, no-store" } else { cache }));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    own.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    if let Some(encoding) = encoding {
        own.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Some(tag) = tag {
        own.insert(ETAG, tag);
    }
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml; charset=utf-8",
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
    fn octets_of_a_file_are_shared_until_it_is_another() {
        let name = "shared_until_it_is_another.txt";
        let made = |hash: u8, text: &str| shared(name, [hash; 32], || Some(Bytes::from(text.to_owned()))).unwrap();
        let (first, second) = (made(1, "one"), made(1, "another copy of it"));
        assert_eq!((first.as_ptr(), &second[..]), (second.as_ptr(), &b"one"[..]));
        assert_eq!((&made(2, "two")[..], &first[..]), (&b"two"[..], &b"one"[..]));
        assert!(shared(name, [3; 32], || None).is_none());
    }

    #[test]
    fn texts_say_how_they_are_written() {
        for name in ["index.html", "a.js", "a.mjs", "a.css", "favicon.svg", "robots.txt"] {
            assert!(media_type(name).ends_with("; charset=utf-8"), "{name}");
        }
        assert_eq!(["a.wasm", "a.png", "a.json", "a"].map(media_type).map(|text| text.contains("charset")), [false; 4]);
    }

    #[test]
    fn what_is_seen_is_not_sent_again() {
        let is_seen = |seen: &'static str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(seen))]);
            is_seen(&headers, &HeaderValue::from_static("\"a-gzip\""))
        };
        assert!(is_seen("\"a-gzip\"") && is_seen("\"b\", W/\"a-gzip\""));
        assert!(!is_seen("\"a\"") && !is_seen("a-gzip"));
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
