//! The password rule: length and context, no composition rules (NIST SP 800-63B-4, 3.1.1.2).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{fold, nfkc};

/// The fewest code points where the password is the only factor, and the default.
pub const PASSWORD_CHARS_MIN_ALONE: usize = 15;
/// The fewest an organization may ask for. As long as there is no second factor, the password is the only one everywhere.
pub const PASSWORD_CHARS_MIN: usize = PASSWORD_CHARS_MIN_ALONE;
/// The most, in code points. Nothing is cut off: more is refused.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Words of context shorter than this are not looked for: they occur by chance.
const CONTEXT_CHARS_MIN: usize = 4;

/// A password as typed, after NFKC. Never shown: neither by `Debug` nor by `Serialize` of anything that leaves the server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Password(String);

impl Password {
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(nfkc(text))
    }

    /// The text to hash.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its length in code points.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether no rule could ever let it pass; such a text need not be hashed.
    #[must_use]
    pub fn is_over_long(&self) -> bool {
        self.chars() > PASSWORD_CHARS_MAX
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Password> for String {
    fn from(password: Password) -> Self {
        password.0
    }
}

/// Why a password was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordError {
    /// So many code points are asked for.
    TooShort(usize),
    TooLong,
    /// It is little more than this word of the organization, the product or the person.
    Context(String),
    /// It is one of the commonest. Only the server knows the list.
    Common,
}

impl PasswordError {
    /// A stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort(_) => "too_short",
            Self::TooLong => "too_long",
            Self::Context(_) => "context_word",
            Self::Common => "common_password",
        }
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(least) => write!(f, "Use at least {least} characters; a few unrelated words do well."),
            Self::TooLong => write!(f, "Use {PASSWORD_CHARS_MAX} characters at most."),
            Self::Context(word) => write!(f, "This is little more than \"{word}\", which others would guess."),
            Self::Common => f.write_str("This password is among the first that others would guess."),
        }
    }
}

impl std::error::Error for PasswordError {}

/// How many code points an organization's setting comes to: one of the time when it could be lower counts as the least there
/// is now.
#[must_use]
pub fn chars_min(setting: i64) -> usize {
    usize::try_from(setting).unwrap_or_default().clamp(PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX)
}

/// Whether somebody who has a password already may join an organization with it, without entering it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownLength {
    Enough,
    /// The password has to be entered: how long it is, is not known, or was not asked as far as this.
    Unknown,
    TooShort,
}

/// `known` is how many code points the password is known to have, as far as any organization asked when it was entered
/// last; `is_recent` whether that was a short while ago.
#[must_use]
pub fn known_length(known: Option<usize>, chars_min: usize, is_recent: bool) -> KnownLength {
    match known {
        Some(known) if known >= chars_min => KnownLength::Enough,
        Some(_) if is_recent => KnownLength::TooShort,
        _ => KnownLength::Unknown,
    }
}

/// Checks length and context. `context` holds the organization's, the product's and the person's names and address.
///
/// # Errors
/// The first rule that is broken. The server then asks its list of the commonest as well.
pub fn check_password(password: &Password, chars_min: usize, context: &[&str]) -> Result<(), PasswordError> {
    let count = password.chars();
    let least = chars_min.clamp(PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX);
    if count < least {
        return Err(PasswordError::TooShort(least));
    }
    if count > PASSWORD_CHARS_MAX {
        return Err(PasswordError::TooLong);
    }
    match context_word(&fold(&password.0), context) {
        Some(word) => Err(PasswordError::Context(word)),
        None => Ok(()),
    }
}

/// The longest word of context in a password of which the words of context make up at least half.
fn context_word(password: &str, context: &[&str]) -> Option<String> {
    let parts =
        context.iter().flat_map(|text| text.split(['@', '.', ' ', '-', '_', '+'])).chain(context.iter().copied());
    let mut words: Vec<String> = parts.map(fold).filter(|word| word.chars().count() >= CONTEXT_CHARS_MIN).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let longest = words.iter().find(|word| password.contains(word.as_str()))?.clone();
    let rest = words.iter().fold(password.to_owned(), |rest, word| rest.replace(word.as_str(), ""));
    (rest.chars().count() * 2 <= password.chars().count()).then_some(longest)
}

/// How hard a password is to guess, for the meter beside the field. Guidance only: `check_password` decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    TooWeak,
    Weak,
    Fair,
    Good,
    Strong,
}

impl Strength {
    /// What the meter says.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::TooWeak => "Too easy to guess",
            Self::Weak => "Weak",
            Self::Fair => "Fair",
            Self::Good => "Good",
            Self::Strong => "Strong",
        }
    }
}

