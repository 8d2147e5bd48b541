//! Effective permissions: what an account may do, and by which paths. The one function that decides, for browser and server.

mod ends;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use ends::Lack;

pub use crate::role_book::RoleBook;
pub use crate::step::WireStep;

use crate::accounts::{AccountKind, AccountState, ShownStatus};
use crate::grants::{Grant, GrantWhat};
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::objects::AccessLevel;
use crate::permission_set::{PermissionIndex, PermissionSet};
use crate::permissions::ConsolePermission;
use crate::role_book::Gift;
use crate::roles::{OWNER_ROLE, RoleRef};
use crate::time::Timestamp;
pub(crate) use ends::order_of;

/// One step on the way from an account to a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireStep", try_from = "WireStep")]
pub enum Step {
    /// Given to the account itself.
    Direct,
    Level(RoleRef),
    Role(RoleRef),
    Group(GroupRef),
    Everyone(GroupRef),
    /// What every signed-in user has.
    Baseline,
    /// The Owner role, which holds everything.
    Owner,
    /// Another permission that brings it.
    IncludedIn {
        key: String,
    },
    /// Access to the object asked about, given to the account, or to the group of the step before.
    Access(AccessLevel),
    /// The account owns the object asked about.
    ObjectOwner,
}

/// One reason why an account has a permission: the steps in order, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Path {
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<WireStep>))]
    pub steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Holdings {
    /// Whether the account holds the Owner role itself, without an end (I1).
    #[must_use]
    pub fn is_lasting_owner(&self) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.valid_until.is_none() && grant.what == GrantWhat::Role(OWNER_ROLE.to_owned()))
    }

    /// Until when this is in a group for longer than `before` was: the inner absence is for ever. None where it is not.
    #[must_use]
    pub fn joined_beyond(&self, before: &Self, group: GroupId) -> Option<Option<Timestamp>> {
        let end = |holdings: &Self| {
            let memberships = holdings.groups.iter().filter(|holding| holding.group.id == group);
            memberships.map(|holding| holding.valid_until).max_by_key(|end| order_of(*end))
        };
        let until = end(self)?;
        (Some(order_of(until)) > end(before).map(order_of)).then_some(until)
    }

    /// What the account would hold when active, by what was given to it: level, grants and groups, but neither the
    /// baseline nor Everyone, which all have. Whoever acts on the account needs all of it (I7).
    #[must_use]
    pub fn given(&self, book: &RoleBook) -> Vec<String> {
        let groups = self.groups.iter().filter(|holding| !holding.is_everyone).flat_map(|holding| &holding.roles);
        let granted_roles = self
            .grants
            .iter()
            .filter_map(|grant| if let GrantWhat::Role(key) = &grant.what { Some(key) } else { None });
        let roles = self.level.iter().chain(groups).chain(granted_roles);
        let mut keys: Vec<String> =
            roles.filter_map(|key| book.role(key)).flat_map(|role| role.permissions.clone()).collect();
        keys.extend(
            self.grants.iter().filter_map(|grant| {
                if let GrantWhat::Permission(key) = &grant.what { Some(key.clone()) } else { None }
            }),
        );
        book.expand(&keys)
    }
}

/// A group an account is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupHolding {
    pub group: GroupRef,
    pub is_everyone: bool,
    /// Keys of the roles on the group.
    pub roles: Vec<String>,
    /// End of the membership.
    pub valid_until: Option<Timestamp>,
}

/// All that is known of an account when asking what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    pub kind: AccountKind,
    pub state: AccountState,
    /// Key of the privilege level.
    pub level: Option<String>,
    pub grants: Vec<Grant>,
    /// Everyone included, which the store derives.
    pub groups: Vec<GroupHolding>,
}

/// Each permission held, with every path that gives it. Empty for an account that is not active.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    index: Arc<PermissionIndex>,
    set: PermissionSet,
    /// In the order in which they were found: what is held, from which source, and with what it comes.
    held: Vec<(u32, u32, Option<u32>)>,
    sources: Vec<Source>,
    groups: Vec<GroupRef>,
    /// Single permissions that neither the catalogue nor a role names, each with its ends.
    unknown: Vec<(String, Option<Timestamp>)>,
    is_owner: bool,
    /// Whom this is shared with: nothing lasts longer than it does there.
    shared: Option<Arc<Self>>,
}

