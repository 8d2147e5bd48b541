//! What the pages say of groups and their members.

use domain::bulk::{BulkAnswer, BulkKind, BulkOutcome, BulkSummary};
use domain::groups::{Group, GroupKind, Member};
use domain::{AccountId, Timestamp};

use crate::ui::text::grouped;

/// The list of groups in the API.
pub(super) const GROUPS: &str = "/api/v1/groups";
/// Names that a sentence lists before it counts the others.
const NAMED_MAX: usize = 3;

/// The page of a group.
pub(super) fn page(group: &Group) -> String {
    ["/groups/", &group.id.to_string()].concat()
}

/// The word for a group that is not a plain one.
pub(super) const fn kind(group: &Group) -> Option<&'static str> {
    match group.kind {
        GroupKind::Everyone => Some("Built-in"),
        GroupKind::Team => Some("Team"),
        GroupKind::Group => None,
    }
}

/// "1 member", "1,200 members".
pub(super) fn members(count: u64) -> String {
    let number = grouped(usize::try_from(count).unwrap_or(usize::MAX));
    [number.as_str(), if count == 1 { " member" } else { " members" }].concat()
}

/// "Ana", "Ana and Ben", "Ana, Ben, Cleo and 4 more".
pub(super) fn named<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let rest = names.len().saturating_sub(NAMED_MAX);
    let mut shown: Vec<String> = names.take(NAMED_MAX).map(str::to_owned).collect();
    if rest > 0 {
        shown.push([&grouped(rest), " more"].concat());
    }
    match shown.pop() {
        Some(last) if !shown.is_empty() => [&shown.join(", "), " and ", &last].concat(),
        last => last.unwrap_or_default(),
    }
}

/// Memberships by their ends, so that each end takes one request to bring back. What is over by now stays away.
pub(super) fn by_end(
    members: &[(AccountId, Option<Timestamp>)],
    now: Timestamp,
) -> Vec<(Option<Timestamp>, Vec<AccountId>)> {
    let mut ends: Vec<(Option<Timestamp>, Vec<AccountId>)> = Vec::new();
    for (id, end) in members.iter().filter(|(_, end)| end.is_none_or(|end| end > now)) {
        match ends.iter_mut().find(|(known, _)| known == end) {
            Some((_, ids)) => ids.push(*id),
            None => ends.push((*end, vec![*id])),
        }
    }
    ends
}

/// What became of the accounts that were added or removed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Those for which it was done.
    pub(super) changed: Vec<AccountId>,
    /// Whether nobody was refused.
    pub(super) is_whole: bool,
    pub(super) said: String,
}

impl Outcome {
    /// `said` is the sentence for when it was done for all of them.
    pub(super) fn of(answer: &BulkAnswer, kind: BulkKind, said: String) -> Self {
        let summary = BulkSummary::of(&answer.results);
        let is_whole = summary.refused.is_empty();
        let is_done = is_whole && summary.unchanged == 0;
        let done = answer.results.iter().filter(|result| result.outcome == BulkOutcome::Ok);
        let changed = done.map(|result| result.account_id).collect();
        Self { changed, is_whole, said: if is_done { said } else { [&summary.words(kind), "."].concat() } }
    }
}

/// A member's account and the end of its membership.
pub(super) fn membership(member: &Member) -> (AccountId, Option<Timestamp>) {
    (member.account.id, member.valid_until)
}

#[cfg(test)]
mod tests {
    use domain::Code;
    use domain::bulk::BulkResult;

    use super::*;

    #[test]
    fn members_are_counted() {
        assert_eq!([members(0), members(1), members(1_200)], ["0 members", "1 member", "1,200 members"]);
    }

    #[test]
    fn few_names_are_listed_and_many_counted() {
        let cases: [(&[&str], &str); 5] = [
            (&[], ""),
            (&["Ana"], "Ana"),
            (&["Ana", "Ben"], "Ana and Ben"),
            (&["Ana", "Ben", "Cleo"], "Ana, Ben and Cleo"),
            (&["Ana", "Ben", "Cleo", "Dan", "Eve"], "Ana, Ben, Cleo and 2 more"),
        ];
        for (names, words) in cases {
            assert_eq!(named(names.iter().copied()), words);
        }
    }

    #[test]
    fn what_was_not_done_for_all_is_counted() {
        let id = AccountId::from_u128;
        let result = |number, outcome, code| BulkResult { account_id: id(number), outcome, code };
        let of = |results| {
            let answer = BulkAnswer { operation_id: None, results };
            Outcome::of(&answer, BulkKind::AddGroup, "Done.".to_owned())
        };
        let (ok, same) = (result(1, BulkOutcome::Ok, None), result(2, BulkOutcome::Unchanged, None));
        let refused = result(3, BulkOutcome::Error, Some(Code::Escalation));
        let whole = of(vec![ok.clone()]);
        assert_eq!((whole.said.as_str(), whole.changed, whole.is_whole), ("Done.", vec![id(1)], true));
        let mixed = of(vec![ok, same, refused]);
        let words = "1 changed, 1 already in it, 1 not allowed: it is beyond your own rights.";
        assert_eq!((mixed.said.as_str(), mixed.changed, mixed.is_whole), (words, vec![id(1)], false));
    }

    #[test]
    fn memberships_come_back_with_their_ends() {
        let (id, at) = (AccountId::from_u128, |millis| Some(Timestamp::from_millis(millis)));
        let members = [(id(1), None), (id(2), at(20)), (id(3), None), (id(4), at(5)), (id(5), at(20))];
        let expected = [(None, vec![id(1), id(3)]), (at(20), vec![id(2), id(5)])];
        assert_eq!(by_end(&members, Timestamp::from_millis(10)), expected);
    }
}
