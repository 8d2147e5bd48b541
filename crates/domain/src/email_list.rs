//! Lists of e-mail addresses as people paste them, read entry by entry: a bad one never stops the others.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::email::{EmailAddress, EmailError};

/// The most addresses one invitation request takes.
pub const EMAILS_PER_INVITE_MAX: usize = 500;
/// The longest text of a list that is read at all, in octets.
pub const EMAIL_LIST_BYTES_MAX: usize = 60_000;

/// One entry of a list, in the order typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailEntry {
    /// What was typed, trimmed; of `Name <a@b.c>` the address alone.
    pub input: String,
    pub address: Result<EmailAddress, EntryError>,
}

/// Why an entry of a list does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryError {
    Invalid(EmailError),
    /// The same address stands in the list before, at this position from 0.
    Duplicate(usize),
}

impl EntryError {
    /// A stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(error) => error.code(),
            Self::Duplicate(_) => "duplicate",
        }
    }
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::Duplicate(_) => f.write_str("This address is in the list already."),
        }
    }
}

/// The list as a whole cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailListError {
    Empty,
    /// So many entries were given.
    TooMany(usize),
    TooLong,
}

impl EmailListError {
    /// A stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooMany(_) => "too_many",
            Self::TooLong => "too_long",
        }
    }
}

impl fmt::Display for EmailListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Enter at least one e-mail address."),
            Self::TooMany(count) => {
                write!(f, "Invite {EMAILS_PER_INVITE_MAX} people at a time; there are {count} addresses.")
            }
            Self::TooLong => write!(f, "The list is longer than {EMAIL_LIST_BYTES_MAX} characters."),
        }
    }
}

impl std::error::Error for EmailListError {}

/// 1 to 500 entries, each with its address or what is wrong with it. On the wire: an array of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct EmailList(Vec<EmailEntry>);

impl EmailList {
    /// Reads what was typed or pasted: entries parted by commas, semicolons, white space or line breaks; `Name <a@b.c>` too.
    ///
    /// # Errors
    /// When there is no entry, or more than 500. A bad entry is no error of the list.
    pub fn parse(text: &str) -> Result<Self, EmailListError> {
        if text.len() > EMAIL_LIST_BYTES_MAX {
            return Err(EmailListError::TooLong);
        }
        Self::from_entries(split_entries(text))
    }

    /// Takes entries that are parted already.
    ///
    /// # Errors
    /// As `parse`.
    pub fn from_entries(inputs: Vec<String>) -> Result<Self, EmailListError> {
        match inputs.len() {
            0 => Err(EmailListError::Empty),
            count if count > EMAILS_PER_INVITE_MAX => Err(EmailListError::TooMany(count)),
            _ => Ok(Self(check_entries(inputs))),
        }
    }

    /// In the order typed.
    #[must_use]
    pub fn entries(&self) -> &[EmailEntry] {
        &self.0
    }

    /// Whether every entry is an address that stands there once.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.0.iter().all(|entry| entry.address.is_ok())
    }
}

/// Checks each entry by itself and against those before it.
#[must_use]
pub fn check_entries(inputs: Vec<String>) -> Vec<EmailEntry> {
    let mut seen = HashMap::new();
    let check = |(index, input): (usize, String)| {
        let address = match EmailAddress::parse(&input) {
            Err(error) => Err(EntryError::Invalid(error)),
            Ok(address) => match *seen.entry(address.key().to_owned()).or_insert(index) {
                first if first == index => Ok(address),
                first => Err(EntryError::Duplicate(first)),
            },
        };
        EmailEntry { input, address }
    };
    inputs.into_iter().enumerate().map(check).collect()
}

/// Parts a text into its entries. Names before `<...>` are dropped; a part without any `@` stays whole, to be shown as bad.
#[must_use]
pub fn split_entries(text: &str) -> Vec<String> {
    let mut entries = Vec::new();
    for part in split_outside_quotes(text) {
        let mut rest = part.as_str();
        let mut had_brackets = false;
        while let Some((before, after)) = rest.split_once('<') {
            had_brackets = true;
            entries.extend(
                before
                    .split_whitespace()
                    .filter(|word| word.contains('@') && !word.starts_with('"'))
                    .map(str::to_owned),
            );
            let (inside, tail) = after.split_once('>').unwrap_or((after, ""));
            entries.push(inside.trim().to_owned());
            rest = tail;
        }
        let words = || rest.split_whitespace();
        if words().any(|word| word.contains('@')) {
            entries.extend(words().map(str::to_owned));
        } else if !had_brackets && !rest.trim().is_empty() {
            entries.push(rest.trim().to_owned());
        }
    }
    entries
}

