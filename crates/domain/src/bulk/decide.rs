//! Whether an actor may do to one account what a bulk act, or its undoing, would: no escalation, seats, the last Owner.

use std::collections::BTreeSet;

use crate::accounts::AccountKind;
use crate::effective::{Effective, Holdings, RoleBook, effective};
use crate::full_access::gains_full_access;
use crate::id::AccountId;
use crate::problem::Code;
use crate::reach;
use crate::time::Timestamp;

/// One account that an act is about.
#[derive(Debug, Clone)]
pub struct Target {
    pub id: AccountId,
    /// Whether its person has a way to sign in: an Owner without one does not count (I1).
    pub can_sign_in: bool,
    /// Without what is over already.
    pub holdings: Holdings,
}

/// Who acts, and what is left to give. One value decides on all accounts of a request in turn, since each may take the
/// last seat, or be the last Owner but one.
#[derive(Debug)]
pub struct Decider<'a> {
    /// The account that acts, and that of the person for whom it does: neither changes itself.
    pub actors: Vec<AccountId>,
    pub effective: &'a Effective,
    pub book: &'a RoleBook,
    pub at: Timestamp,
    /// The accounts that are Owners without an end, active and able to sign in.
    pub owners: BTreeSet<AccountId>,
    /// Absent where there is no limit.
    pub seats_left: Option<u32>,
    /// Whether something that was let through gives full access: that takes a password proved a short while ago (S12).
    pub gives_full_access: bool,
}

impl Decider<'_> {
    /// Lets one account become what `after` says, and counts it in.
    ///
    /// # Errors
    /// `Escalation` when the account holds what the actor lacks, when it would gain what the actor lacks or holds for less
    /// long, or when actors would gain something themselves (I7). `OwnAccount` when they would change their own level or take
    /// their own access away, `LastOwner` and `NoSeat`.
    pub fn decide(&mut self, target: &Target, after: &Holdings) -> Result<(), Code> {
        let before = &target.holdings;
        let is_beyond = || {
            let asked = reach::of_account_change(self.book, before, after, self.at);
            asked.iter().any(|reach| reach.lack(self.effective).is_some())
        };
        if !self.effective.is_lasting_owner() && is_beyond() {
            return Err(Code::Escalation);
        }
        if self.actors.contains(&target.id) {
            self.own(before, after)?;
        }
        let is_last = self.owners.contains(&target.id) && self.owners.len() == 1;
        let stays_owner = target.can_sign_in && is_owner_for_good(after);
        if is_last && !stays_owner {
            return Err(Code::LastOwner);
        }
        if takes_seat(after) && !takes_seat(before) {
            self.seats_left = match self.seats_left {
                Some(0) => return Err(Code::NoSeat),
                left => left.map(|left| left - 1),
            };
        }
        if stays_owner {
            self.owners.insert(target.id);
        } else {
            self.owners.remove(&target.id);
        }
        self.gives_full_access |= gains_full_access(before, after, self.book, self.at);
        Ok(())
    }

    fn own(&self, before: &Holdings, after: &Holdings) -> Result<(), Code> {
        if before.level != after.level || before.state != after.state {
            return Err(Code::OwnAccount);
        }
        let held = |holdings: &Holdings| effective(holdings, self.book, self.at);
        match held(before).outdone_by(&held(after)) {
            Some(_) => Err(Code::Escalation),
            None => Ok(()),
        }
    }
}

fn is_owner_for_good(holdings: &Holdings) -> bool {
    let state = &holdings.state;
    holdings.kind == AccountKind::User
        && holdings.is_lasting_owner()
        && state.activated_at.is_some()
        && state.deactivated_at.is_none()
        && state.deleted_at.is_none()
        && state.valid_until.is_none()
}

/// User accounts that are active or pending take a seat (I15).
fn takes_seat(holdings: &Holdings) -> bool {
    let state = &holdings.state;
    holdings.kind == AccountKind::User && state.deactivated_at.is_none() && state.deleted_at.is_none()
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
