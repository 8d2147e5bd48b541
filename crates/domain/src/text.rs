//! Names that people give to things: trimmed, of limited length, without characters that could disguise them.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::problem::FieldError;
use crate::secret;

/// The longest name of a person, group, role or organization, in code points.
pub const NAME_CHARS_MAX: usize = 100;
/// The longest description, in code points.
pub const DESCRIPTION_CHARS_MAX: usize = 500;
/// The longest user name, in code points.
pub const USER_NAME_CHARS_MAX: usize = 40;

/// Words of a search that are looked for one by one.
const SEARCH_WORDS_MAX: usize = 8;
/// Characters kept of the name of a program.
const USER_AGENT_CHARS_MAX: usize = 200;

/// What is said of a text with a secret in it.
pub(crate) const NO_SECRETS: &str = "Leave out the token or link: this text is kept, and others read it.";

/// Why a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    Empty,
    TooLong,
    /// A control character, or one that changes the direction of writing (CVE-2021-42574).
    Control,
    /// An API token or a link: what is kept or shown holds no secret.
    Secret,
    /// Only user names are so narrow.
    NotUserName,
    /// It has the form of an id.
    Id,
}

impl NameError {
    /// A stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong => "too_long",
            Self::Control => "control_character",
            Self::Secret => "secret",
            Self::NotUserName | Self::Id => "invalid_user_name",
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Enter a name."),
            Self::TooLong => write!(f, "Use {NAME_CHARS_MAX} characters at most."),
            Self::Control => f.write_str("Leave out control and invisible characters."),
            Self::Secret => f.write_str(NO_SECRETS),
            Self::Id => f.write_str("This has the form of an ID. Choose a name."),
            Self::NotUserName => write!(
                f,
                "Use 2 to {USER_NAME_CHARS_MAX} of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit."
            ),
        }
    }
}

impl std::error::Error for NameError {}

