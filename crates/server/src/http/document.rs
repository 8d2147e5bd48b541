//! Serves the OpenAPI document: made once, compressed once, and shared by all who read it.

use std::io::Write;

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::console::{accepts_encoding, is_seen};
use super::openapi;
use crate::failure::{Failure, Outcome};
use crate::secrets::hex;

/// The document as it is sent.
struct Document {
    plain: Bytes,
    gzip: Bytes,
    tag: HeaderValue,
    gzip_tag: HeaderValue,
}

static DOCUMENT: OnceCell<Document> = OnceCell::const_new();

impl Document {
    fn make() -> Outcome<Self> {
        let text = openapi::document().to_json()?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        let written = gzip.write_all(text.as_bytes()).and_then(|()| gzip.finish());
        let gzip = written.map_err(|error| Failure::Internal(error.to_string()))?;
        let hash = hex(&Sha256::digest(text.as_bytes()));
        let tag = |coding: &str| {
            let tag = format!("\"{}-{coding}\"", &hash[..32]);
            HeaderValue::from_str(&tag).map_err(|error| Failure::Internal(error.to_string()))
        };
        Ok(Self { plain: text.into(), gzip: gzip.into(), tag: tag("identity")?, gzip_tag: tag("gzip")? })
    }

    /// The shared document: the first request builds it, and requests that come meanwhile wait for it.
    async fn shared() -> Outcome<&'static Self> {
        let made = || async {
            let made = tokio::task::spawn_blocking(Self::make).await;
            made.map_err(|error| Failure::Internal(error.to_string()))?
        };
        DOCUMENT.get_or_try_init(made).await
    }
}

pub(super) async fn show(headers: HeaderMap) -> Outcome<Response> {
    let document = Document::shared().await?;
    let is_gzip = accepts_encoding(&headers, "gzip");
    let (tag, body) = match is_gzip {
        true => (&document.gzip_tag, &document.gzip),
        false => (&document.tag, &document.plain),
    };
    let mut response = match is_seen(&headers, tag) {
        true => axum::http::StatusCode::NOT_MODIFIED.into_response(),
        false => body.clone().into_response(),
    };
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    own.insert(ETAG, tag.clone());
    if is_gzip {
        own.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
