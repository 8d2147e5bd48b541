//! What could be added to any account of an organization, worked out once for all the questions of a request.

use std::collections::{BTreeSet, HashMap};

use crate::effective::{Effective, RoleBook};
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::permission_set::PermissionSet;
use crate::roles::{OWNER_ROLE, RoleRef};

/// The roles, levels and groups that grant nothing beyond what the granter holds without an expiry (I7).
#[derive(Debug, Clone)]
pub struct Additions {
    roles: Vec<RoleAddition>,
    levels: Vec<RoleAddition>,
    groups: Vec<GroupAddition>,
}

/// A role or a level, with all that it gives.
#[derive(Debug, Clone)]
pub(super) struct RoleAddition {
    pub(super) role: RoleRef,
    pub(super) set: PermissionSet,
}

/// A group, with all that its roles give.
#[derive(Debug, Clone)]
pub(super) struct GroupAddition {
    pub(super) group: GroupRef,
    pub(super) set: PermissionSet,
}

impl Additions {
    /// What somebody who holds `giver` may give: of the book's roles, and of groups with the keys of their roles.
    #[must_use]
    pub fn new(book: &RoleBook, groups: impl IntoIterator<Item = (GroupRef, Vec<String>)>, giver: &Effective) -> Self {
        let mut sets: HashMap<&str, PermissionSet> = HashMap::new();
        let (mut roles, mut levels) = (Vec::new(), Vec::new());
        for role in book.roles() {
            if giver.lacks_until(&book.expand(&role.permissions), None).is_some() {
                continue;
            }
            let set = book.role_set(&role.key);
            if role.level_rank.is_some() {
                levels.push(RoleAddition { role: role.role_ref(), set: set.clone() });
            } else if role.key != OWNER_ROLE {
                roles.push(RoleAddition { role: role.role_ref(), set: set.clone() });
            }
            sets.insert(&role.key, set);
        }
        // A role that is not there gives nothing, and asks for nothing.
        let is_known = |key: &String| book.role(key).is_some();
        let addition = |(group, keys): (GroupRef, Vec<String>)| {
            let mut set = PermissionSet::empty(book.index());
            for key in keys.iter().filter(|key| is_known(key)) {
                set.extend(sets.get(key.as_str())?);
            }
            Some(GroupAddition { group, set })
        };
        let groups = groups.into_iter().filter_map(addition).collect();
        Self { roles, levels, groups }
    }

    /// Leaves out groups that the granter turns out not to be able to grant.
    pub fn leave_out(&mut self, groups: &BTreeSet<GroupId>) {
        self.groups.retain(|addition| !groups.contains(&addition.group.id));
    }

    pub(super) fn roles(&self) -> impl Iterator<Item = &RoleAddition> {
        self.roles.iter()
    }

    pub(super) fn levels(&self) -> impl Iterator<Item = &RoleAddition> {
        self.levels.iter()
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &GroupAddition> {
        self.groups.iter()
    }
}
