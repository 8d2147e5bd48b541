//! The roles of an organization with what each gives, worked out once for all the questions that follow.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::levels::Narrowing;
use crate::permission_set::{PermissionIndex, PermissionSet};
use crate::permissions::{ALL_PERMISSIONS, Catalogue};
use crate::roles::{OWNER_ROLE, RoleDefinition, RoleRef};

/// The roles of an organization, the baseline of its users, and all permissions there are.
#[derive(Debug, Clone)]
pub struct RoleBook {
    roles: BTreeMap<String, BookRole>,
    baseline: Vec<String>,
    catalogue: Catalogue,
    narrowing: Option<Narrowing>,
    index: Arc<PermissionIndex>,
    baseline_gifts: Gifts,
}

/// A role with what it gives.
#[derive(Debug, Clone)]
pub(crate) struct BookRole {
    pub(crate) definition: RoleDefinition,
    pub(crate) role_ref: Arc<RoleRef>,
    pub(crate) gifts: Gifts,
}

/// A permission that a role gives, by its number, and the one that it comes with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gift {
    pub(crate) number: u32,
    pub(crate) included_in: Option<u32>,
}

/// All that a list of permissions gives, one by one and as a set.
#[derive(Debug, Clone)]
pub(crate) struct Gifts {
    pub(crate) each: Vec<Gift>,
    pub(crate) set: PermissionSet,
}

impl RoleBook {
    #[must_use]
    pub fn new(roles: Vec<RoleDefinition>, baseline: Vec<String>, catalogue: Catalogue) -> Self {
        let index = Arc::new(PermissionIndex::new(&catalogue, roles.iter(), &baseline));
        let gifts = |keys: &[String]| gifts(&index, &catalogue, keys);
        let roles = roles.into_iter().map(|definition| {
            let gifts = gifts(&definition.permissions);
            let role = BookRole { role_ref: Arc::new(definition.role_ref()), gifts, definition };
            (role.definition.key.clone(), role)
        });
        let roles = roles.collect();
        Self { roles, baseline_gifts: gifts(&baseline), baseline, narrowing: None, index: index.clone(), catalogue }
    }

    /// With the profile's rule of which roles narrow which level.
    #[must_use]
    pub fn with_narrowing(self, narrowing: Option<Narrowing>) -> Self {
        Self { narrowing, ..self }
    }

    /// The level for a user of `level` who is given roles, by their keys.
    #[must_use]
    pub fn narrowed<'a>(&'a self, level: Option<&'a str>, roles: &[String]) -> Option<&'a str> {
        self.narrowing.as_ref().map_or(level, |narrowing| narrowing.level(level, roles))
    }

    #[must_use]
    pub fn role(&self, key: &str) -> Option<&RoleDefinition> {
        self.roles.get(key).map(|role| &role.definition)
    }

    /// In the order of their keys.
    pub fn roles(&self) -> impl Iterator<Item = &RoleDefinition> {
        self.roles.values().map(|role| &role.definition)
    }

    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What every signed-in user has, by key.
    #[must_use]
    pub fn baseline(&self) -> &[String] {
        &self.baseline
    }

    /// The numbers of permissions in the sets of this book.
    #[must_use]
    pub fn index(&self) -> &PermissionIndex {
        &self.index
    }

    /// What a role gives, with all that comes with it; nothing for a role that is not there.
    #[must_use]
    pub fn role_set(&self, key: &str) -> PermissionSet {
        self.roles.get(key).map_or_else(|| PermissionSet::empty(&self.index), |role| role.gifts.set.clone())
    }

    /// Every permission that roles give, by their keys, with those they include; as `expand`. Unknown roles give nothing.
    #[must_use]
    pub fn given_by<'a>(&self, roles: impl IntoIterator<Item = &'a String>) -> Vec<String> {
        let roles = roles.into_iter().filter_map(|key| self.role(key));
        self.expand(&roles.flat_map(|role| role.permissions.clone()).collect::<Vec<_>>())
    }

    /// The names of the roles that bring a permission, in the order of their keys; levels and Owner are none of them.
    pub fn bringers<'a>(&'a self, permission: &str) -> impl Iterator<Item = &'a str> {
        let number = self.index.find(permission);
        let roles = self.roles().filter(|role| role.level_rank.is_none() && role.key != OWNER_ROLE);
        let brings = move |role: &&RoleDefinition| {
            number.is_some_and(|number| self.find(&role.key).is_some_and(|role| role.gifts.set.contains(number)))
        };
        roles.filter(brings).map(|role| role.name.as_str())
    }

    /// What single permissions give, with all that comes with them. Those that nothing here names are left out.
    #[must_use]
    pub fn set(&self, keys: &[String]) -> PermissionSet {
        gifts(&self.index, &self.catalogue, keys).set
    }

    /// Every permission that holding `keys` gives, with those they include. `*` stays among them beside all it stands
    /// for, so that `Effective::lacks` lets only an Owner hand it on, and not someone who happens to hold each by itself.
    #[must_use]
    pub fn expand(&self, keys: &[String]) -> Vec<String> {
        let (mut found, mut seen) = (Vec::new(), PermissionSet::empty(&self.index));
        if keys.iter().any(|key| key == ALL_PERMISSIONS) {
            found.push(ALL_PERMISSIONS.to_owned());
        }
        for key in keys {
            if key != ALL_PERMISSIONS && self.index.find(key).is_none() && !found.contains(key) {
                found.push(key.clone());
            }
            for gift in gifts(&self.index, &self.catalogue, std::slice::from_ref(key)).each {
                let number = gift.number as usize;
                if !seen.contains(number) {
                    seen.insert(number);
                    found.push(self.index.key(number).to_owned());
                }
            }
        }
        found
    }

    pub(crate) fn find(&self, key: &str) -> Option<&BookRole> {
        self.roles.get(key)
    }

    pub(crate) const fn baseline_gifts(&self) -> &Gifts {
        &self.baseline_gifts
    }

    pub(crate) const fn shared_index(&self) -> &Arc<PermissionIndex> {
        &self.index
    }

    /// What one permission gives; nothing where nothing here names it.
    pub(crate) fn gifts(&self, key: &str) -> Gifts {
        gifts(&self.index, &self.catalogue, std::slice::from_ref(&key.to_owned()))
    }
}

fn gifts(index: &PermissionIndex, catalogue: &Catalogue, keys: &[String]) -> Gifts {
    let mut found = Gifts { each: Vec::new(), set: PermissionSet::empty(index) };
    let mut add = |key: &str, included_in: Option<&str>| {
        let find = |key: &str| index.find(key).and_then(|number| u32::try_from(number).ok());
        if let Some(number) = find(key) {
            found.set.insert(number as usize);
            found.each.push(Gift { number, included_in: included_in.and_then(find) });
        }
    };
    for key in keys {
        if key == ALL_PERMISSIONS {
            catalogue.0.iter().for_each(|entry| add(&entry.key, None));
            continue;
        }
        add(key, None);
        if let Some(entry) = catalogue.find(key) {
            entry.includes.iter().for_each(|included| add(included, Some(key)));
        }
    }
    found
}
