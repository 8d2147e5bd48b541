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

/// Where all assets lie.
const FOLDER: &str = "assets/";

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
        format!("{FOLDER}{}-{}.{}", self.stem, name_hash(&self.content), self.extension)
    }

    pub(crate) fn url(&self) -> String {
        format!("/{}", self.path())
    }

    /// As the `integrity` attribute has it.
    pub(crate) fn integrity(&self) -> String {
        format!("sha384-{}", STANDARD.encode(Sha384::digest(&self.content)))
    }
}

/// Whether the file's name has the hash of this content.
pub(crate) fn is_named_by(path: &str, content: &[u8]) -> bool {
    path.contains(&format!("-{}.", name_hash(content)))
}

/// The paths, relative to `dist/`, of all assets whose addresses stand in a text.
pub(crate) fn addresses(text: &str) -> impl Iterator<Item = String> {
    let after = text.split("\"/").skip(1).filter(|rest| rest.starts_with(FOLDER));
    after.filter_map(|rest| rest.split('"').next()).map(str::to_owned)
}

fn name_hash(content: &[u8]) -> String {
    let mut hash = files::hex(&Sha256::digest(content));
    hash.truncate(NAME_HASH_DIGITS);
    hash
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
