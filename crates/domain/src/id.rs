//! Typed identifiers: UUID version 7 (RFC 9562), so that ids sort by the time they were made and are never reused.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Timestamp;

/// An id of one kind of thing. On the wire and in the store: the 36 characters of RFC 9562, in lower case.
pub struct Id<T> {
    value: u128,
    kind: PhantomData<fn() -> T>,
}

/// Names the kinds of ids, so that one cannot be given where another is asked for.
pub mod kind {
    /// Of an organization.
    pub enum Organization {}
    /// Of a person who signs in.
    pub enum Person {}
    /// Of a person or a service in one organization.
    pub enum Account {}
    /// Of a role or privilege level.
    pub enum Role {}
    /// Of a group or team.
    pub enum Group {}
    /// Of a bulk change.
    pub enum Operation {}
    /// Of an API token.
    pub enum Token {}
    /// Of an object of the product, in the store alone: the product knows it by an id of its own.
    pub enum Object {}
}

pub type OrganizationId = Id<kind::Organization>;
pub type PersonId = Id<kind::Person>;
pub type AccountId = Id<kind::Account>;
pub type RoleId = Id<kind::Role>;
pub type GroupId = Id<kind::Group>;
pub type TokenId = Id<kind::Token>;
pub type OperationId = Id<kind::Operation>;
pub type ObjectId = Id<kind::Object>;

/// The text was not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id has 36 characters: 0-9, a-f and hyphens")
    }
}

impl std::error::Error for InvalidId {}

impl<T> Id<T> {
    /// Makes a version 7 id from the time and ten random bytes, of which 74 bits are used.
    #[must_use]
    pub fn v7(at: Timestamp, random: [u8; 10]) -> Self {
        let millis = u128::from(at.millis().unsigned_abs()) & 0xffff_ffff_ffff;
        let tail = random.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        let rand_a = (tail >> 64) & 0xfff;
        let rand_b = tail & 0x3fff_ffff_ffff_ffff;
        Self::from_u128((millis << 80) | (7 << 76) | (rand_a << 64) | (2 << 62) | rand_b)
    }

    #[must_use]
    pub const fn from_u128(value: u128) -> Self {
        Self { value, kind: PhantomData }
    }

    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.value.to_be_bytes()
    }
}

impl<T> FromStr for Id<T> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let bytes: &[u8; 36] = text.as_bytes().try_into().map_err(|_| InvalidId)?;
        if [8, 13, 18, 23].iter().any(|hyphen| bytes[*hyphen] != b'-') {
            return Err(InvalidId);
        }
        // A preview reads a million ids: no branch for each digit, and what is none shows in `seen`.
        let mut seen = 0;
        let mut half = |parts: &[&[u8]]| {
            parts.iter().copied().flatten().fold(0_u64, |value, byte| {
                let digit = DIGIT_VALUES[usize::from(*byte)];
                seen |= digit;
                value << 4 | u64::from(digit)
            })
        };
        let high = half(&[&bytes[..8], &bytes[9..13], &bytes[14..18]]);
        let low = half(&[&bytes[19..23], &bytes[24..]]);
        if seen > 0xf { Err(InvalidId) } else { Ok(Self::from_u128(u128::from(high) << 64 | u128::from(low))) }
    }
}

/// The value of each byte as a digit; more than 15 where it is none.
const DIGIT_VALUES: [u8; 256] = {
    let mut values = [0x10; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut shift = 128;
        for (position, slot) in text.iter_mut().enumerate() {
            if !matches!(position, 8 | 13 | 18 | 23) {
                shift -= 4;
                *slot = DIGITS[(self.value >> shift) as usize & 0xf];
            }
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn id_reads_back_what_it_writes(millis in 0_i64..1 << 47, random: [u8; 10]) {
            let id = AccountId::v7(Timestamp::from_millis(millis), random);
            let text = id.to_string();
            prop_assert_eq!(text.parse::<AccountId>(), Ok(id));
            prop_assert_eq!(&text[14..15], "7");
            prop_assert!("89ab".contains(&text[19..20]));
        }

        #[test]
        fn later_ids_sort_after_earlier_ones(millis in 0_i64..1 << 46, a: [u8; 10], b: [u8; 10]) {
            let earlier = AccountId::v7(Timestamp::from_millis(millis), a);
            let later = AccountId::v7(Timestamp::from_millis(millis + 1), b);
            prop_assert!(earlier < later);
            prop_assert!(earlier.to_string() < later.to_string());
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "x",
            "0190163D-8694-7AAA-8000-000000000000",
            "0190163d86947aaa8000000000000000",
            "0190163d-8694-7aaa-8000-00000000000é",
        ] {
            assert_eq!(text.parse::<AccountId>(), Err(InvalidId), "{text}");
        }
    }
}
