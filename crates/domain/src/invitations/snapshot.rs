//! What an invited account would have once it is active: recorded when its link is made, and compared when it is opened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::accounts::{AccountState, ShownStatus};
use crate::effective::{Holdings, RoleBook, effective};
use crate::id::ObjectId;
use crate::objects::AccessLevel;
use crate::permissions::ALL_PERMISSIONS;
use crate::time::{Timestamp, lasts_as_long};

/// An access to an object: the object, how far it reaches, and when it ends.
pub type HeldAccess = (ObjectId, AccessLevel, Option<Timestamp>);

/// Everything an account would have if it were active: its permissions and its access to objects, with their ends. An
/// object that is open to all who hold a permission is not part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessSnapshot {
    /// Until when it would be an Owner; absent where it would not be one.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "until::present")]
    owner: Option<Until>,
    /// By key, each until its end.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    permissions: BTreeMap<String, Until>,
    /// Each level with the latest end of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    objects: BTreeMap<ObjectId, BTreeMap<AccessLevel, Until>>,
}

/// An end; absent for what has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Until(#[serde(with = "until")] Option<Timestamp>);

/// Something that one snapshot has and another has not, or not for as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gain<'a> {
    /// By key; all permissions for an Owner.
    Permission(&'a str),
    Object(ObjectId),
}

impl Until {
    fn lasts_as_long_as(self, other: Self) -> bool {
        lasts_as_long(self.0, other.0)
    }
}

impl AccessSnapshot {
    /// What an account would have at a moment, whether or not it is active yet. Nothing after the end of its access.
    #[must_use]
    pub fn of(
        holdings: &Holdings,
        accesses: impl IntoIterator<Item = HeldAccess>,
        book: &RoleBook,
        at: Timestamp,
    ) -> Self {
        let end_of_access = holdings.state.valid_until;
        let state = AccountState { valid_until: end_of_access, ..AccountState::active_since(at) };
        if state.shown(at) != ShownStatus::Active {
            return Self::default();
        }
        let until = |end: Option<Timestamp>| Until([end, end_of_access].into_iter().flatten().min());
        let held = effective(&Holdings { state, ..holdings.clone() }, book, at);
        let permission = |key: &str| Some((key.to_owned(), until(held.end(key)?)));
        let mut snapshot = Self {
            owner: held.is_owner().then(|| until(held.end(ALL_PERMISSIONS).flatten())),
            permissions: held.keys().filter_map(permission).collect(),
            objects: BTreeMap::new(),
        };
        for (object, level, end) in accesses {
            snapshot.add_access(object, level, until(end));
        }
        snapshot
    }

    fn add_access(&mut self, object: ObjectId, level: AccessLevel, until: Until) {
        let known = self.objects.entry(object).or_default().entry(level).or_insert(until);
        if until.lasts_as_long_as(*known) {
            *known = until;
        }
    }

    /// The first thing that another snapshot has beyond this one. Having less is no gain.
    #[must_use]
    pub fn first_gain<'a>(&self, other: &'a Self) -> Option<Gain<'a>> {
        let was_owner = |until: Until| self.owner.is_some_and(|had| had.lasts_as_long_as(until));
        if other.owner.is_some_and(|until| !was_owner(until)) {
            return Some(Gain::Permission(ALL_PERMISSIONS));
        }
        let had = |key: &str, until| self.permissions.get(key).is_some_and(|had| had.lasts_as_long_as(until));
        let permission = other.permissions.iter().find(|(key, until)| !was_owner(**until) && !had(key, **until));
        permission.map(|(key, _)| Gain::Permission(key)).or_else(|| {
            let is_new = |object: &ObjectId, level: AccessLevel, until| {
                let had = self.objects.get(object).into_iter().flatten();
                !had.into_iter().any(|(known, end)| *known >= level && end.lasts_as_long_as(until))
            };
            let accesses =
                other.objects.iter().flat_map(|(object, levels)| levels.iter().map(move |(l, u)| (object, *l, *u)));
            let mut gained =
                accesses.filter(|(object, level, until)| !was_owner(*until) && is_new(object, *level, *until));
            gained.next().map(|(object, ..)| Gain::Object(*object))
        })
    }

    /// The same without access to objects, for those who may give all of it anyway.
    #[must_use]
    pub fn without_objects(self) -> Self {
        Self { objects: BTreeMap::new(), ..self }
    }
}

/// Milliseconds, as the store writes times; null for what has no end.
mod until {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Until;
    use crate::time::Timestamp;

    /// An end that is there: null is one, too, of what lasts for ever.
    pub(super) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Until>, D::Error> {
        Until::deserialize(deserializer).map(Some)
    }

    pub(super) fn serialize<S: Serializer>(end: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        end.map(Timestamp::millis).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map(Timestamp::from_millis))
    }
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
