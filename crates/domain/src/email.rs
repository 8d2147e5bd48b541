//! E-mail addresses: one parser for what is typed, compared and sent to.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};

use crate::text;

/// The longest address, in octets (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// The longest part before the `@`, in octets (RFC 5321, 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

/// An address of RFC 5321, with RFC 6531's letters before the `@` and an internationalised domain after it.
/// Quoted local parts and address literals are refused: no product's users have them, and they are an attacker's tool.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    shown: String,
    key: String,
}

/// Why a text is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailError {
    Empty,
    MissingAt,
    InvalidLocalPart,
    InvalidDomain,
    TooLong,
}

impl EmailError {
    /// A stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::MissingAt => "missing_at",
            Self::InvalidLocalPart => "invalid_local_part",
            Self::InvalidDomain => "invalid_domain",
            Self::TooLong => "too_long",
        }
    }
}

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Enter an e-mail address."),
            Self::MissingAt => f.write_str("An address has one @, as in ana@example.com."),
            Self::InvalidLocalPart => f.write_str("The part before the @ is not valid."),
            Self::InvalidDomain => f.write_str("The part after the @ is not a domain, such as example.com."),
            Self::TooLong => write!(f, "An address has {EMAIL_BYTES_MAX} characters at most."),
        }
    }
}

impl std::error::Error for EmailError {}

impl EmailAddress {
    /// # Errors
    /// When the trimmed text is not one address.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let shown = text::nfc(text.trim());
        if shown.is_empty() {
            return Err(EmailError::Empty);
        }
        let (local, domain) = shown.split_once('@').ok_or(EmailError::MissingAt)?;
        if domain.contains('@') {
            return Err(EmailError::MissingAt);
        }
        if shown.len() > EMAIL_BYTES_MAX || local.len() > LOCAL_BYTES_MAX {
            return Err(EmailError::TooLong);
        }
        if !is_local_part(local) {
            return Err(EmailError::InvalidLocalPart);
        }
        let ascii = ascii_domain(domain).ok_or(EmailError::InvalidDomain)?;
        let key = text::fold(local) + "@" + &ascii;
        if key.len() > EMAIL_BYTES_MAX {
            return Err(EmailError::TooLong);
        }
        Ok(Self { key, shown })
    }

    /// As it was typed, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// What addresses are compared by: NFC, lower-cased, the domain in its ASCII form.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.shown.split_once('@').map_or("", |(local, _)| local)
    }

    /// The address as a mail server takes it: the local part as typed, the domain in ASCII.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let domain = self.key.split_once('@').map_or("", |(_, domain)| domain);
        [self.local_part(), "@", domain].concat()
    }
}

/// RFC 5321's dot-string of RFC 5322's atoms, with letters and digits of any script (RFC 6531).
fn is_local_part(local: &str) -> bool {
    let is_atom = |character: char| {
        if character.is_ascii() {
            character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character)
        } else {
            character.is_alphanumeric()
        }
    };
    !local.is_empty() && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

/// The domain by UTS #46 with the letters, digits and hyphens of host names; at least two labels, the last not a number.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii =
        Uts46::new().to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify).ok()?;
    let top = ascii.rsplit_once('.')?.1;
    (!top.bytes().all(|byte| byte.is_ascii_digit())).then(|| ascii.into_owned())
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.shown
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_compare_by_their_key() {
        let cases = [
            ("Ana@Example.COM", "ana@example.com"),
            (" ana+ops@example.com ", "ana+ops@example.com"),
            ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
            ("ana@XN--MNCHEN-3YA.example", "ana@xn--mnchen-3ya.example"),
            ("žofie@example.com", "žofie@example.com"),
            ("Cafe\u{301}@example.com", "café@example.com"),
            ("a!b@sub.example.co", "a!b@sub.example.co"),
        ];
        for (text, key) in cases {
            assert_eq!(EmailAddress::parse(text).map(|address| address.key), Ok(key.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_address_says_why() {
        use EmailError::{Empty, InvalidDomain, InvalidLocalPart, MissingAt, TooLong};
        let long_local = ["a".repeat(65).as_str(), "@example.com"].concat();
        let long = ["a@", "b.".repeat(130).as_str(), "com"].concat();
        let cases = [
            ("", Empty),
            ("  ", Empty),
            ("ana", MissingAt),
            ("ana@b@c.de", MissingAt),
            ("@example.com", InvalidLocalPart),
            (".ana@example.com", InvalidLocalPart),
            ("a..b@example.com", InvalidLocalPart),
            ("a b@example.com", InvalidLocalPart),
            ("a\r\nb@example.com", InvalidLocalPart),
            ("\"a\"@example.com", InvalidLocalPart),
            ("a\u{202e}b@example.com", InvalidLocalPart),
            ("ana@", InvalidDomain),
            ("ana@localhost", InvalidDomain),
            ("ana@example..com", InvalidDomain),
            ("ana@-example.com", InvalidDomain),
            ("ana@exa_mple.com", InvalidDomain),
            ("ana@[127.0.0.1]", InvalidDomain),
            ("ana@127.0.0.1", InvalidDomain),
            (&long_local, TooLong),
            (&long, TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(EmailAddress::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn key_of_an_address_is_its_own_key(text in "[a-zA-Z0-9+._-]{1,20}@[a-zA-Z0-9-]{1,20}\\.[a-z]{2,6}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                let again = EmailAddress::parse(address.key()).map(|again| again.key);
                prop_assert_eq!(again, Ok(address.key));
            }
        }

        #[test]
        fn no_address_has_a_line_break(text in "\\PC{0,10}[\r\n]\\PC{0,10}@example.com") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(!address.as_str().contains(['\r', '\n']));
            }
        }
    }
}
