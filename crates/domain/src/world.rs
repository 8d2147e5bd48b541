//! An organization in small: who holds what at one moment, so compact that a change is tried out on all accounts at once.

mod ends;

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::accounts::AccountKind;
use crate::differences::{Differences, Example, add_ends, tally};
use crate::effective::RoleBook;
use crate::id::{AccountId, GroupId};
use crate::permission_set::PermissionSet;
use crate::time::Timestamp;

use self::ends::{Ending, Source};

/// An account as the world knows it.
#[derive(Debug, Clone)]
struct Resident {
    id: AccountId,
    kind: AccountKind,
    level: Option<u32>,
    /// Where its name ends in `names`; it begins where the one before ends.
    name_end: u32,
}

/// Ids are random already: their last digits are as good as any hash of them.
#[derive(Debug, Clone, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, value: u128) {
        // The upper half of the product mixes the lower digits into all of it, for ids that are not random.
        let wide = u128::from(value as u64 ^ (value >> 64) as u64) * 0x9e37_79b9_7f4a_7c15;
        self.0 = wide as u64 ^ (wide >> 64) as u64;
    }
}

type ById<K> = HashMap<K, u32, BuildHasherDefault<IdHasher>>;

/// A snapshot of an organization at one moment. Only accounts that are active then are put into it, and only what has not
/// ended.
#[derive(Debug, Clone)]
pub struct World {
    words: usize,
    baseline: PermissionSet,
    /// What each role gives, by its number.
    roles: Vec<PermissionSet>,
    role_numbers: BTreeMap<String, u32>,
    /// The roles on each group, by the group's number.
    groups: Vec<Vec<u32>>,
    group_numbers: ById<GroupId>,
    everyone: Option<u32>,
    singles: Vec<(String, PermissionSet)>,
    /// A change of roles and groups leaves them as they are: both worlds have the same ones.
    people: Arc<People>,
}

/// The accounts of a world, and what they are in and were given.
#[derive(Debug, Clone, Default)]
struct People {
    residents: Vec<Resident>,
    names: String,
    by_id: ById<AccountId>,
    /// Group and account. Here and below, what ends is not among them.
    memberships: Vec<(u32, u32)>,
    /// Role and account.
    role_grants: Vec<(u32, u32)>,
    /// Permission, by its place in `singles`, and account.
    permission_grants: Vec<(u32, u32)>,
    ending: Vec<Ending>,
    /// Accounts whose access ends, in the order of the residents.
    account_ends: Vec<(u32, Timestamp)>,
}

