//! Objects of a random organization: who has access to each, and who gives it on.

use crate::access::{AccessHolding, GroupAccess, ObjectHoldings, Sharer, access_paths};
use crate::effective::{Effective, Holdings, RoleBook, effective};
use crate::objects::AccessLevel;
use crate::testing::{GROUPS, NOW, Tape, active, group_ref};
use crate::time::Timestamp;

/// An object with all its accesses, of accounts by their place.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Shared {
    pub(super) restricted: bool,
    owner: Option<usize>,
    accesses: Vec<(Option<usize>, AccessHolding)>,
}

/// Somebody who shares.
pub(super) struct Actor<'a> {
    pub(super) place: usize,
    pub(super) sharer: Sharer<'a>,
}

fn end(tape: &mut Tape<'_>) -> Option<Timestamp> {
    *tape.pick(&[None, Some(NOW.plus(5)), Some(NOW.plus(9))])
}

impl Shared {
    pub(super) fn random(tape: &mut Tape<'_>, accounts: usize) -> Self {
        let owner = tape.once_in(3).then(|| tape.below(accounts));
        let mut shared = Self { restricted: tape.once_in(2), owner, accesses: Vec::new() };
        for _ in 0..3 {
            let (subject, access) = Self::access(tape, accounts);
            shared.set(subject, access);
        }
        shared
    }

    fn access(tape: &mut Tape<'_>, accounts: usize) -> (Option<usize>, AccessHolding) {
        let account = tape.once_in(2).then(|| tape.below(accounts));
        let group = account.is_none().then(|| group_ref(tape.below(GROUPS as usize + 1) as u128).id);
        let level = *tape.pick(&[AccessLevel::View, AccessLevel::Modify]);
        (account, AccessHolding { group, level, valid_until: end(tape) })
    }

    fn find(&self, account: Option<usize>, access: &AccessHolding) -> Option<&AccessHolding> {
        let mut known = self.accesses.iter();
        known.find(|(of, known)| (*of, known.group) == (account, access.group)).map(|(_, known)| known)
    }

    fn set(&mut self, account: Option<usize>, access: AccessHolding) {
        self.accesses.retain(|(of, known)| (*of, known.group) != (account, access.group));
        self.accesses.push((account, access));
    }

    /// The object as it is for one account.
    fn of(&self, place: usize) -> ObjectHoldings {
        let is_of = |(of, _): &&(Option<usize>, AccessHolding)| of.is_none_or(|of| of == place);
        let accesses = self.accesses.iter().filter(is_of).map(|(_, access)| access.clone()).collect();
        ObjectHoldings { restricted: self.restricted, is_owner: self.owner == Some(place), accesses }
    }

    /// Gives access, makes somebody the owner, or opens and restricts, as far as the rules let the actor; whether it came
    /// off.
    pub(super) fn act(&mut self, actor: &Actor<'_>, accounts: usize, tape: &mut Tape<'_>) -> bool {
        let (held, sharer) = (self.of(actor.place), actor.sharer);
        let may_for_ever = sharer.may_give(&held, AccessLevel::Modify, None);
        let before = self.clone();
        match tape.below(4) {
            _ if !sharer.may_share(&held) => {}
            0 if may_for_ever => self.owner = Some(tape.below(accounts)),
            1 if may_for_ever || !self.restricted => self.restricted = !self.restricted,
            2 | 3 => {
                let (account, access) = Self::access(tape, accounts);
                let had = self.find(account, &access).map(|had| (had.level, had.valid_until));
                if sharer.may_change(&held, had, access.level, access.valid_until) {
                    self.set(account, access);
                }
            }
            _ => {}
        }
        *self != before
    }

    /// What a group's access gives, as one account sees the object.
    pub(super) fn of_group(&self, group: u128, place: usize) -> impl Iterator<Item = GroupAccess> {
        let of_group = self.accesses.iter().filter(move |(_, access)| access.group == Some(group_ref(group).id));
        let object = self.of(place);
        of_group.map(move |(_, access)| GroupAccess {
            level: access.level,
            valid_until: access.valid_until,
            object: object.clone(),
        })
    }

    /// Until when an account may view and modify it, as if it were active; `MIN` for not at all.
    pub(super) fn ends(&self, place: usize, holdings: &Holdings, book: &RoleBook) -> [i64; 2] {
        let holdings = Holdings { state: active(), ..holdings.clone() };
        let found: Effective = effective(&holdings, book, NOW);
        let mut ends = [i64::MIN; 2];
        for (level, path) in access_paths(&holdings, &found, &self.of(place), NOW) {
            let end = path.until.map_or(i64::MAX, Timestamp::millis);
            ends[0] = ends[0].max(end);
            if level == AccessLevel::Modify {
                ends[1] = ends[1].max(end);
            }
        }
        ends
    }
}
