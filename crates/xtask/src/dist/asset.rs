//! One file of `dist/assets`: its content, and the name, address and integrity that follow from it.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256, Sha384};

use crate::files;
use crate::run::{Failure, Result};

/// So many digits of the hash stand in a file name: enough that two versions never share one.
const NAME_HASH_DIGITS: usize = 16;
const BROTLI_QUALITY: i32 = 11;
const BROTLI_WINDOW_BITS: i32 = 24;

pub(crate) struct Asset {
    stem: &'static str,
    extension: &'static str,
    pub(crate) content: Vec<u8>,
}

impl Asset {
    pub(crate) fn new(stem: &'static str, extension: &'static str, content: Vec<u8>) -> Self {
        Self { stem, extension, content }
    }

    /// Relative to `dist/`.
    pub(crate) fn path(&self) -> String {
        let hash = files::hex(&Sha256::digest(&self.content));
        format!("assets/{}-{}.{}", self.stem, &hash[..NAME_HASH_DIGITS], self.extension)
    }

    pub(crate) fn url(&self) -> String {
        format!("/{}", self.path())
    }

    /// As the `integrity` attribute has it.
    pub(crate) fn integrity(&self) -> String {
        format!("sha384-{}", STANDARD.encode(Sha384::digest(&self.content)))
    }
}

pub(crate) fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &params)
        .map_err(|error| Failure::new(format!("brotli: {error}")))?;
    Ok(packed)
}

pub(crate) fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).map_err(|error| Failure::new(format!("gzip: {error}")))
}

#[cfg(test)]
mod tests {
    use super::Asset;

    #[test]
    fn name_follows_the_content() {
        let one = Asset::new("app", "js", b"1".to_vec());
        assert_eq!(one.url(), "/assets/app-6b86b273ff34fce1.js");
        assert_ne!(one.path(), Asset::new("app", "js", b"2".to_vec()).path());
    }

    #[test]
    fn integrity_is_the_sha384_in_base64() {
        let expected = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
        assert_eq!(Asset::new("x", "js", Vec::new()).integrity(), expected);
    }
}
