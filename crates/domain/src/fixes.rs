//! What would allow what was refused: the smallest single additions, of those that whoever asks could make.

mod additions;

use std::collections::{HashMap, HashSet};

pub use additions::Additions;

use crate::accounts::{AccountKind, ShownStatus};
use crate::check::{Decision, FIXES_MAX, Fix, FixKind, Question, check};
use crate::effective::{Effective, Holdings, RoleBook, effective};
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::objects::AccessLevel;
use crate::permission_set::PermissionSet;
use crate::permissions::ConsolePermission;
use crate::reach;
use crate::roles::RoleRef;
use crate::time::Timestamp;
use additions::{GroupAddition, RoleAddition};

/// Whoever asks, and would make the addition.
#[derive(Debug, Clone, Copy)]
pub struct Giver<'a> {
    pub effective: &'a Effective,
    /// Whether the question is about the own account.
    pub is_same_account: bool,
    /// Whether they may give the access asked about, without an end.
    pub may_give_access: bool,
    /// Whether a seat is left for one more active user.
    pub has_seat: bool,
}

/// The single additions that would turn the answer to allowed and that the giver could make (I7), by how many other
/// permissions they give as well, 5 at most. An addition that would take something away is none, and neither is making
/// somebody an Owner. Empty when it is allowed already, and when nothing single helps. `group_access` is the access that
/// groups have to the object asked about.
#[must_use]
pub fn fixes(
    holdings: &Holdings,
    book: &RoleBook,
    additions: &Additions,
    group_access: &HashMap<GroupId, AccessLevel>,
    question: &Question<'_>,
    giver: &Giver<'_>,
    at: Timestamp,
) -> Vec<Fix> {
    let now = effective(holdings, book, at);
    let Some(number) = book.index().find(question.permission) else { return Vec::new() };
    let mut found = match check(holdings, &now, book, question, at) {
        Decision::Allow(_) => Vec::new(),
        Decision::Deny(_) => {
            let search = Search { holdings, book, additions, group_access, question, giver, at, now: &now, number };
            search.activation().or_else(|| search.is_active().then(|| search.additions())).unwrap_or_default()
        }
    };
    // Of thousands that would help only the first few are put in order and written out.
    let order = |one: &Candidate<'_>, other: &Candidate<'_>| one.order().cmp(&other.order());
    if found.len() > FIXES_MAX {
        found.select_nth_unstable_by(FIXES_MAX, order);
        found.truncate(FIXES_MAX);
    }
    found.sort_unstable_by(order);
    found.into_iter().map(Fix::from).collect()
}

/// Among additions that give equally much, what is easiest to look after comes first.
const fn order(kind: FixKind) -> u8 {
    match kind {
        FixKind::Activate => 0,
        FixKind::AddAccess => 1,
        FixKind::AddGroup => 2,
        FixKind::AddRole => 3,
        FixKind::SetLevel => 4,
        FixKind::AddPermission => 5,
    }
}

/// Something that would help, before it is written out.
struct Candidate<'a> {
    kind: FixKind,
    what: What<'a>,
    extra: usize,
}

/// What a candidate would add.
#[derive(Clone, Copy)]
enum What<'a> {
    /// The account as it is, active again.
    Activity,
    Role(&'a RoleRef),
    Group(&'a GroupRef),
    Permission(&'a str),
    Access(AccessLevel),
}

impl<'a> Candidate<'a> {
    /// By how much it gives beside, then by what is easiest to look after; names are the same on every run.
    fn order(&self) -> (usize, u8, &'a str, &'a str) {
        let (name, key) = match self.what {
            What::Role(role) => (role.name.as_str(), role.key.as_str()),
            What::Group(group) => (group.name.as_str(), ""),
            What::Activity | What::Permission(_) | What::Access(_) => ("", ""),
        };
        (self.extra, order(self.kind), name, key)
    }
}

impl From<Candidate<'_>> for Fix {
    fn from(Candidate { kind, what, extra }: Candidate<'_>) -> Self {
        let extra = u32::try_from(extra).unwrap_or(u32::MAX);
        let plain = Self { kind, role: None, group: None, permission: None, level: None, access: None, extra };
        match what {
            What::Activity => plain,
            What::Role(level) if kind == FixKind::SetLevel => Self { level: Some(level.clone()), ..plain },
            What::Role(role) => Self { role: Some(role.clone()), ..plain },
            What::Group(group) => Self { group: Some(group.clone()), ..plain },
            What::Permission(permission) => Self { permission: Some(permission.to_owned()), ..plain },
            What::Access(access) => Self { access: Some(access), ..plain },
        }
    }
}

struct Search<'a> {
    holdings: &'a Holdings,
    book: &'a RoleBook,
    additions: &'a Additions,
    group_access: &'a HashMap<GroupId, AccessLevel>,
    question: &'a Question<'a>,
    giver: &'a Giver<'a>,
    at: Timestamp,
    now: &'a Effective,
    /// Of the permission asked about.
    number: usize,
}

impl<'a> Search<'a> {
    fn is_active(&self) -> bool {
        self.holdings.state.shown(self.at) == ShownStatus::Active
    }

