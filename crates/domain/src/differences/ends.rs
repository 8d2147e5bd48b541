//! Changes of single accounts with their ends: what is held for a shorter or a longer time than before counts, too.

use std::collections::BTreeMap;

use super::{Bucket, Differences, Example, Shift, collect_one, finish, tally};
use crate::effective::{Holdings, RoleBook, effective};
use crate::permission_set::PermissionSet;
use crate::time::Timestamp;

const NOT_HELD: i64 = i64::MIN;
const FOR_EVER: i64 = i64::MAX;

/// Until when an account holds each permission, as far as that is known at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    held: PermissionSet,
    /// By the number of the permission: the latest end of the ways in which it is held.
    latest: Vec<i64>,
}

/// The earliest and the latest end among accounts.
type Span = (i64, i64);

/// Permissions of which the same becomes: their accounts, and when these cease to hold them.
#[derive(Default)]
struct Course<'a> {
    shifts: Vec<(usize, Bucket<'a>)>,
    spans: BTreeMap<usize, Span>,
}

impl Ends {
    /// Of an account that holds nothing, where sets have so many words.
    #[must_use]
    pub fn nothing(words: usize) -> Self {
        Self { held: PermissionSet::of_words(&vec![0; words]), latest: vec![NOT_HELD; words * u64::BITS as usize] }
    }

    /// Of an account at a moment. One that is not active holds nothing; one whose access ends holds nothing beyond that.
    #[must_use]
    pub fn of(holdings: &Holdings, book: &RoleBook, at: Timestamp) -> Self {
        let last = millis(holdings.state.valid_until);
        let mut found = Self::nothing(book.index().words());
        effective(holdings, book, at).ends().for_each(|(number, end)| found.hold(number, millis(end).min(last)));
        found
    }

    /// Adds permissions that are held until then, or for ever.
    pub fn add(&mut self, permissions: &PermissionSet, until: Option<Timestamp>) {
        permissions.iter().for_each(|number| self.hold(number, millis(until)));
    }

    fn hold(&mut self, number: usize, end: i64) {
        self.held.insert(number);
        if let Some(latest) = self.latest.get_mut(number) {
            *latest = (*latest).max(end);
        }
    }
}

fn millis(end: Option<Timestamp>) -> i64 {
    end.map_or(FOR_EVER, Timestamp::millis)
}

/// Adds up what becomes of accounts, each with what it held and what it holds.
#[must_use]
pub fn tally_ends(accounts: &[(Example<'_>, Ends, Ends)], baseline: &PermissionSet) -> Differences {
    let sets = accounts.iter().map(|(account, before, after)| (*account, before.held.words(), after.held.words()));
    add_ends(tally(sets, baseline), accounts.iter().cloned())
}

/// Adds the ends to what becomes of accounts. Of the accounts that were added up, those are given for which anything ends
/// before or after.
pub(crate) fn add_ends<'a>(found: Differences, dated: impl Iterator<Item = (Example<'a>, Ends, Ends)>) -> Differences {
    let (mut gained, mut shortened, mut extended) = (Course::default(), Course::default(), Course::default());
    for (account, before, after) in dated.filter(|(_, before, after)| before != after) {
        let mut bucket = Bucket::default();
        bucket.add(account);
        for (number, (had, has)) in before.latest.iter().zip(&after.latest).enumerate() {
            let course = match (*had, *has) {
                (had, has) if had == has || has == NOT_HELD => continue,
                (NOT_HELD, _) => &mut gained,
                (had, has) if has < had => &mut shortened,
                _ => &mut extended,
            };
            course.note(number, *has);
            collect_one(&mut course.shifts, number, &bucket);
        }
    }
    gained.note_others(&found.gains);
    Differences {
        gains: dated_by(found.gains, &gained.spans),
        shortened: dated_by(finish(shortened.shifts), &shortened.spans),
        extended: dated_by(finish(extended.shifts), &extended.spans),
        ..found
    }
}

impl Course<'_> {
    fn note(&mut self, number: usize, end: i64) {
        let (first, last) = self.spans.entry(number).or_insert((end, end));
        (*first, *last) = ((*first).min(end), (*last).max(end));
    }

    /// Notes that whoever else is among these shifts holds the permission for ever.
    fn note_others(&mut self, all: &[Shift]) {
        for shift in all {
            let noted = self.shifts.iter().find(|(number, _)| *number == shift.permission);
            if noted.is_some_and(|(_, bucket)| bucket.users + bucket.services < shift.users + shift.services) {
                self.note(shift.permission, FOR_EVER);
            }
        }
    }
}