/// Estimates strength from what in the password is new: repeats, runs and neighbours add next to nothing.
#[must_use]
pub fn strength(password: &Password, chars_min: usize, context: &[&str]) -> Strength {
    if password.is_empty() || context_word(&fold(&password.0), context).is_some() {
        return Strength::TooWeak;
    }
    let chars: Vec<char> = password.0.chars().collect();
    let is_new = |index: usize| {
        let Some(previous) = index.checked_sub(1).map(|before| u32::from(chars[before])) else { return true };
        let repeats = index >= 2 && chars[..index - 1].windows(2).any(|pair| pair == &chars[index - 1..=index]);
        !repeats && u32::from(chars[index]).abs_diff(previous) > 1
    };
    let fresh = (0..chars.len()).filter(|index| is_new(*index)).count();
    match (chars.len() < chars_min, fresh) {
        (_, 0..=5) => Strength::TooWeak,
        (true, _) | (_, 6..=9) => Strength::Weak,
        (_, 10..=13) => Strength::Fair,
        (_, 14..=18) => Strength::Good,
        _ => Strength::Strong,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> Result<(), PasswordError> {
        check_password(
            &Password::new(text),
            PASSWORD_CHARS_MIN_ALONE,
            &["Roster", "Acme Metrics", "ana.novak@example.com", "Ana Novak"],
        )
    }

    #[test]
    fn length_is_counted_in_code_points_after_nfkc() {
        assert_eq!(check("fourteen chars"), Err(PasswordError::TooShort(15)));
        assert_eq!(check("fifteen chars!!"), Ok(()));
        assert_eq!(check(&"ﬃ".repeat(5)), Ok(()));
        assert_eq!(check(&"žluťoučký kůň ".repeat(9)), Ok(()));
        assert_eq!(check(&"xy".repeat(64)), Ok(()));
        assert_eq!(check(&["xy".repeat(64).as_str(), "z"].concat()), Err(PasswordError::TooLong));
    }

    #[test]
    fn no_organization_may_ask_for_fewer_than_fifteen() {
        assert_eq!(check_password(&Password::new("fourteen chars"), 8, &[]), Err(PasswordError::TooShort(15)));
        assert_eq!(check_password(&Password::new("fifteen chars!!"), 8, &[]), Ok(()));
        let settings = [-1, 0, 8, 14, 15, 16, 128, 129];
        assert_eq!(settings.map(chars_min), [15, 15, 15, 15, 15, 16, 128, 128]);
    }

    #[test]
    fn password_is_asked_for_where_its_length_is_not_known() {
        for (known, is_recent, expected) in [
            (Some(20), false, KnownLength::Enough),
            (Some(21), true, KnownLength::Enough),
            (Some(19), false, KnownLength::Unknown),
            (Some(19), true, KnownLength::TooShort),
            (None, false, KnownLength::Unknown),
            (None, true, KnownLength::Unknown),
        ] {
            assert_eq!(known_length(known, 20, is_recent), expected, "{known:?} {is_recent}");
        }
    }

    #[test]
    fn words_of_context_are_refused_when_they_make_up_half() {
        for text in ["AcmeMetrics-2026", "acmeacmeacmeacme", "ana.novak@example.com", "rosterroster1234"] {
            assert!(matches!(check(text), Err(PasswordError::Context(_))), "{text}");
        }
        assert_eq!(check("the novak cat sleeps by the acme door"), Ok(()));
    }

    #[test]
    fn password_is_never_shown() {
        assert_eq!(format!("{:?}", Password::new("correct horse")), "Password(..)");
    }

    #[test]
    fn meter_rises_with_what_is_new() {
        let meter = |text: &str| strength(&Password::new(text), 15, &["Acme"]);
        let cases = [
            ("", Strength::TooWeak),
            ("aaaaaaaaaaaaaaaaaaaa", Strength::TooWeak),
            ("abcdefghijklmnopqrst", Strength::TooWeak),
            ("acmeacmeacmeacme", Strength::TooWeak),
            ("k7#mQ2!x", Strength::Weak),
            ("correct horse battery staple", Strength::Strong),
        ];
        for (text, expected) in cases {
            assert_eq!(meter(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_counted_in_code_points_after_nfkc(text in any::<String>(), times in 1..12_usize, chars_min in 0..200_usize) {
            let text = text.repeat(times);
            let (count, least) = (nfkc(&text).chars().count(), chars_min.clamp(PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX));
            let expected = match count {
                count if count < least => Err(PasswordError::TooShort(least)),
                count if count > PASSWORD_CHARS_MAX => Err(PasswordError::TooLong),
                _ => Ok(()),
            };
            prop_assert_eq!(check_password(&Password::new(&text), chars_min, &[]), expected);
            prop_assert_eq!(Password::new(&text).is_over_long(), count > PASSWORD_CHARS_MAX);
        }
    }
}
