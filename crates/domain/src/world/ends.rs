//! What ends in a world: kept apart from all that lasts, since most organizations have little of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{People, World};
use crate::differences::{Ends, Example};
use crate::permission_set::PermissionSet;
use crate::time::Timestamp;

/// From what an account has something, by its number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Group(u32),
    Role(u32),
    Single(u32),
}

/// What an account has from a source until a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    pub(super) account: u32,
    pub(super) source: Source,
    pub(super) until: Timestamp,
}

/// What each group gives, and what every account holds without an end.
type Given<'a> = (&'a [PermissionSet], &'a [u64]);

impl World {
    fn set<'a>(&'a self, groups: &'a [PermissionSet], source: Source) -> &'a PermissionSet {
        match source {
            Source::Group(place) => &groups[place as usize],
            Source::Role(place) => &self.roles[place as usize],
            Source::Single(place) => &self.singles[place as usize].1,
        }
    }

    /// Adds what ends to the rows of what lasts.
    pub(super) fn with_ending(&self, groups: &[PermissionSet], mut rows: Vec<u64>) -> Vec<u64> {
        for ending in &self.people.ending {
            self.add(&mut rows, ending.account, self.set(groups, ending.source));
        }
        rows
    }

    /// Until when accounts hold what they hold, before and after, as far as anything of theirs ends and anything changes.
    pub(super) fn dated<'a>(
        &'a self,
        given: Given<'a>,
        after: &'a Self,
        given_after: Given<'a>,
    ) -> impl Iterator<Item = (Example<'a>, Ends, Ends)> {
        let People { ending, account_ends, .. } = &*self.people;
        let is_other = |source| self.set(given.0, source) != after.set(given_after.0, source);
        let others: BTreeSet<u32> =
            ending.iter().filter(|ending| is_other(ending.source)).map(|ending| ending.account).collect();
        let is_changing = |account: u32| {
            let row = account as usize;
            others.contains(&account) || self.row(given.1, row) != self.row(given_after.1, row)
        };
        let mut accounts: BTreeMap<u32, (Option<Timestamp>, Vec<Ending>)> = BTreeMap::new();
        for ending in ending.iter().filter(|ending| is_changing(ending.account)) {
            accounts.entry(ending.account).or_default().1.push(*ending);
        }
        for (account, until) in account_ends.iter().filter(|(account, _)| is_changing(*account)) {
            accounts.entry(*account).or_default().0 = Some(*until);
        }
        accounts.into_iter().map(move |(account, (last, ending))| {
            let before = self.ends(given, account, last, &ending);
            (self.example(account as usize), before, after.ends(given_after, account, last, &ending))
        })
    }

    fn ends(&self, (groups, lasting): Given<'_>, account: u32, last: Option<Timestamp>, ending: &[Ending]) -> Ends {
        let mut ends = Ends::nothing(self.words);
        ends.add(&PermissionSet::of_words(self.row(lasting, account as usize)), last);
        for Ending { source, until, .. } in ending {
            let until = last.map_or(*until, |last| last.min(*until));
            ends.add(self.set(groups, *source), Some(until));
        }
        ends
    }
}