/// What one account is given by a source, and until when.
pub type Holder = (AccountId, Option<Timestamp>);

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl World {
    /// The roles of a book, and nobody yet.
    #[must_use]
    pub fn new(book: &RoleBook) -> Self {
        let keys = || book.roles().map(|role| role.key.clone());
        Self {
            words: book.index().words(),
            baseline: book.set(book.baseline()),
            roles: keys().map(|key| book.role_set(&key)).collect(),
            role_numbers: keys().zip(0..).collect(),
            groups: Vec::new(),
            group_numbers: ById::default(),
            everyone: None,
            singles: Vec::new(),
            people: Arc::default(),
        }
    }

    /// Adds a group with the keys of its roles. All accounts are in Everyone.
    pub fn add_group(&mut self, id: GroupId, is_everyone: bool, roles: &[String]) {
        let roles = roles.iter().filter_map(|key| self.role_numbers.get(key).copied()).collect();
        let place = number(self.groups.len());
        self.groups.push(roles);
        self.group_numbers.insert(id, place);
        if is_everyone {
            self.everyone = Some(place);
        }
    }

    /// Adds an account with the key of its level and the end of its access. `name` is what examples are sorted by.
    pub fn add_account(
        &mut self,
        id: AccountId,
        kind: AccountKind,
        level: Option<&str>,
        name: &str,
        valid_until: Option<Timestamp>,
    ) {
        let level = level.and_then(|key| self.role_numbers.get(key).copied());
        let people = Arc::make_mut(&mut self.people);
        let place = number(people.residents.len());
        people.by_id.insert(id, place);
        people.names.push_str(name);
        people.residents.push(Resident { id, kind, level, name_end: number(people.names.len()) });
        people.account_ends.extend(valid_until.map(|until| (place, until)));
    }

    /// Puts accounts into a group; those that the world does not have are passed over.
    pub fn add_members(&mut self, group: GroupId, members: impl IntoIterator<Item = Holder>) {
        let group = self.group_numbers.get(&group).copied().filter(|group| Some(*group) != self.everyone);
        self.add_holders(group.map(Source::Group), members);
    }

    /// Gives accounts a role, by its key.
    pub fn grant_role(&mut self, role: &str, holders: impl IntoIterator<Item = Holder>) {
        self.add_holders(self.role_numbers.get(role).copied().map(Source::Role), holders);
    }

    /// Gives accounts a single permission, by its key.
    pub fn grant_permission(&mut self, book: &RoleBook, permission: &str, holders: impl IntoIterator<Item = Holder>) {
        let known = self.singles.iter().position(|(key, _)| key == permission);
        let place = known.unwrap_or_else(|| {
            self.singles.push((permission.to_owned(), book.set(&[permission.to_owned()])));
            self.singles.len() - 1
        });
        self.add_holders(Some(Source::Single(number(place))), holders);
    }

    fn add_holders(&mut self, source: Option<Source>, holders: impl IntoIterator<Item = Holder>) {
        let Some(source) = source else { return };
        let People { by_id, memberships, role_grants, permission_grants, ending, .. } = Arc::make_mut(&mut self.people);
        let (lasting, place) = match source {
            Source::Group(place) => (memberships, place),
            Source::Role(place) => (role_grants, place),
            Source::Single(place) => (permission_grants, place),
        };
        for (id, until) in holders {
            let Some(account) = by_id.get(&id).copied() else { continue };
            match until {
                None => lasting.push((place, account)),
                Some(until) => ending.push(Ending { account, source, until }),
            }
        }
    }

    /// Makes a role give other permissions.
    pub fn change_role(&mut self, book: &RoleBook, role: &str, permissions: &[String]) {
        if let Some(role) = self.role_numbers.get(role) {
            self.roles[*role as usize] = book.set(permissions);
        }
    }

    /// Takes a role away from all who hold it, and gives them another one instead, or none.
    pub fn replace_role(&mut self, role: &str, instead: Option<&str>) {
        let find = |key: &str| self.role_numbers.get(key).map(|role| *role as usize);
        let Some(gone) = find(role) else { return };
        let instead = instead.and_then(find).map(|role| self.roles[role].clone());
        self.roles[gone] = instead.unwrap_or_else(|| PermissionSet::of_words(&vec![0; self.words]));
    }

    /// Makes a group carry other roles; none for a group that is deleted.
    pub fn change_group(&mut self, group: GroupId, roles: &[String]) {
        let roles = roles.iter().filter_map(|key| self.role_numbers.get(key).copied()).collect();
        if let Some(group) = self.group_numbers.get(&group) {
            self.groups[*group as usize] = roles;
        }
    }

    /// How many accounts it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.residents.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.residents.is_empty()
    }

    /// What an account holds; nothing for one that is not there or does not count.
    #[must_use]
    pub fn held(&self, account: AccountId) -> PermissionSet {
        let groups = self.group_sets();
        let all = self.with_ending(&groups, self.lasting(&groups));
        let row = self.people.by_id.get(&account).map(|place| self.row(&all, *place as usize));
        PermissionSet::of_words(row.unwrap_or_default())
    }

    fn row<'a>(&self, rows: &'a [u64], account: usize) -> &'a [u64] {
        rows.get(account * self.words..(account + 1) * self.words).unwrap_or_default()
    }

    fn add(&self, rows: &mut [u64], account: u32, set: &PermissionSet) {
        let start = account as usize * self.words;
        let row = rows.get_mut(start..start + self.words).unwrap_or_default();
        row.iter_mut().zip(set.words()).for_each(|(word, more)| *word |= more);
    }

    /// What each group gives, by its number.
    fn group_sets(&self) -> Vec<PermissionSet> {
        self.groups.iter().map(|roles| self.union(roles)).collect()
    }

    /// What every account holds without an end, in one row of words for each.
    fn lasting(&self, groups: &[PermissionSet]) -> Vec<u64> {
        let people = &*self.people;
        let mut rows = vec![0; people.residents.len() * self.words];
        let everyone = self.everyone.and_then(|place| groups.get(place as usize));
        for (account, resident) in (0..).zip(&people.residents) {
            if resident.kind == AccountKind::User {
                self.add(&mut rows, account, &self.baseline);
            }
            everyone.into_iter().for_each(|set| self.add(&mut rows, account, set));
            resident.level.iter().for_each(|level| self.add(&mut rows, account, &self.roles[*level as usize]));
        }
        people.memberships.iter().for_each(|(group, account)| self.add(&mut rows, *account, &groups[*group as usize]));
        people
            .role_grants
            .iter()
            .for_each(|(role, account)| self.add(&mut rows, *account, &self.roles[*role as usize]));
        let singles = people.permission_grants.iter();
        singles.for_each(|(place, account)| self.add(&mut rows, *account, &self.singles[*place as usize].1));
        rows
    }

    fn union(&self, roles: &[u32]) -> PermissionSet {
        let mut set = PermissionSet::of_words(&vec![0; self.words]);
        roles.iter().for_each(|role| set.extend(&self.roles[*role as usize]));
        set
    }

    /// What becomes of every account's permissions when this world becomes another: the one that this was, changed, with
    /// the same accounts.
    #[must_use]
    pub fn differences(&self, after: &Self) -> Differences {
        let (groups, groups_after) = (self.group_sets(), after.group_sets());
        let (lasting, lasting_after) = (self.lasting(&groups), after.lasting(&groups_after));
        let held = self.with_ending(&groups, lasting.clone());
        let holds = after.with_ending(&groups_after, lasting_after.clone());
        let accounts =
            (0..self.len()).map(|place| (self.example(place), self.row(&held, place), self.row(&holds, place)));
        let dated = self.dated((&groups, &lasting), after, (&groups_after, &lasting_after));
        add_ends(tally(accounts, &self.baseline), dated)
    }

    fn example(&self, place: usize) -> Example<'_> {
        let People { residents, names, .. } = &*self.people;
        let start = place.checked_sub(1).map_or(0, |before| residents[before].name_end);
        let resident = &residents[place];
        let name = names.get(start as usize..resident.name_end as usize).unwrap_or_default();
        Example { id: resident.id, kind: resident.kind, name }
    }
}

#[cfg(test)]
#[path = "world_tests.rs"]
mod tests;
