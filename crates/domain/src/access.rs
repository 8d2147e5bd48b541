//! Access to one object: what an account may do with it beside its permissions, and by which ways.

use crate::accounts::ShownStatus;
use crate::effective::{Effective, Holdings, Path, Step};
use crate::id::GroupId;
use crate::objects::AccessLevel;
use crate::time::Timestamp;

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

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