/// Where permissions come from; it becomes steps only when somebody asks why.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    /// The place among the groups, and whether that is Everyone.
    through: Option<(u32, bool)>,
    what: SourceWhat,
    until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum SourceWhat {
    Direct,
    Baseline,
    Owner,
    Level(Arc<RoleRef>),
    Role(Arc<RoleRef>),
}

impl Effective {
    #[must_use]
    pub fn holds(&self, permission: ConsolePermission) -> bool {
        self.holds_key(permission.key())
    }

    #[must_use]
    pub fn holds_key(&self, key: &str) -> bool {
        match self.index.find(key) {
            Some(number) => self.set.contains(number),
            None => self.unknown.iter().any(|(unknown, _)| unknown == key),
        }
    }

    /// Whether the account is an Owner: it may give anything, also what the catalogue does not know.
    #[must_use]
    pub const fn is_owner(&self) -> bool {
        self.is_owner
    }

    /// What is left of it within the scopes of a token, given as what they expand to in the same book (I7: nobody is an
    /// Owner through scopes).
    #[must_use]
    pub fn within_scopes(&self, scopes: &PermissionSet) -> Self {
        let held = self.held.iter().filter(|(number, ..)| scopes.contains(*number as usize)).copied().collect();
        let set = self.set.without(&self.set.without(scopes));
        Self { set, held, unknown: Vec::new(), is_owner: false, ..self.clone() }
    }

    /// What both this and another hold, by the paths of this: whoever acts on behalf of another has no more than either,
    /// and for no longer (F103). Both are of the same book.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        let mut shared = self.within_scopes(&other.set);
        for (number, source, _) in &mut shared.held {
            let Some(end) = other.latest_end(*number) else { continue };
            let of = shared.sources.get(*source as usize);
            if let Some(of) = of.filter(|of| of.until.is_none_or(|until| until > end)).cloned() {
                *source = place(shared.sources.len());
                shared.sources.push(Source { until: Some(end), ..of });
            }
        }
        let capped = |(key, until): &(String, Option<Timestamp>)| {
            let ends = other.unknown.iter().filter(|(known, _)| known == key).map(|(_, end)| *end);
            let end = later(ends)?;
            Some((key.clone(), [end, *until].into_iter().flatten().min()))
        };
        shared.unknown = self.unknown.iter().filter_map(capped).collect();
        shared.is_owner = self.is_owner && other.is_owner;
        shared.shared = Some(Arc::new(other.clone()));
        shared
    }

    /// When a permission that is held ends; none where it stays.
    fn latest_end(&self, number: u32) -> Option<Timestamp> {
        let of_number = self.held.iter().filter(|(held, ..)| *held == number);
        later(of_number.filter_map(|(_, source, _)| Some(self.sources.get(*source as usize)?.until))).flatten()
    }

    /// Each way in which something is held, by its number in the book's index, with its end.
    pub fn ends(&self) -> impl Iterator<Item = (usize, Option<Timestamp>)> {
        let end = |source: u32| self.sources.get(source as usize).and_then(|source| source.until);
        self.held.iter().map(move |(number, source, _)| (*number as usize, end(*source)))
    }

    /// What is held, in the numbers of the book's index.
    #[must_use]
    pub const fn set(&self) -> &PermissionSet {
        &self.set
    }

    /// In the order of their keys; those that nothing names any more come last.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let known =
            self.index.sorted().filter(|number| self.set.contains(*number)).map(|number| self.index.key(number));
        let firsts = self
            .unknown
            .iter()
            .enumerate()
            .filter(|(place, (key, _))| self.unknown.iter().position(|(other, _)| other == key) == Some(*place));
        known.chain(firsts.map(|(_, (key, _))| key.as_str()))
    }

    /// The ways in which a permission is held; none when it is not.
    #[must_use]
    pub fn paths(&self, key: &str) -> Vec<Path> {
        let Some(number) = self.index.find(key) else {
            let direct = self.unknown.iter().filter(|(unknown, _)| unknown == key);
            return direct.map(|(_, until)| Path { steps: vec![Step::Direct], until: *until }).collect();
        };
        let held = self.held.iter().filter(|(held, ..)| *held as usize == number);
        held.filter_map(|(_, source, included_in)| {
            let source = self.sources.get(*source as usize)?;
            let mut steps = self.steps(source);
            steps.extend(included_in.map(|with| Step::IncludedIn { key: self.index.key(with as usize).to_owned() }));
            Some(Path { steps, until: source.until })
        })
        .collect()
    }

    fn steps(&self, source: &Source) -> Vec<Step> {
        let through = source.through.and_then(|(place, is_everyone)| {
            let group = self.groups.get(place as usize)?.clone();
            Some(if is_everyone { Step::Everyone(group) } else { Step::Group(group) })
        });
        let what = match &source.what {
            SourceWhat::Direct => Step::Direct,
            SourceWhat::Baseline => Step::Baseline,
            SourceWhat::Owner => Step::Owner,
            SourceWhat::Level(level) => Step::Level((**level).clone()),
            SourceWhat::Role(role) => Step::Role((**role).clone()),
        };
        through.into_iter().chain([what]).collect()
    }
}

