//! The format of secrets that travel: `rst<kind>_<base62>_<check>`, recognisable in a log and refused early when mistyped.

use std::fmt;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 256 bits take 43 digits of base 62.
pub const SECRET_DIGITS: usize = 43;
/// CRC-32 takes 6 digits of base 62.
const CHECK_DIGITS: usize = 6;

/// What a secret opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// `rsts_`: an API token of a service account.
    ServiceToken,
    /// `rstu_`: an API token of a user account.
    UserToken,
    /// `rsti_`: an invitation link.
    Invitation,
    /// `rstw_`: the one-time set-up link.
    Setup,
}

impl SecretKind {
    const ALL: [Self; 4] = [Self::ServiceToken, Self::UserToken, Self::Invitation, Self::Setup];

    const fn prefix(self) -> &'static str {
        match self {
            Self::ServiceToken => "rsts_",
            Self::UserToken => "rstu_",
            Self::Invitation => "rsti_",
            Self::Setup => "rstw_",
        }
    }
}

/// A well-formed secret. `Debug` hides it, and it does not serialize: whoever sends it says `reveal`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    kind: SecretKind,
    text: String,
}

/// The text is no secret of any kind: mistyped, cut, or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedSecret;

impl fmt::Display for MalformedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not a complete token or link")
    }
}

impl std::error::Error for MalformedSecret {}

impl Secret {
    /// Writes 256 bits, random or from a keyed hash, as a secret.
    #[must_use]
    pub fn new(kind: SecretKind, bits: [u8; 32]) -> Self {
        let body = [kind.prefix(), &base62(&bits, SECRET_DIGITS)].concat();
        let text = [body.as_str(), "_", &check_digits(&body)].concat();
        Self { kind, text }
    }

    /// # Errors
    /// When the prefix, the length, an character or the check digits are wrong. No look-up is needed to know.
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let kind = SecretKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix())).ok_or(MalformedSecret)?;
        let (body, check) = text.rsplit_once('_').ok_or(MalformedSecret)?;
        let digits = body.strip_prefix(kind.prefix()).ok_or(MalformedSecret)?;
        let is_well_formed = digits.len() == SECRET_DIGITS && digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_well_formed && check == check_digits(body) {
            Ok(Self { kind, text: text.to_owned() })
        } else {
            Err(MalformedSecret)
        }
    }

    #[must_use]
    pub const fn kind(&self) -> SecretKind {
        self.kind
    }

    /// The whole text. It goes into the one answer or mail that carries it, or into a hash.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The beginning, by which a person recognises it in a list.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.text[..9]
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}..)", self.kind.prefix())
    }
}

/// Whether somewhere in a text stands a secret. Texts that are kept, logged or listed hold none.
#[must_use]
pub fn is_within(text: &str) -> bool {
    find_within(text).is_some()
}

/// The first secret in a text, such as a line of a log.
#[must_use]
pub fn find_within(text: &str) -> Option<Secret> {
    words(text).find_map(|word| Secret::parse(word).ok())
}

/// Whether a text, in whatever case, has the form of a secret: what was pasted in the wrong place may have been changed there.
#[must_use]
pub fn has_shape(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    words(&text).any(|word| {
        let digits = SecretKind::ALL.into_iter().find_map(|kind| word.strip_prefix(kind.prefix()));
        digits.is_some_and(|digits| digits.len() >= SECRET_DIGITS)
    })
}

/// The parts of a text that could be a secret.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
}

fn check_digits(body: &str) -> String {
    base62(&crc32fast::hash(body.as_bytes()).to_be_bytes(), CHECK_DIGITS)
}

/// Big-endian bytes in base 62, padded with zeros at the front.
#[must_use]
pub fn base62(bytes: &[u8], width: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![ALPHABET[0]; width];
    for digit in digits.iter_mut().rev() {
        let mut carry = 0_u32;
        for byte in &mut number {
            let value = (carry << 8) | u32::from(*byte);
            *byte = (value / 62) as u8;
            carry = value % 62;
        }
        *digit = ALPHABET[carry as usize];
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn format_is_stable() {
        let secret = Secret::new(SecretKind::Invitation, [0; 32]);
        assert_eq!(secret.reveal(), format!("rsti_{}_{}", "0".repeat(43), &secret.reveal()[49..]));
        assert_eq!(secret.reveal().len(), 55);
        assert_eq!(base62(&[0xff; 32], SECRET_DIGITS).len(), SECRET_DIGITS);
        assert_eq!(base62(&[0, 0, 0, 62], 6), "000010");
    }

    #[test]
    fn secret_is_found_in_a_line_of_a_log_and_known_by_its_form() {
        let secret = Secret::new(SecretKind::ServiceToken, [9; 32]);
        let line = format!("GET /metrics Authorization: \"Bearer {}\" 200", secret.reveal());
        assert_eq!(find_within(&line), Some(secret.clone()));
        assert!(has_shape(&line) && has_shape(&secret.reveal().to_uppercase()));
        for text in ["rsts_", "rsts_ingest-eu", "ingest", &secret.reveal()[..40]] {
            assert!(!has_shape(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn secret_reads_back_and_any_change_is_noticed(bits: [u8; 32], position in 0_usize..55, letter in "[0-9A-Za-z_]") {
            let secret = Secret::new(SecretKind::Setup, bits);
            prop_assert_eq!(Secret::parse(secret.reveal()), Ok(secret.clone()));
            let mut changed = secret.reveal().to_owned();
            changed.replace_range(position..=position, &letter);
            if changed != secret.reveal() {
                prop_assert_eq!(Secret::parse(&changed), Err(MalformedSecret));
            }
            prop_assert_eq!(Secret::parse(&secret.reveal()[..54]), Err(MalformedSecret));
            let shown = format!("{secret:?}");
            prop_assert!(!shown.contains(&secret.reveal()[5..20]));
        }

        #[test]
        fn other_texts_are_refused(text in "\\PC{0,80}") {
            prop_assert_eq!(Secret::parse(&text), Err(MalformedSecret));
        }
    }
}
