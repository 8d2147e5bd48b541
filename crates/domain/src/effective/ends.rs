//! Until when permissions are held: nobody gives what they hold for longer than they hold it (I7).

use super::{Effective, Holdings, SourceWhat};
use crate::permissions::ALL_PERMISSIONS;
use crate::time::{Timestamp, lasts_as_long};

/// What somebody would have to hold to make a change, and does not, or not for so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lack<'a> {
    pub key: &'a str,
    /// When it ends for them; absent where they do not hold it at all.
    pub held_until: Option<Timestamp>,
}

impl Holdings {
    /// The next moment at which time alone changes what an account may do, `found` being what it may at `at`: something
    /// given for a time ends, or the account does. None where all of it stays.
    #[must_use]
    pub fn change_at(&self, found: &Effective, at: Timestamp) -> Option<Timestamp> {
        let account_ends_at = self.state.valid_until.filter(|end| *end > at);
        found.changes_at().into_iter().chain(account_ends_at).min()
    }
}

impl Effective {
    /// The next moment at which something given for a time ends; none where all of it stays. What is held can be kept until
    /// then.
    #[must_use]
    pub fn changes_at(&self) -> Option<Timestamp> {
        self.sources
            .iter()
            .filter_map(|source| source.until)
            .chain(self.unknown.iter().filter_map(|(_, end)| *end))
            .chain(self.shared.iter().filter_map(|other| other.changes_at()))
            .min()
    }

    /// Until when a permission is held, by the longest of its ways: the inner absence is for ever. None where it is not
    /// held. The end of the account itself does not count: it is that of somebody's stay, not of a right.
    #[must_use]
    pub fn end(&self, key: &str) -> Option<Option<Timestamp>> {
        let number = self.index.find(key);
        let known = self.held.iter().filter(|(held, ..)| Some(*held as usize) == number);
        let known = known.filter_map(|(_, source, _)| self.sources.get(*source as usize)).map(|source| source.until);
        let unknown = self.unknown.iter().filter(|(unknown, _)| unknown == key).map(|(_, until)| *until);
        let owner = self.sources.iter().filter(|source| self.is_owner && source.what == SourceWhat::Owner);
        let own = known.chain(unknown).chain(owner.map(|source| source.until)).max_by_key(|end| order_of(*end))?;
        match &self.shared {
            Some(other) => other.end(key).map(|theirs| [own, theirs].into_iter().flatten().min()),
            None => Some(own),
        }
    }

    /// Whether this is an Owner without an end: such a one may give anything for ever.
    #[must_use]
    pub fn is_lasting_owner(&self) -> bool {
        self.is_owner && self.end(ALL_PERMISSIONS) == Some(None)
    }

    /// The first of `keys` that is not held until `until`, or for ever where that is absent: nobody gives what they hold for
    /// longer than they hold it (I7). None when all are.
    #[must_use]
    pub fn lacks_until<'a>(&self, keys: &'a [String], until: Option<Timestamp>) -> Option<Lack<'a>> {
        if self.changes_at().is_none() {
            return self.lacks(keys).map(|key| Lack { key, held_until: None });
        }
        keys.iter().find_map(|key| match self.end(key) {
            Some(end) if lasts_as_long(end, until) => None,
            end => Some(Lack { key, held_until: end.flatten() }),
        })
    }

    /// The first of `keys` that is not held now; none when all are (I7).
    #[must_use]
    pub fn lacks<'a>(&self, keys: &'a [String]) -> Option<&'a str> {
        if self.is_owner {
            return None;
        }
        keys.iter().map(String::as_str).find(|key| !self.holds_key(key))
    }

    /// The first permission that `other` holds and this does not, or not for so long: what somebody would gain who
    /// becomes `other`. None when there is no such gain.
    #[must_use]
    pub fn outdone_by<'a>(&self, other: &'a Self) -> Option<&'a str> {
        let gained = other.keys().find(|key| other.end(key).map(order_of) > self.end(key).map(order_of));
        let becomes_owner = (other.is_owner && !self.is_owner).then_some(ALL_PERMISSIONS);
        gained.or(becomes_owner)
    }
}

/// Ends in their order: for ever is the latest of all.
pub(crate) fn order_of(end: Option<Timestamp>) -> i64 {
    end.map_or(i64::MAX, Timestamp::millis)
}