/// Splits at commas, semicolons and line breaks that stand neither in quotes nor in angle brackets.
fn split_outside_quotes(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut in_quotes, mut in_brackets) = (false, false);
    for character in text.chars() {
        match character {
            '\n' | '\r' => (in_quotes, in_brackets) = (false, false),
            '"' if !in_brackets => in_quotes = !in_quotes,
            '<' if !in_quotes => in_brackets = true,
            '>' if !in_quotes => in_brackets = false,
            _ => {}
        }
        let parting =
            matches!(character, '\n' | '\r') || (matches!(character, ',' | ';') && !in_quotes && !in_brackets);
        match parts.last_mut() {
            Some(last) if !parting => last.push(character),
            _ => parts.push(String::new()),
        }
    }
    parts
}

impl TryFrom<Vec<String>> for EmailList {
    type Error = EmailListError;

    fn try_from(inputs: Vec<String>) -> Result<Self, EmailListError> {
        Self::from_entries(inputs)
    }
}

impl From<EmailList> for Vec<String> {
    fn from(list: EmailList) -> Self {
        list.0.into_iter().map(|entry| entry.input).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entries_are_parted_as_people_type_them() {
        let cases: [(&str, &[&str]); 9] = [
            ("a@x.io, b@x.io;c@x.io d@x.io\ne@x.io", &["a@x.io", "b@x.io", "c@x.io", "d@x.io", "e@x.io"]),
            ("Ana Novak <a@x.io>, Ben <b@x.io>", &["a@x.io", "b@x.io"]),
            ("\"Novak, Ana\" <a@x.io>; b@x.io", &["a@x.io", "b@x.io"]),
            ("Ana <a@x.io> Ben <b@x.io>", &["a@x.io", "b@x.io"]),
            ("z@x.io Ana <a@x.io> y@x.io", &["z@x.io", "a@x.io", "y@x.io"]),
            ("a@x.io,,; \n\n ,", &["a@x.io"]),
            ("Ana Novak, b@x.io", &["Ana Novak", "b@x.io"]),
            ("Ana <a@x.io", &["a@x.io"]),
            ("a@x.io bad b@x.io", &["a@x.io", "bad", "b@x.io"]),
        ];
        for (text, entries) in cases {
            assert_eq!(split_entries(text), entries, "{text}");
        }
    }

    #[test]
    fn bad_and_repeated_entries_keep_their_position() {
        let list = EmailList::parse("a@x.io, oops, A@X.IO, b@y.io");
        let found: Vec<_> =
            list.iter().flat_map(|list| list.entries()).map(|entry| entry.address.as_ref().err().copied()).collect();
        let bad = Some(EntryError::Invalid(EmailError::MissingAt));
        assert_eq!(found, [None, bad, Some(EntryError::Duplicate(0)), None]);
    }

    #[test]
    fn list_has_one_to_five_hundred_entries() {
        let list = |count: usize| EmailList::from_entries((0..count).map(|n| format!("u{n}@example.com")).collect());
        assert_eq!(list(0), Err(EmailListError::Empty));
        assert!(list(EMAILS_PER_INVITE_MAX).is_ok_and(|list| list.is_clean()));
        assert_eq!(list(EMAILS_PER_INVITE_MAX + 1), Err(EmailListError::TooMany(EMAILS_PER_INVITE_MAX + 1)));
        assert_eq!(EmailList::parse(" ,; \n"), Err(EmailListError::Empty));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_losing_a_good_address(before in "\\PC{0,30}", local in "[a-z]{1,8}") {
            let address = local + "@example.com";
            let text = [before.as_str(), "\n", &address].concat();
            prop_assert!(split_entries(&text).contains(&address));
        }
    }
}