    fn gives(&self, permission: ConsolePermission) -> bool {
        self.giver.effective.holds(permission)
    }

    /// Whether the giver manages accounts of this kind: people and services are managed by a permission each.
    fn manages(&self) -> bool {
        self.gives(self.holdings.kind.managed_by())
    }

    /// Whether the giver holds all that was given to the account.
    fn reaches(&self) -> bool {
        self.giver.effective.lacks(&self.holdings.given(self.book)).is_none()
    }

    fn candidate(&self, kind: FixKind, what: What<'a>, after: &PermissionSet) -> Candidate<'a> {
        let added = after.count_without(self.now.set());
        let is_asked = after.contains(self.number) && !self.now.set().contains(self.number);
        Candidate { kind, what, extra: added - usize::from(is_asked) }
    }

    /// Activating a deactivated account that would be allowed then.
    fn activation(&self) -> Option<Vec<Candidate<'a>>> {
        if self.holdings.state.shown(self.at) != ShownStatus::Deactivated {
            return None;
        }
        let mut active = self.holdings.clone();
        active.state.deactivated_at = None;
        let then = effective(&active, self.book, self.at);
        let is_allowed = matches!(check(&active, &then, self.book, self.question, self.at), Decision::Allow(_));
        let has_seat = self.giver.has_seat || self.holdings.kind == AccountKind::Service;
        let asked = reach::of_account_change(self.book, self.holdings, &active, self.at);
        let is_within = asked.iter().all(|reach| reach.lack(self.giver.effective).is_none());
        let may = self.manages() && !self.giver.is_same_account && is_within;
        let activation = || self.candidate(FixKind::Activate, What::Activity, then.set());
        Some(if is_allowed && has_seat && may { vec![activation()] } else { Vec::new() })
    }

    /// What an active account could be given.
    fn additions(&self) -> Vec<Candidate<'a>> {
        let is_held = self.now.set().contains(self.number);
        let object = self.question.object.filter(|object| object.restricted);
        let level = object.and_then(|object| crate::access::access_level(self.holdings, self.now, object, self.at));
        let has_access = object.is_none() || level >= Some(self.question.access);
        let mut found = Vec::new();
        if is_held && self.giver.may_give_access {
            let access = What::Access(self.question.access);
            found.push(self.candidate(FixKind::AddAccess, access, self.now.set()));
        }
        if !self.reaches() {
            return found;
        }
        if has_access && self.manages() {
            found.extend(self.permission());
            found.extend(self.roles());
            found.extend(self.levels());
        }
        if self.gives(ConsolePermission::GroupsManage) || self.manages() {
            found.extend(self.memberships(is_held, has_access));
        }
        found
    }

    fn permission(&self) -> Option<Candidate<'a>> {
        let keys = [self.question.permission.to_owned()];
        let holds_all = self.giver.effective.lacks_until(&self.book.expand(&keys), None).is_none();
        let permission = What::Permission(self.question.permission);
        holds_all.then(|| self.candidate(FixKind::AddPermission, permission, &self.book.set(&keys)))
    }

    fn roles(&self) -> impl Iterator<Item = Candidate<'a>> {
        let level = self.holdings.level.as_deref();
        self.additions.roles().filter_map(move |RoleAddition { role, set }| {
            // A role that narrows the level takes away what the level gave.
            let keeps_level = || self.book.narrowed(level, std::slice::from_ref(&role.key)) == level;
            let fits = set.contains(self.number) && keeps_level();
            fits.then(|| self.candidate(FixKind::AddRole, What::Role(role), set))
        })
    }

    fn levels(&self) -> impl Iterator<Item = Candidate<'a>> {
        let without = effective(&Holdings { level: None, ..self.holdings.clone() }, self.book, self.at);
        let may = self.holdings.kind == AccountKind::User && !self.giver.is_same_account;
        let levels = self.additions.levels().filter(move |_| may);
        levels.filter_map(move |RoleAddition { role, set }| {
            let mut after = set.clone();
            after.extend(without.set());
            let fits = set.contains(self.number) && self.now.set().is_within(&after);
            fits.then(|| self.candidate(FixKind::SetLevel, What::Role(role), &after))
        })
    }

    fn memberships(&self, is_held: bool, has_access: bool) -> impl Iterator<Item = Candidate<'a>> {
        let is_current =
            |holding: &&crate::effective::GroupHolding| holding.valid_until.is_none_or(|until| until > self.at);
        let joined: HashSet<GroupId> =
            self.holdings.groups.iter().filter(is_current).map(|holding| holding.group.id).collect();
        self.additions.groups().filter_map(move |GroupAddition { group, set }| {
            let gives_permission = is_held || set.contains(self.number);
            let gives_access = || has_access || self.group_access.get(&group.id).copied() >= Some(self.question.access);
            let fits = gives_permission && gives_access() && !joined.contains(&group.id);
            fits.then(|| self.candidate(FixKind::AddGroup, What::Group(group), set))
        })
    }
}

#[cfg(test)]
#[path = "fixes_tests.rs"]
mod tests;
