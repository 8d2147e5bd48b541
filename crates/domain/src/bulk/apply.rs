//! What a bulk act leaves of one account's holdings: the one place where that is written, for apply, dry run and preview.

use super::{BulkAction, BulkKind};
use crate::accounts::{AccountKind, ShownStatus};
use crate::effective::{GroupHolding, Holdings, RoleBook};
use crate::grants::{Grant, GrantWhat};
use crate::problem::Code;
use crate::roles::OWNER_ROLE;
use crate::time::Timestamp;

/// What an act needs to know beside itself: the same for all its accounts.
#[derive(Debug, Clone, Copy)]
pub struct ActContext<'a> {
    pub book: &'a RoleBook,
    /// The group of `add_group` and `remove_group` with the roles it carries; its end does not count.
    pub group: Option<&'a GroupHolding>,
    pub at: Timestamp,
}

impl BulkAction {
    /// What an account holds after the act; none where it was so already. What is added replaces what was there of the
    /// same key, whatever its source and its end. Grants that are over count as not there.
    ///
    /// # Errors
    /// `Invalid` where the act does not fit the account: a level or Owner for a service account, activating or
    /// deactivating one whose invitation is open. `LevelKept` where it is deactivated, `NotPending` for a resend to one that
    /// has no open invitation.
    pub fn apply(&self, context: &ActContext<'_>, before: &Holdings) -> Result<Option<Holdings>, Code> {
        match self.kind {
            BulkKind::AddRole => self.add_role(context, before),
            BulkKind::AddPermission => Ok(self.add_grant(before, permission(self), context.at)),
            BulkKind::RemoveRole => Ok(remove_grant(before, &role(self), context.at)),
            BulkKind::RemovePermission => Ok(remove_grant(before, &permission(self), context.at)),
            BulkKind::AddGroup => Ok(self.add_group(context, before)),
            BulkKind::RemoveGroup => Ok(self.remove_group(before, context.at)),
            BulkKind::SetLevel => self.set_level(before),
            BulkKind::Activate | BulkKind::Deactivate => self.set_status(context.at, before),
            BulkKind::Resend => match before.state.shown(context.at) {
                ShownStatus::Pending | ShownStatus::InvitationExpired | ShownStatus::InvitationFailed => {
                    Ok(Some(before.clone()))
                }
                _ => Err(Code::NotPending),
            },
        }
    }

    fn add_role(&self, context: &ActContext<'_>, before: &Holdings) -> Result<Option<Holdings>, Code> {
        let what = role(self);
        if before.kind == AccountKind::Service && what == GrantWhat::Role(OWNER_ROLE.to_owned()) {
            return Err(Code::Invalid);
        }
        let after = self.add_grant(before, what, context.at);
        Ok(after.map(|mut after| {
            let given = self.role.as_slice();
            after.level = context.book.narrowed(before.level.as_deref(), given).map(str::to_owned);
            after
        }))
    }

    fn add_grant(&self, before: &Holdings, what: GrantWhat, at: Timestamp) -> Option<Holdings> {
        if end_of(before, &what, at) == Some(self.valid_until) {
            return None;
        }
        let mut after = before.clone();
        after.grants.retain(|grant| grant.what != what);
        after.grants.push(Grant { what, valid_until: self.valid_until });
        Some(after)
    }

    fn add_group(&self, context: &ActContext<'_>, before: &Holdings) -> Option<Holdings> {
        let group = context.group?;
        let is_there = |holding: &&GroupHolding| holding.group.id == group.group.id;
        let present = before.groups.iter().find(is_there).filter(|holding| is_on(holding.valid_until, context.at));
        if present.is_some_and(|holding| holding.valid_until == self.valid_until) {
            return None;
        }
        let mut after = before.clone();
        after.groups.retain(|holding| holding.group.id != group.group.id);
        after.groups.push(GroupHolding { valid_until: self.valid_until, ..group.clone() });
        Some(after)
    }

    fn remove_group(&self, before: &Holdings, at: Timestamp) -> Option<Holdings> {
        let is_it = |holding: &GroupHolding| Some(holding.group.id) == self.group && !holding.is_everyone;
        before.groups.iter().find(|holding| is_it(holding) && is_on(holding.valid_until, at))?;
        let mut after = before.clone();
        after.groups.retain(|holding| !is_it(holding));
        Some(after)
    }

    fn set_level(&self, before: &Holdings) -> Result<Option<Holdings>, Code> {
        if before.kind == AccountKind::Service {
            return Err(Code::Invalid);
        }
        match before.level == self.level {
            true => Ok(None),
            false if before.state.status().keeps_level() => Err(Code::LevelKept),
            false => Ok(Some(Holdings { level: self.level.clone(), ..before.clone() })),
        }
    }

    fn set_status(&self, at: Timestamp, before: &Holdings) -> Result<Option<Holdings>, Code> {
        let is_out = before.state.deactivated_at.is_some();
        if before.state.activated_at.is_none() && !is_out {
            return Err(Code::Invalid);
        }
        let deactivated_at = matches!(self.kind, BulkKind::Deactivate).then_some(at);
        if deactivated_at.is_some() == is_out {
            return Ok(None);
        }
        let mut after = before.clone();
        after.state.deactivated_at = deactivated_at;
        Ok(Some(after))
    }
}

fn role(action: &BulkAction) -> GrantWhat {
    GrantWhat::Role(action.role.clone().unwrap_or_default())
}

fn permission(action: &BulkAction) -> GrantWhat {
    GrantWhat::Permission(action.permission.clone().unwrap_or_default())
}

fn is_on(until: Option<Timestamp>, at: Timestamp) -> bool {
    until.is_none_or(|until| until > at)
}

/// When what is granted ends, by the latest of its grants that are not over; none where there is no such grant.
fn end_of(holdings: &Holdings, what: &GrantWhat, at: Timestamp) -> Option<Option<Timestamp>> {
    let grants = holdings.grants.iter().filter(|grant| grant.what == *what && is_on(grant.valid_until, at));
    let ends = grants.map(|grant| grant.valid_until);
    ends.reduce(|latest, end| latest.zip(end).map(|(latest, end)| latest.max(end)))
}

fn remove_grant(before: &Holdings, what: &GrantWhat, at: Timestamp) -> Option<Holdings> {
    end_of(before, what, at)?;
    let mut after = before.clone();
    after.grants.retain(|grant| grant.what != *what);
    Some(after)
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