/// What an account may do at a moment, and why.
#[must_use]
pub fn effective(holdings: &Holdings, book: &RoleBook, at: Timestamp) -> Effective {
    if holdings.state.shown(at) != ShownStatus::Active {
        return Effective::default();
    }
    let index = book.shared_index();
    let found = Effective { index: index.clone(), set: PermissionSet::empty(index), ..Effective::default() };
    let mut gather = Gather { book, at, found };
    if holdings.kind == AccountKind::User {
        let baseline = book.baseline_gifts();
        gather.source(None, SourceWhat::Baseline, None, &baseline.each, &baseline.set);
    }
    if let Some(key) = &holdings.level {
        gather.role(key, None, None);
    }
    for grant in &holdings.grants {
        match &grant.what {
            GrantWhat::Role(key) => gather.role(key, None, grant.valid_until),
            GrantWhat::Permission(key) => gather.permission(key, grant.valid_until),
        }
    }
    for holding in &holdings.groups {
        if holding.roles.is_empty() || gather.is_over(holding.valid_until) {
            continue;
        }
        let through = Some((place(gather.found.groups.len()), holding.is_everyone));
        gather.found.groups.push(holding.group.clone());
        holding.roles.iter().for_each(|key| gather.role(key, through, holding.valid_until));
    }
    gather.found
}

/// The latest of some ends, where none is for ever; absent when there are none.
fn later(ends: impl Iterator<Item = Option<Timestamp>>) -> Option<Option<Timestamp>> {
    ends.max_by_key(|end| end.map_or(i64::MAX, Timestamp::millis))
}

/// Places fit by far: an account's sources are limited.
fn place(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

struct Gather<'a> {
    book: &'a RoleBook,
    at: Timestamp,
    found: Effective,
}

impl Gather<'_> {
    fn role(&mut self, key: &str, through: Option<(u32, bool)>, until: Option<Timestamp>) {
        let Some(role) = self.book.find(key) else { return };
        let is_owner = key == OWNER_ROLE;
        let what = match role.definition.level_rank {
            _ if is_owner => SourceWhat::Owner,
            Some(_) => SourceWhat::Level(role.role_ref.clone()),
            None => SourceWhat::Role(role.role_ref.clone()),
        };
        if !self.is_over(until) {
            self.found.is_owner |= is_owner;
            self.source(through, what, until, &role.gifts.each, &role.gifts.set);
        }
    }

    fn permission(&mut self, key: &str, until: Option<Timestamp>) {
        if self.is_over(until) {
            return;
        }
        let gifts = self.book.gifts(key);
        if gifts.each.is_empty() {
            self.found.unknown.push((key.to_owned(), until));
        }
        self.source(None, SourceWhat::Direct, until, &gifts.each, &gifts.set);
    }

    fn source(
        &mut self,
        through: Option<(u32, bool)>,
        what: SourceWhat,
        until: Option<Timestamp>,
        gifts: &[Gift],
        set: &PermissionSet,
    ) {
        let source = place(self.found.sources.len());
        self.found.sources.push(Source { through, what, until });
        self.found.set.extend(set);
        self.found.held.extend(gifts.iter().map(|gift| (gift.number, source, gift.included_in)));
    }

    fn is_over(&self, until: Option<Timestamp>) -> bool {
        until.is_some_and(|until| until <= self.at)
    }
}

#[cfg(test)]
#[path = "effective_tests.rs"]
mod tests;
