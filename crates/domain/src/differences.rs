//! What a change makes of everybody's permissions, added up: who gains and who loses what.

use std::collections::HashMap;

use crate::accounts::{AccountKind, AccountRef};
use crate::effective::RoleBook;
use crate::id::AccountId;
use crate::permission_set::PermissionSet;
use crate::previews::{Difference, PREVIEW_EXAMPLES_MAX, Preview};

/// Who gains and who loses what, before the examples have their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// In the order of the catalogue.
    pub gains: Vec<Shift>,
    /// In the order of the catalogue.
    pub losses: Vec<Shift>,
    /// Accounts that gain or lose anything.
    pub users: u64,
    pub services: u64,
    /// Accounts that lose their last permission beside the baseline.
    pub left_with_nothing: u64,
}

/// A permission that accounts gain or lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// By its number in the book.
    pub permission: usize,
    pub users: u64,
    pub services: u64,
    /// The first by name, 5 at most.
    pub examples: Vec<AccountId>,
}

/// An account, as far as it may become an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example<'a> {
    pub id: AccountId,
    pub kind: AccountKind,
    /// What examples are sorted by.
    pub name: &'a str,
}

/// Accounts that held the same before and hold the same after.
#[derive(Default)]
struct Bucket<'a> {
    users: u64,
    services: u64,
    /// By name.
    firsts: Vec<Example<'a>>,
}

/// Adds up what becomes of accounts: each with the words of the sets that it held and that it holds.
#[must_use]
pub fn tally<'a>(
    accounts: impl Iterator<Item = (Example<'a>, &'a [u64], &'a [u64])>,
    baseline: &PermissionSet,
) -> Differences {
    let mut buckets: HashMap<(&[u64], &[u64]), Bucket<'_>> = HashMap::new();
    for (account, held, holds) in accounts.filter(|(_, held, holds)| held != holds) {
        buckets.entry((held, holds)).or_default().add(account);
    }
    let mut found = Differences::default();
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for ((held, holds), bucket) in &buckets {
        let (held, holds) = (PermissionSet::of_words(held), PermissionSet::of_words(holds));
        found.users += bucket.users;
        found.services += bucket.services;
        found.left_with_nothing += bucket.left_with_nothing(&held, &holds, baseline);
        collect(&mut gains, &holds.without(&held), bucket);
        collect(&mut losses, &held.without(&holds), bucket);
    }
    Differences { gains: finish(gains), losses: finish(losses), ..found }
}

fn collect<'a>(shifts: &mut Vec<(usize, Bucket<'a>)>, permissions: &PermissionSet, bucket: &Bucket<'a>) {
    for permission in permissions.iter() {
        let place = shifts.iter().position(|(known, _)| *known == permission).unwrap_or_else(|| {
            shifts.push((permission, Bucket::default()));
            shifts.len() - 1
        });
        let (_, shift) = &mut shifts[place];
        shift.users += bucket.users;
        shift.services += bucket.services;
        bucket.firsts.iter().for_each(|account| shift.keep_first(*account));
    }
}

fn finish(shifts: Vec<(usize, Bucket<'_>)>) -> Vec<Shift> {
    let shift = |(permission, bucket): (usize, Bucket<'_>)| Shift {
        permission,
        users: bucket.users,
        services: bucket.services,
        examples: bucket.firsts.iter().map(|account| account.id).collect(),
    };
    let mut shifts: Vec<Shift> = shifts.into_iter().map(shift).collect();
    shifts.sort_unstable_by_key(|shift| shift.permission);
    shifts
}

impl<'a> Bucket<'a> {
    fn add(&mut self, account: Example<'a>) {
        match account.kind {
            AccountKind::User => self.users += 1,
            AccountKind::Service => self.services += 1,
        }
        self.keep_first(account);
    }

    /// Keeps an account among the examples if its name comes early enough.
    fn keep_first(&mut self, account: Example<'a>) {
        let key = |account: &Example<'a>| (account.name, account.id);
        let is_full = self.firsts.len() == PREVIEW_EXAMPLES_MAX;
        if is_full && self.firsts.last().is_some_and(|last| key(last) <= key(&account)) {
            return;
        }
        let place = self.firsts.partition_point(|known| key(known) < key(&account));
        self.firsts.insert(place, account);
        self.firsts.truncate(PREVIEW_EXAMPLES_MAX);
    }

    /// How many of these had something beside the baseline and have nothing any more.
    fn left_with_nothing(&self, held: &PermissionSet, holds: &PermissionSet, baseline: &PermissionSet) -> u64 {
        let of_users = !held.is_within(baseline) && holds.is_within(baseline);
        let of_services = !held.is_empty() && holds.is_empty();
        u64::from(of_users) * self.users + u64::from(of_services) * self.services
    }
}

impl Differences {
    /// Every account named as an example, each once.
    #[must_use]
    pub fn examples(&self) -> Vec<AccountId> {
        let mut ids: Vec<AccountId> =
            self.gains.iter().chain(&self.losses).flat_map(|shift| shift.examples.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// As the API gives it. `names` holds the accounts of `examples`; those it lacks are left out.
    #[must_use]
    pub fn preview(&self, book: &RoleBook, basis: String, names: &[AccountRef]) -> Preview {
        let view = |shift: &Shift| {
            let permission = book.index().key(shift.permission).to_owned();
            Difference {
                label: book.catalogue().label(&permission).to_owned(),
                permission,
                users: shift.users,
                services: shift.services,
                examples: shift
                    .examples
                    .iter()
                    .filter_map(|id| names.iter().find(|name| name.id == *id).cloned())
                    .collect(),
            }
        };
        Preview {
            basis,
            gains: self.gains.iter().map(view).collect(),
            losses: self.losses.iter().map(view).collect(),
            users: self.users,
            services: self.services,
            left_with_nothing: self.left_with_nothing,
            is_for_new_accounts: false,
        }
    }
}