fn dated_by(shifts: Vec<Shift>, spans: &BTreeMap<usize, Span>) -> Vec<Shift> {
    let mut shifts = shifts;
    for shift in &mut shifts {
        let (first, last) = spans.get(&shift.permission).copied().unwrap_or((FOR_EVER, FOR_EVER));
        shift.until = (first != FOR_EVER).then_some(Timestamp::from_millis(first));
        shift.ends_vary = first != last;
    }
    shifts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::AccountKind;
    use crate::grants::{Grant, GrantWhat};
    use crate::id::AccountId;
    use crate::testing::{NOW, active, book, role};

    const SOON: i64 = 100;
    const LATER: i64 = 200;

    /// Ends of what is held, in milliseconds from now; none for what has no end.
    type Held<'a> = &'a [Option<i64>];
    /// Ends of gains, losses, what is shortened and what is extended.
    type Told = [Vec<Option<i64>>; 4];

    /// A user who holds "alerts" directly until so many milliseconds from now, once for each end; for ever where it is none.
    fn holder(ends: &[Option<i64>]) -> Holdings {
        let grant = |end: &Option<i64>| Grant {
            what: GrantWhat::Permission("alerts".to_owned()),
            valid_until: end.map(|end| NOW.plus(end)),
        };
        let grants = ends.iter().map(grant).collect();
        Holdings { kind: AccountKind::User, state: active(), level: None, grants, groups: Vec::new() }
    }

    fn tried(changes: &[(Held<'_>, Held<'_>)]) -> Differences {
        let book = book(vec![role("owner", vec!["*".to_owned()], None)]);
        let ends = |ends: &[Option<i64>]| Ends::of(&holder(ends), &book, NOW);
        let example = |number| Example { id: AccountId::from_u128(number), kind: AccountKind::User, name: "" };
        let accounts: Vec<_> =
            (1..).zip(changes).map(|(number, (before, after))| (example(number), ends(before), ends(after))).collect();
        tally_ends(&accounts, &book.set(book.baseline()))
    }

    fn told(shifts: &[Shift]) -> Vec<(u64, Option<i64>, bool)> {
        let since = |end: Timestamp| end.since(NOW);
        shifts.iter().map(|shift| (shift.users, shift.until.map(since), shift.ends_vary)).collect()
    }

    #[test]
    fn ends_tell_gains_losses_and_what_is_held_for_another_time() {
        let (soon, later) = (Some(SOON), Some(LATER));
        let cases: [(Held<'_>, Held<'_>, Told); 8] = [
            (&[], &[None], [vec![None], vec![], vec![], vec![]]),
            (&[], &[soon], [vec![soon], vec![], vec![], vec![]]),
            (&[soon], &[], [vec![], vec![None], vec![], vec![]]),
            (&[None], &[soon], [vec![], vec![], vec![soon], vec![]]),
            (&[soon], &[later], [vec![], vec![], vec![], vec![later]]),
            (&[soon], &[None], [vec![], vec![], vec![], vec![None]]),
            (&[None, soon], &[None], [vec![], vec![], vec![], vec![]]),
            (&[None, later], &[later], [vec![], vec![], vec![later], vec![]]),
        ];
        for (before, after, expected) in cases {
            let found = tried(&[(before, after)]);
            let lists = [&found.gains, &found.losses, &found.shortened, &found.extended];
            let ends = lists.map(|list| told(list).into_iter().map(|(_, end, _)| end).collect::<Vec<_>>());
            assert_eq!(ends, expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn the_first_end_stands_for_others_that_vary() {
        let found = tried(&[(&[], &[Some(LATER)]), (&[], &[Some(SOON)]), (&[], &[None])]);
        assert_eq!(told(&found.gains), [(3, Some(SOON), true)]);
        let found = tried(&[(&[], &[Some(SOON)]), (&[], &[Some(SOON)])]);
        assert_eq!(told(&found.gains), [(2, Some(SOON), false)]);
        assert_eq!((found.users, found.shortened.len()), (2, 0));
    }

    #[test]
    fn nothing_is_held_beyond_the_end_of_the_account() {
        let book = book(Vec::new());
        let mut holdings = holder(&[None]);
        let whole = Ends::of(&holdings, &book, NOW);
        holdings.state.valid_until = Some(NOW.plus(SOON));
        let ending = Ends::of(&holdings, &book, NOW);
        assert_ne!(whole, ending);
        assert_eq!(ending.latest.iter().max(), Some(&NOW.plus(SOON).millis()));
    }
}
