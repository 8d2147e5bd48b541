//! What would allow what was refused: the smallest single additions, of those that whoever asks could make.

use crate::accounts::{AccountKind, ShownStatus};
use crate::check::{Decision, FIXES_MAX, Fix, FixKind, Question, check};
use crate::effective::{Effective, Holdings, RoleBook, effective};
use crate::groups::GroupRef;
use crate::objects::AccessLevel;
use crate::permission_set::PermissionSet;
use crate::permissions::ConsolePermission;
use crate::reach;
use crate::roles::OWNER_ROLE;
use crate::time::Timestamp;

/// A group that the account could join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOffer {
    pub group: GroupRef,
    /// Keys of the roles on it.
    pub roles: Vec<String>,
    /// The access to the object asked about that it has now; none where it has none.
    pub access: Option<AccessLevel>,
}

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
/// somebody an Owner. Empty when it is allowed already, and when nothing single helps.
#[must_use]
pub fn fixes(
    holdings: &Holdings,
    book: &RoleBook,
    groups: &[GroupOffer],
    question: &Question<'_>,
    giver: &Giver<'_>,
    at: Timestamp,
) -> Vec<Fix> {
    let now = effective(holdings, book, at);
    let Some(number) = book.index().find(question.permission) else { return Vec::new() };
    let mut found = match check(holdings, &now, book, question, at) {
        Decision::Allow(_) => Vec::new(),
        Decision::Deny(_) => {
            let search = Search { holdings, book, groups, question, giver, at, now: &now, number };
            search.activation().or_else(|| search.is_active().then(|| search.additions())).unwrap_or_default()
        }
    };
    found.sort_by(|one, other| {
        (one.extra, order(one.kind), name(one)).cmp(&(other.extra, order(other.kind), name(other)))
    });
    found.truncate(FIXES_MAX);
    found
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

fn name(fix: &Fix) -> &str {
    let role = fix.role.as_ref().or(fix.level.as_ref()).map(|role| role.name.as_str());
    role.or_else(|| fix.group.as_ref().map(|group| group.name.as_str())).unwrap_or_default()
}

struct Search<'a> {
    holdings: &'a Holdings,
    book: &'a RoleBook,
    groups: &'a [GroupOffer],
    question: &'a Question<'a>,
    giver: &'a Giver<'a>,
    at: Timestamp,
    now: &'a Effective,
    /// Of the permission asked about.
    number: usize,
}

impl Search<'_> {
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

    /// Whether the giver holds all of it without an end, as an addition has none.
    fn holds_all(&self, keys: &[String]) -> bool {
        self.giver.effective.lacks_until(&self.book.expand(keys), None).is_none()
    }

    fn role_permissions(&self, key: &str) -> &[String] {
        self.book.role(key).map_or(&[], |role| &role.permissions)
    }

    fn fix(&self, kind: FixKind, after: &PermissionSet) -> Fix {
        let added = after.without(self.now.set());
        let beside = added.len() - usize::from(added.contains(self.number));
        let extra = u32::try_from(beside).unwrap_or(u32::MAX);
        Fix { kind, role: None, group: None, permission: None, level: None, access: None, extra }
    }

    /// Activating a deactivated account that would be allowed then.
    fn activation(&self) -> Option<Vec<Fix>> {
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
        Some(if is_allowed && has_seat && may { vec![self.fix(FixKind::Activate, then.set())] } else { Vec::new() })
    }

    /// What an active account could be given.
    fn additions(&self) -> Vec<Fix> {
        let is_held = self.now.set().contains(self.number);
        let object = self.question.object.filter(|object| object.restricted);
        let level = object.and_then(|object| crate::access::access_level(self.holdings, self.now, object, self.at));
        let has_access = object.is_none() || level >= Some(self.question.access);
        let mut found = Vec::new();
        if is_held && self.giver.may_give_access {
            found.push(Fix { access: Some(self.question.access), ..self.fix(FixKind::AddAccess, self.now.set()) });
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

    fn permission(&self) -> Option<Fix> {
        let keys = [self.question.permission.to_owned()];
        let [permission] = keys.clone();
        let fix = self.fix(FixKind::AddPermission, &self.book.set(&keys));
        self.holds_all(&keys).then_some(Fix { permission: Some(permission), ..fix })
    }

    fn roles(&self) -> impl Iterator<Item = Fix> {
        let level = self.holdings.level.as_deref();
        let own = self.book.roles().filter(|role| role.level_rank.is_none() && role.key != OWNER_ROLE);
        own.filter_map(move |role| {
            let set = self.book.role_set(&role.key);
            // A role that narrows the level takes away what the level gave.
            let keeps_level = self.book.narrowed(level, std::slice::from_ref(&role.key)) == level;
            let fits = set.contains(self.number) && keeps_level && self.holds_all(&role.permissions);
            fits.then(|| Fix { role: Some(role.role_ref()), ..self.fix(FixKind::AddRole, &set) })
        })
    }

    fn levels(&self) -> impl Iterator<Item = Fix> {
        let without = effective(&Holdings { level: None, ..self.holdings.clone() }, self.book, self.at);
        let may = self.holdings.kind == AccountKind::User && !self.giver.is_same_account;
        let levels = self.book.roles().filter(move |role| may && role.level_rank.is_some());
        levels.filter_map(move |level| {
            let mut set = self.book.role_set(&level.key);
            let gives = set.contains(self.number);
            set.extend(without.set());
            let fits = gives && self.now.set().is_within(&set) && self.holds_all(&level.permissions);
            fits.then(|| Fix { level: Some(level.role_ref()), ..self.fix(FixKind::SetLevel, &set) })
        })
    }

    fn memberships(&self, is_held: bool, has_access: bool) -> impl Iterator<Item = Fix> {
        let is_member = |offer: &GroupOffer| {
            self.holdings.groups.iter().any(|holding| {
                holding.group.id == offer.group.id && holding.valid_until.is_none_or(|until| until > self.at)
            })
        };
        self.groups.iter().filter_map(move |offer| {
            let mut set = PermissionSet::empty(self.book.index());
            offer.roles.iter().for_each(|key| set.extend(&self.book.role_set(key)));
            let gives_permission = is_held || set.contains(self.number);
            let gives_access = has_access || offer.access >= Some(self.question.access);
            let fits = gives_permission
                && gives_access
                && !is_member(offer)
                && offer.roles.iter().all(|key| self.holds_all(self.role_permissions(key)));
            fits.then(|| Fix { group: Some(offer.group.clone()), ..self.fix(FixKind::AddGroup, &set) })
        })
    }
}

#[cfg(test)]
#[path = "fixes_tests.rs"]
mod tests;
