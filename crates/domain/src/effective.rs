//! Effective permissions: what an account may do, and by which paths. The one function that decides, for browser and server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::step::WireStep;

use crate::accounts::{AccountKind, AccountState, ShownStatus};
use crate::grants::{Grant, GrantWhat};
use crate::groups::GroupRef;
use crate::permissions::{ALL_PERMISSIONS, Catalogue, ConsolePermission};
use crate::roles::{OWNER_ROLE, RoleDefinition, RoleRef};
use crate::time::Timestamp;

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
}

/// One reason why an account has a permission: the steps in order, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Path {
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<WireStep>))]
    pub steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
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

/// The roles of an organization, the baseline of its users, and all permissions there are.
#[derive(Debug, Clone)]
pub struct RoleBook {
    roles: BTreeMap<String, RoleDefinition>,
    baseline: Vec<String>,
    catalogue: Catalogue,
}

impl RoleBook {
    #[must_use]
    pub fn new(roles: Vec<RoleDefinition>, baseline: Vec<String>, catalogue: Catalogue) -> Self {
        let roles = roles.into_iter().map(|role| (role.key.clone(), role)).collect();
        Self { roles, baseline, catalogue }
    }

    #[must_use]
    pub fn role(&self, key: &str) -> Option<&RoleDefinition> {
        self.roles.get(key)
    }

    /// In the order of their keys.
    pub fn roles(&self) -> impl Iterator<Item = &RoleDefinition> {
        self.roles.values()
    }

    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Every permission that holding `keys` gives, with those they include. `*` stays among them beside all it stands
    /// for, so that `Effective::lacks` lets only an Owner hand it on, and not someone who happens to hold each by itself.
    #[must_use]
    pub fn expand(&self, keys: &[String]) -> Vec<String> {
        let mut found: Vec<String> = keys.iter().filter(|key| *key == ALL_PERMISSIONS).cloned().collect();
        for key in keys {
            self.visit(key, &mut |permission, _| {
                if !found.iter().any(|known| known == permission) {
                    found.push(permission.to_owned());
                }
            });
        }
        found
    }

    /// Names each permission that `key` gives, with the permission that includes it.
    fn visit(&self, key: &str, found: &mut impl FnMut(&str, Option<&str>)) {
        if key == ALL_PERMISSIONS {
            self.catalogue.0.iter().for_each(|entry| found(&entry.key, None));
            return;
        }
        found(key, None);
        if let Some(entry) = self.catalogue.find(key) {
            entry.includes.iter().for_each(|included| found(included, Some(key)));
        }
    }
}

/// Each permission held, with every path that gives it. Empty for an account that is not active.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    permissions: BTreeMap<String, Vec<Path>>,
    is_owner: bool,
}

impl Effective {
    #[must_use]
    pub fn holds(&self, permission: ConsolePermission) -> bool {
        self.holds_key(permission.key())
    }

    #[must_use]
    pub fn holds_key(&self, key: &str) -> bool {
        self.permissions.contains_key(key)
    }

    /// Whether the account is an Owner: it may give anything, also what the catalogue does not know.
    #[must_use]
    pub const fn is_owner(&self) -> bool {
        self.is_owner
    }

    /// The first of `keys` that is not held; none when all are (I7).
    #[must_use]
    pub fn lacks<'a>(&self, keys: &'a [String]) -> Option<&'a str> {
        if self.is_owner {
            return None;
        }
        keys.iter().map(String::as_str).find(|key| !self.holds_key(key))
    }

    /// In the order of their keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.permissions.keys().map(String::as_str)
    }

    /// The ways in which a permission is held; none when it is not.
    #[must_use]
    pub fn paths(&self, key: &str) -> &[Path] {
        self.permissions.get(key).map_or(&[], Vec::as_slice)
    }
}

/// What an account may do at a moment, and why.
#[must_use]
pub fn effective(holdings: &Holdings, book: &RoleBook, at: Timestamp) -> Effective {
    if holdings.state.shown(at) != ShownStatus::Active {
        return Effective::default();
    }
    let mut gather = Gather { book, at, found: Effective::default() };
    if holdings.kind == AccountKind::User {
        for key in &book.baseline {
            gather.permission(key, &[Step::Baseline], None);
        }
    }
    if let Some(key) = &holdings.level {
        gather.role(key, &[], None);
    }
    for grant in &holdings.grants {
        match &grant.what {
            GrantWhat::Role(key) => gather.role(key, &[], grant.valid_until),
            GrantWhat::Permission(key) => gather.permission(key, &[Step::Direct], grant.valid_until),
        }
    }
    for holding in &holdings.groups {
        let step = if holding.is_everyone {
            Step::Everyone(holding.group.clone())
        } else {
            Step::Group(holding.group.clone())
        };
        for key in &holding.roles {
            gather.role(key, std::slice::from_ref(&step), holding.valid_until);
        }
    }
    gather.found
}

struct Gather<'a> {
    book: &'a RoleBook,
    at: Timestamp,
    found: Effective,
}

impl Gather<'_> {
    fn role(&mut self, key: &str, before: &[Step], until: Option<Timestamp>) {
        let Some(role) = self.book.role(key) else { return };
        if self.is_over(until) {
            return;
        }
        let is_owner = key == OWNER_ROLE;
        let step = match role.level_rank {
            _ if is_owner => Step::Owner,
            Some(_) => Step::Level(role.role_ref()),
            None => Step::Role(role.role_ref()),
        };
        self.found.is_owner |= is_owner;
        let steps = [before, &[step]].concat();
        for permission in &role.permissions {
            self.permission(permission, &steps, until);
        }
    }

    fn permission(&mut self, key: &str, steps: &[Step], until: Option<Timestamp>) {
        if self.is_over(until) {
            return;
        }
        let permissions = &mut self.found.permissions;
        self.book.visit(key, &mut |permission, included_in| {
            let mut steps = steps.to_vec();
            steps.extend(included_in.map(|key| Step::IncludedIn { key: key.to_owned() }));
            permissions.entry(permission.to_owned()).or_default().push(Path { steps, until });
        });
    }

    fn is_over(&self, until: Option<Timestamp>) -> bool {
        until.is_some_and(|until| until <= self.at)
    }
}

#[cfg(test)]
#[path = "effective_tests.rs"]
mod tests;
