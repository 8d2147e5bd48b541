//! What was typed into the invite dialog: it outlives the dialog, so that closing it by a slip loses nothing.

use std::cell::RefCell;

use domain::AccountId;
use domain::email_list::{EMAILS_PER_INVITE_MAX, EmailEntry, EmailListError, check_entries, split_entries};
use domain::groups::GroupRef;
use domain::invitations::InviteResult;

use crate::ui::ChipView;

/// An invitation that was not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// The entries as typed, good and bad.
    pub(super) entries: Vec<String>,
    /// What is being typed.
    pub(super) text: String,
    /// Key of the level; empty unless another one was chosen than the one that is chosen beforehand.
    pub(super) level: String,
    pub(super) groups: Vec<GroupRef>,
    /// Keys of roles.
    pub(super) roles: Vec<String>,
    /// Keys of permissions.
    pub(super) permissions: Vec<String>,
}

thread_local! {
    /// With the account whose draft it is: another person at the same window does not see it.
    static KEPT: RefCell<Option<(AccountId, Draft)>> = const { RefCell::new(None) };
}

impl Draft {
    /// The draft that this account left, if any.
    pub(super) fn recall(owner: AccountId) -> Option<Self> {
        KEPT.with_borrow(|kept| kept.as_ref().filter(|(of, _)| *of == owner).map(|(_, draft)| draft.clone()))
    }

    /// Keeps the draft for the next opening.
    pub(super) fn keep(self, owner: AccountId) {
        KEPT.with_borrow_mut(|kept| *kept = Some((owner, self)));
    }
}

/// Each entry with what is wrong with it; `refused` are entries that the server refused, each with why.
pub(super) fn chips(entries: &[String], refused: &[(String, String)]) -> Vec<ChipView> {
    let why = |input: &str| refused.iter().find(|(entry, _)| entry == input).map(|(_, why)| why.clone());
    let chip = |entry: EmailEntry| ChipView {
        error: entry.address.err().map(|error| error.to_string()).or_else(|| why(&entry.input)),
        text: entry.input,
        note: None,
    };
    check_entries(entries.to_vec()).into_iter().map(chip).collect()
}

/// How many entries are addresses that stand there once.
pub(super) fn good(entries: &[String]) -> usize {
    check_entries(entries.to_vec()).iter().filter(|entry| entry.address.is_ok()).count()
}

/// The entries with what was typed or pasted after them.
pub(super) fn with_text(mut entries: Vec<String>, text: &str) -> Vec<String> {
    entries.extend(split_entries(text));
    entries
}

/// What is wrong with the list as a whole: nothing in it, too much in it, or not one address.
pub(super) fn list_error(entries: &[String]) -> Option<String> {
    match (entries.len(), good(entries)) {
        (0, _) => Some(EmailListError::Empty.to_string()),
        (count, _) if count > EMAILS_PER_INVITE_MAX => Some(EmailListError::TooMany(count).to_string()),
        (_, 0) => Some("None of these is an e-mail address. Correct at least one.".to_owned()),
        _ => None,
    }
}

/// "Invite", "Invite 1 user", "Invite 3 users".
pub(super) fn submit_label(good: usize) -> String {
    match good {
        0 => "Invite".to_owned(),
        1 => "Invite 1 user".to_owned(),
        count => ["Invite ", &count.to_string(), " users"].concat(),
    }
}

/// The line below the addresses: how many there are, and how many seats.
pub(super) fn count_line(entries: &[String], seats_left: Option<u32>) -> String {
    let good = good(entries);
    let bad = entries.len() - good;
    let counted = |count: usize, one: &str, many: &str| {
        let words = if count == 1 { one } else { many };
        [count.to_string().as_str(), " ", words].concat()
    };
    let mut parts = Vec::new();
    if entries.is_empty() {
        parts.push("Separate addresses by commas, spaces or new lines.".to_owned());
    } else {
        let mut counts = vec![counted(good, "address", "addresses")];
        if bad > 0 {
            counts.push(counted(bad, "entry that will not be invited", "entries that will not be invited"));
        }
        parts.push(counts.join(", ") + ".");
    }
    if let Some(seats) = seats_left {
        let seats = usize::try_from(seats).unwrap_or(usize::MAX);
        parts.push(counted(seats, "seat is left.", "seats are left."));
        if good > seats {
            parts.push("New users without a seat will not be invited.".to_owned());
        }
    }
    parts.join(" ")
}

/// The entries that were not invited for a reason that can be corrected.
pub(super) fn to_correct(results: &[InviteResult]) -> Vec<String> {
    use domain::invitations::InviteOutcome::{Invalid, NoSeat, TooMany};
    results
        .iter()
        .filter(|result| matches!(result.outcome, Invalid | NoSeat | TooMany))
        .map(|result| result.input.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::invitations::InviteOutcome;

    use super::*;

    fn entries(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn entries_are_marked_as_they_come() {
        let entries = with_text(entries(&["a@x.io"]), "Ben <b@x.io>; oops, A@x.io");
        let marked: Vec<_> = chips(&entries, &[("a@x.io".to_owned(), "No.".to_owned())])
            .into_iter()
            .map(|chip| (chip.text, chip.error.is_some()))
            .collect();
        let expected = [("a@x.io", true), ("b@x.io", false), ("oops", true), ("A@x.io", true)];
        assert_eq!(marked, expected.map(|(text, bad)| (text.to_owned(), bad)));
        assert_eq!(good(&entries), 2);
    }

    #[test]
    fn list_needs_an_address_and_has_a_limit() {
        assert_eq!(list_error(&entries(&["a@x.io", "oops"])), None);
        assert!(list_error(&[]).is_some());
        assert!(list_error(&entries(&["oops"])).is_some());
        let many: Vec<_> = (0..=EMAILS_PER_INVITE_MAX).map(|number| format!("u{number}@x.io")).collect();
        assert!(list_error(&many).is_some_and(|error| error.contains("501")));
    }

    #[test]
    fn counts_are_told() {
        let cases: [(&[&str], Option<u32>, &str); 4] = [
            (&[], None, "Separate addresses by commas, spaces or new lines."),
            (&["a@x.io"], None, "1 address."),
            (
                &["a@x.io", "b@x.io", "oops"],
                Some(5),
                "2 addresses, 1 entry that will not be invited. 5 seats are left.",
            ),
            (
                &["a@x.io", "b@x.io"],
                Some(1),
                "2 addresses. 1 seat is left. New users without a seat will not be invited.",
            ),
        ];
        for (given, seats, line) in cases {
            assert_eq!(count_line(&entries(given), seats), line);
        }
    }

    #[test]
    fn what_can_be_corrected_is_kept() {
        let result = |input: &str, outcome| InviteResult {
            index: 0,
            input: input.to_owned(),
            email: None,
            outcome,
            account_id: None,
            link: None,
            code: None,
            kept: None,
        };
        let results = [
            result("a@x.io", InviteOutcome::Invited),
            result("oops", InviteOutcome::Invalid),
            result("b", InviteOutcome::Duplicate),
        ];
        assert_eq!(to_correct(&results), ["oops"]);
    }

    #[test]
    fn draft_is_kept_for_its_owner_alone() {
        let (ana, ben) = (AccountId::from_u128(1), AccountId::from_u128(2));
        let draft = Draft { text: "c@x.io".to_owned(), ..Draft::default() };
        draft.clone().keep(ana);
        assert_eq!(Draft::recall(ana), Some(draft));
        assert_eq!(Draft::recall(ben), None);
    }
}
