//! The server's key and what is derived from it; hashes under which secrets are stored.

use std::path::Path;

use domain::secret::{Secret, SecretKind};
use domain::{AccountId, OrganizationId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::files::{self, Existing};
use crate::random;

const KEY_BYTES: usize = 32;
/// What is read of a file before it is told that it is too long for a key.
const KEY_FILE_BYTES_MAX: u64 = 4_096;

/// The server's key: 256 random bits in a file of mode 0600. Several servers on one database share it.
#[derive(Clone)]
pub struct ServerKey([u8; KEY_BYTES]);

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(..)")
    }
}

impl ServerKey {
    /// Reads the key, and makes it when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no key.
    pub fn open(path: &Path) -> Result<Self, String> {
        if let Some(key) = Self::read(path)? {
            return Ok(key);
        }
        let key = random::bytes().map_err(|error| error.to_string())?;
        match files::write(path, &key, Existing::Refused) {
            Ok(()) => Ok(Self(key)),
            // Another process that shares it may have made it meanwhile.
            Err(error) => {
                Self::read(path)?.ok_or_else(|| format!("the key file {} cannot be written: {error}", path.display()))
            }
        }
    }

    /// Reads the key; none where there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no key.
    pub fn read(path: &Path) -> Result<Option<Self>, String> {
        let fault = |reason: &str| format!("the key file {} {reason}", path.display());
        match files::read(path, KEY_FILE_BYTES_MAX) {
            Ok(bytes) => bytes.try_into().map(|key| Some(Self(key))).map_err(|_| fault("is not 32 bytes long")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fault(&format!("cannot be read: {error}"))),
        }
    }

    /// Tells keys apart without giving them away. It stands in databases that have a list of the audit logs that were
    /// sealed, so that nobody can pass such a database off as one of an earlier version.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&self.mac(&[b"fingerprint", b"with sealed logs"]))
    }

    /// As `fingerprint`, in databases of schema 12 and earlier.
    #[must_use]
    pub fn earlier_fingerprint(&self) -> String {
        hex(&self.mac(&[b"fingerprint"]))
    }

    /// The link token of an invitation: the same for every retry, another after each resend.
    #[must_use]
    pub fn invitation(&self, account: AccountId, generation: i64) -> Secret {
        Secret::new(SecretKind::Invitation, self.mac(&[b"invitation", &account.to_bytes(), &generation.to_be_bytes()]))
    }

    /// Seals the end of an organization's audit log, so that nobody without the key can move it.
    #[must_use]
    pub fn seal_of_head(&self, organization: OrganizationId, seq: i64, hash: &str) -> String {
        hex(&self.mac(&[b"audit head", &organization.to_bytes(), &seq.to_be_bytes(), hash.as_bytes()]))
    }

    /// Seals the list of the organizations whose audit log was ever sealed.
    #[must_use]
    pub fn seal_of_logs(&self, organizations: &str) -> String {
        hex(&self.mac(&[b"sealed logs", organizations.as_bytes()]))
    }

    /// A keyed hash over parts, each with its length, so that no two lists of parts run together.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// SHA-256 in hexadecimal: enough for secrets of 256 random bits, which no list of guesses reaches.
#[must_use]
pub fn hash(text: &str) -> String {
    hash_bytes(text.as_bytes())
}

/// As `hash`, of any bytes.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Whether two hashes are the same, in a time that does not tell how much of them is.
#[must_use]
pub fn are_equal(one: &str, other: &str) -> bool {
    let difference = one.bytes().zip(other.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && std::hint::black_box(difference) == 0
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}
