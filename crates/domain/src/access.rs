//! Access to one object: what an account may do with it beside its permissions, and by which ways.

use crate::accounts::ShownStatus;
use crate::effective::{Effective, Holdings, Path, Step};
use crate::id::GroupId;
use crate::objects::AccessLevel;
use crate::permissions::ConsolePermission;
use crate::time::{Timestamp, lasts_as_long};

/// What is known of an object when asking what one account may do with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectHoldings {
    /// Whether only those with access may view or modify it.
    pub restricted: bool,
    /// Whether the account owns it.
    pub is_owner: bool,
    /// Given to the account, and to groups; groups that the account is not in count for nothing.
    pub accesses: Vec<AccessHolding>,
}

/// An access that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessHolding {
    /// The group it was given to; the account itself when absent.
    pub group: Option<GroupId>,
    pub level: AccessLevel,
    pub valid_until: Option<Timestamp>,
}

/// Every way in which an account has access to an object at a moment, with its level. Owners of the organization and
/// the object's own owner may always modify it. Nothing for an account that is not active.
#[must_use]
pub fn access_paths(
    holdings: &Holdings,
    effective: &Effective,
    object: &ObjectHoldings,
    at: Timestamp,
) -> Vec<(AccessLevel, Path)> {
    if holdings.state.shown(at) != ShownStatus::Active {
        return Vec::new();
    }
    let always = |step| (AccessLevel::Modify, Path { steps: vec![step], until: None });
    let mut found = Vec::new();
    if effective.is_owner() {
        found.push(always(Step::Owner));
    }
    if object.is_owner {
        found.push(always(Step::ObjectOwner));
    }
    let is_over = |until: Option<Timestamp>| until.is_some_and(|until| until <= at);
    for access in object.accesses.iter().filter(|access| !is_over(access.valid_until)) {
        let step = Step::Access(access.level);
        let Some(group) = access.group else {
            found.push((access.level, Path { steps: vec![step], until: access.valid_until }));
            continue;
        };
        for holding in
            holdings.groups.iter().filter(|holding| holding.group.id == group && !is_over(holding.valid_until))
        {
            let through = if holding.is_everyone { Step::Everyone } else { Step::Group };
            let until = [access.valid_until, holding.valid_until].into_iter().flatten().min();
            found.push((access.level, Path { steps: vec![through(holding.group.clone()), step.clone()], until }));
        }
    }
    found
}

/// The highest access that an account has to an object at a moment; none where it has no access of its own.
#[must_use]
pub fn access_level(
    holdings: &Holdings,
    effective: &Effective,
    object: &ObjectHoldings,
    at: Timestamp,
) -> Option<AccessLevel> {
    access_paths(holdings, effective, object, at).into_iter().map(|(level, _)| level).max()
}

/// Access that a group brings its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAccess {
    pub level: AccessLevel,
    /// When the group's access ends.
    pub valid_until: Option<Timestamp>,
    /// The object as it is for whoever would put somebody into the group.
    pub object: ObjectHoldings,
}

/// Somebody who would give access to objects: outright, as their owner, or by putting accounts into a group that has it.
#[derive(Debug, Clone, Copy)]
pub struct Sharer<'a> {
    pub holdings: &'a Holdings,
    pub effective: &'a Effective,
    pub at: Timestamp,
}

impl Sharer<'_> {
    /// Whether they may give and take access to an object, restrict it and open it at all: who may modify it (F51), and
    /// who manages objects.
    #[must_use]
    pub fn may_share(&self, object: &ObjectHoldings) -> bool {
        self.effective.holds(ConsolePermission::ObjectsManage)
            || access_level(self.holdings, self.effective, object, self.at) == Some(AccessLevel::Modify)
    }

    /// Whether they may give access to an object: as high and as long as their own, or any if they manage objects (I7).
    /// An owner modifies for ever, and so does everybody once an object is opened: either needs `modify` without an end.
    #[must_use]
    pub fn may_give(&self, object: &ObjectHoldings, level: AccessLevel, until: Option<Timestamp>) -> bool {
        self.effective.holds(ConsolePermission::ObjectsManage)
            || access_paths(self.holdings, self.effective, object, self.at)
                .iter()
                .any(|(own, path)| *own >= level && lasts_as_long(path.until, until))
    }

    /// Whether they may make of an access another one: what it only lowers or shortens is no gift.
    #[must_use]
    pub fn may_change(
        &self,
        object: &ObjectHoldings,
        before: Option<(AccessLevel, Option<Timestamp>)>,
        level: AccessLevel,
        until: Option<Timestamp>,
    ) -> bool {
        before.is_some_and(|(had, end)| had >= level && lasts_as_long(end, until))
            || self.may_give(object, level, until)
    }

    /// Whether they may put accounts into a group until a time: all access that it brings them has to be theirs to give.
    #[must_use]
    pub fn may_add_member(&self, accesses: &[GroupAccess], until: Option<Timestamp>) -> bool {
        accesses.iter().all(|access| {
            let until = [access.valid_until, until].into_iter().flatten().min();
            self.may_give(&access.object, access.level, until)
        })
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
