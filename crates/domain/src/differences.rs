//! What a change makes of everybody's permissions, added up: who gains and who loses what.

mod ends;

use std::collections::HashMap;

pub(crate) use ends::add_ends;
pub use ends::{Ends, tally_ends};

use crate::accounts::{AccountKind, AccountRef};
use crate::effective::RoleBook;
use crate::id::AccountId;
use crate::permission_set::PermissionSet;
use crate::previews::{Difference, Narrowed, PREVIEW_EXAMPLES_MAX, Preview, Refusal, Waiting};
use crate::problem::Code;
use crate::time::Timestamp;

/// Who gains and who loses what, before the examples have their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// In the order of the catalogue.
    pub gains: Vec<Shift>,
    /// In the order of the catalogue.
    pub losses: Vec<Shift>,
    /// Held for a shorter time than before, in the order of the catalogue.
    pub shortened: Vec<Shift>,
    /// Held for a longer time than before, in the order of the catalogue.
    pub extended: Vec<Shift>,
    /// Accounts that gain or lose anything at once.
    pub users: u64,
    pub services: u64,
    /// Accounts that lose their last permission beside the baseline.
    pub left_with_nothing: u64,
    /// How many of these are service accounts, which have no baseline.
    pub services_left_with_nothing: u64,
    /// Users whom a role moves to another level (`Narrowing`).
    pub narrowed: Option<Narrowed>,
    /// Accounts that are concerned and not active.
    pub waiting: Waiting,
    /// Whether a group is concerned that new accounts are put in.
    pub reaches_new_accounts: bool,
    /// Of a selection: accounts that do not stay as they are.
    pub changed: u64,
    /// Of a selection: accounts that are refused, by the reason.
    pub refused: Vec<Refused>,
}

/// Accounts that stay as they are, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub code: Code,
    pub count: u64,
    /// The first by name, 5 at most.
    pub examples: Vec<AccountId>,
}

/// A permission that accounts gain or lose, or hold for a shorter or a longer time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shift {
    /// By its number in the book.
    pub permission: usize,
    pub users: u64,
    pub services: u64,
    /// The first by name, 5 at most.
    pub examples: Vec<AccountId>,
    /// When the first of them ceases to hold it; none where it does not end.
    pub until: Option<Timestamp>,
    /// Whether others of them hold it longer.
    pub ends_vary: bool,
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
        let (users, services) = bucket.left_with_nothing(&held, &holds, baseline);
        found.left_with_nothing += users + services;
        found.services_left_with_nothing += services;
        collect(&mut gains, &holds.without(&held), bucket);
        collect(&mut losses, &held.without(&holds), bucket);
    }
    Differences { gains: finish(gains), losses: finish(losses), ..found }
}

/// Adds up what is refused, each account with the reason.
#[must_use]
pub fn tally_refused<'a>(accounts: impl Iterator<Item = (Example<'a>, Code)>) -> Vec<Refused> {
    let mut buckets: Vec<(Code, Bucket<'_>)> = Vec::new();
    for (account, code) in accounts {
        match buckets.iter_mut().find(|(known, _)| *known == code) {
            Some((_, bucket)) => bucket.add(account),
            None => {
                let mut bucket = Bucket::default();
                bucket.add(account);
                buckets.push((code, bucket));
            }
        }
    }
    let refused = |(code, bucket): (Code, Bucket<'_>)| Refused {
        code,
        count: bucket.users + bucket.services,
        examples: bucket.examples(),
    };
    buckets.into_iter().map(refused).collect()
}

fn collect<'a>(shifts: &mut Vec<(usize, Bucket<'a>)>, permissions: &PermissionSet, bucket: &Bucket<'a>) {
    permissions.iter().for_each(|permission| collect_one(shifts, permission, bucket));
}

fn collect_one<'a>(shifts: &mut Vec<(usize, Bucket<'a>)>, permission: usize, bucket: &Bucket<'a>) {
    let place = shifts.iter().position(|(known, _)| *known == permission).unwrap_or_else(|| {
        shifts.push((permission, Bucket::default()));
        shifts.len() - 1
    });
    let (_, shift) = &mut shifts[place];
    shift.users += bucket.users;
    shift.services += bucket.services;
    bucket.firsts.iter().for_each(|account| shift.keep_first(*account));
}

fn finish(shifts: Vec<(usize, Bucket<'_>)>) -> Vec<Shift> {
    let shift = |(permission, bucket): (usize, Bucket<'_>)| Shift {
        permission,
        users: bucket.users,
        services: bucket.services,
        examples: bucket.examples(),
        ..Shift::default()
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

    fn examples(&self) -> Vec<AccountId> {
        self.firsts.iter().map(|account| account.id).collect()
    }

    /// How many of these had something beside the baseline and have nothing any more: users, and service accounts.
    fn left_with_nothing(&self, held: &PermissionSet, holds: &PermissionSet, baseline: &PermissionSet) -> (u64, u64) {
        let of_users = !held.is_within(baseline) && holds.is_within(baseline);
        let of_services = !held.is_empty() && holds.is_empty();
        (u64::from(of_users) * self.users, u64::from(of_services) * self.services)
    }
}

impl Differences {
    /// Every account named as an example, each once.
    #[must_use]
    pub fn examples(&self) -> Vec<AccountId> {
        let shifts = self.gains.iter().chain(&self.losses).chain(&self.shortened).chain(&self.extended);
        let mut ids: Vec<AccountId> = shifts.flat_map(|shift| shift.examples.clone()).collect();
        ids.extend(self.refused.iter().flat_map(|refused| &refused.examples));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// As the API gives it. `names` holds the accounts of `examples`; those it lacks are left out.
    #[must_use]
    pub fn preview(&self, book: &RoleBook, basis: String, names: &[AccountRef]) -> Preview {
        let named = |ids: &[AccountId]| {
            ids.iter().filter_map(|id| names.iter().find(|name| name.id == *id).cloned()).collect::<Vec<_>>()
        };
        let view = |shift: &Shift| {
            let permission = book.index().key(shift.permission).to_owned();
            Difference {
                label: book.catalogue().label(&permission).to_owned(),
                permission,
                users: shift.users,
                services: shift.services,
                examples: named(&shift.examples),
                until: shift.until,
                ends_vary: shift.ends_vary,
            }
        };
        let all = |shifts: &[Shift]| shifts.iter().map(view).collect();
        let refusal = |refused: &Refused| Refusal {
            code: refused.code,
            count: refused.count,
            examples: named(&refused.examples),
        };
        Preview {
            basis,
            gains: all(&self.gains),
            losses: all(&self.losses),
            shortened: all(&self.shortened),
            extended: all(&self.extended),
            users: self.users,
            services: self.services,
            left_with_nothing: self.left_with_nothing,
            services_left_with_nothing: self.services_left_with_nothing,
            narrowed: self.narrowed.clone(),
            waiting: self.waiting,
            reaches_new_accounts: self.reaches_new_accounts,
            changed: self.changed,
            refused: self.refused.iter().map(refusal).collect(),
            ..Preview::default()
        }
    }
}