/// Whether a character may stand in a line of text that people read.
#[must_use]
pub fn is_plain(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A name of a person, group, role or organization: 1 to 100 code points after trimming, NFC, plain characters only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// # Errors
    /// When nothing is left after trimming, or the rule of the type is broken.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = nfc(text.trim());
        match name.chars().count() {
            0 => Err(NameError::Empty),
            count if count > NAME_CHARS_MAX => Err(NameError::TooLong),
            _ if !name.chars().all(is_plain) => Err(NameError::Control),
            _ if secret::is_within(&name) => Err(NameError::Secret),
            _ => Ok(Self(name)),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names are compared and sorted by.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

/// Whether a text may be a description: 500 code points at most, plain characters and line breaks.
#[must_use]
pub fn is_description(text: &str) -> bool {
    text.chars().count() <= DESCRIPTION_CHARS_MAX
        && text.chars().all(|character| is_plain(character) || character == '\n')
}

/// What is wrong with a description; none when it may stand.
#[must_use]
pub fn description_fault(text: &str) -> Option<FieldError> {
    let message = || format!("Use {DESCRIPTION_CHARS_MAX} characters at most, and no control characters.");
    let too_long = (!is_description(text)).then(|| FieldError::new("description", "too_long", message()));
    too_long.or_else(|| secret_fault("description", text))
}

/// That a secret stands in a text that is kept; none when it may stand.
#[must_use]
pub fn secret_fault(field: &str, text: &str) -> Option<FieldError> {
    secret::is_within(text).then(|| FieldError::new(field, "secret", NO_SECRETS.to_owned()))
}

/// What is kept of the program that a request names (RFC 9110, 10.1.5): its first 200 characters, and nothing of one with a
/// secret in it.
#[must_use]
pub fn kept_agent(agent: &str) -> String {
    let is_kept = !secret::is_within(agent);
    agent.chars().filter(|_| is_kept).take(USER_AGENT_CHARS_MAX).collect()
}

/// The words of a search, in whatever order what is found has them; each of the first eight is to be found, and what follows is
/// taken for one.
#[must_use]
pub fn search_words(search: &str) -> Vec<String> {
    let mut words: Vec<String> = search.split_whitespace().map(str::to_owned).collect();
    if words.len() > SEARCH_WORDS_MAX {
        let rest = words.split_off(SEARCH_WORDS_MAX - 1);
        words.push(rest.join(" "));
    }
    words
}

/// The composed form in which texts are compared and stored (Unicode Standard Annex #15).
#[must_use]
pub fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// The composed form in which compatible letters are one: for passwords, however the keyboard sends them.
#[must_use]
pub fn nfkc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned()
}

/// Lower case for comparing, sorting and searching.
#[must_use]
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A short name to sign in with beside the e-mail address: `[a-z0-9][a-z0-9._-]{1,39}`; upper case may be typed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

impl UserName {
    /// # Errors
    /// When the text is not of that form. An `@` is never part of it, so a user name cannot pass for an address; nor for an id
    /// (RFC 9562), which programs may name a person by.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.trim().to_ascii_lowercase();
        let fits = (2..=USER_NAME_CHARS_MAX).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        match (fits, name.parse::<AccountId>().is_ok()) {
            (false, _) => Err(NameError::NotUserName),
            (true, true) => Err(NameError::Id),
            (true, false) => Ok(Self(name)),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_composed_and_limited() {
        assert_eq!(Name::parse("  Ana  ").map(String::from), Ok("Ana".to_owned()));
        assert_eq!(Name::parse("Cafe\u{301}").map(String::from), Ok("Café".to_owned()));
        assert_eq!(Name::parse(" \t "), Err(NameError::Empty));
        assert!(Name::parse(&"é".repeat(NAME_CHARS_MAX)).is_ok());
        assert_eq!(Name::parse(&"é".repeat(NAME_CHARS_MAX + 1)), Err(NameError::TooLong));
    }

    #[test]
    fn characters_that_disguise_are_refused() {
        for text in ["a\r\nBcc: x", "a\0b", "a\u{202e}b", "a\u{2066}b", "a\u{200b}b", "\u{feff}ab"] {
            assert_eq!(Name::parse(text), Err(NameError::Control), "{text:?}");
        }
        for text in ["Zoë", "李雷", "O’Brien", "नमस्ते", "👩‍🚀"] {
            assert!(Name::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn secrets_are_refused_wherever_they_stand() {
        let secret = secret::Secret::new(secret::SecretKind::UserToken, [7; 32]);
        let secret = secret.reveal();
        for text in
            [secret.to_owned(), format!("leaked: {secret}."), format!("?token={secret}&x"), format!("ü{secret}\n")]
        {
            assert!(secret_fault("reason", &text).is_some() && description_fault(&text).is_some(), "{text}");
        }
        assert_eq!(Name::parse(&format!("old {secret}")), Err(NameError::Secret));
        for text in ["rsts_ tokens", &secret[..54], &format!("{secret}0")] {
            assert_eq!(secret_fault("reason", text), None, "{text}");
        }
    }

    #[test]
    fn user_names_are_narrow() {
        assert_eq!(UserName::parse(" Ana.Novak ").map(String::from), Ok("ana.novak".to_owned()));
        for text in ["", "a", "-ana", "ana@x", "ana novak", "añа", &"a".repeat(USER_NAME_CHARS_MAX + 1)] {
            assert_eq!(UserName::parse(text), Err(NameError::NotUserName), "{text}");
        }
    }

    #[test]
    fn search_is_of_words_and_of_no_more_than_eight() {
        assert_eq!(search_words("  bianchi          amara "), ["bianchi", "amara"]);
        assert!(search_words(" ").is_empty());
        assert_eq!(search_words("a b c d e f g h  i").last().map(String::as_str), Some("h i"));
    }

    #[test]
    fn nobody_is_called_by_an_id() {
        let id = "01a22adc-ecfe-7d22-9808-342f287191fd";
        assert_eq!(UserName::parse(id), Err(NameError::Id));
        assert_eq!(UserName::parse(&id.to_uppercase()), Err(NameError::Id));
        assert!(UserName::parse(&id[..35]).is_ok());
    }

    #[test]
    fn program_that_names_a_secret_is_not_kept() {
        let secret = secret::Secret::new(secret::SecretKind::ServiceToken, [7; 32]);
        assert_eq!(kept_agent(&["curl/8 ", secret.reveal()].concat()), "");
        assert_eq!(kept_agent(&"x".repeat(300)).len(), USER_AGENT_CHARS_MAX);
    }
}
