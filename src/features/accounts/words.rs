//! What the list says of an account: status, how its invitation stands, and when it was last used.

use domain::Timestamp;
use domain::accounts::{Account, ShownStatus};
use domain::invitations::{Delivery, InvitationOutcome, InvitationView};

use crate::ui::{Tone, relative_time};

/// How an invitation stands, in the order of what matters most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The mail was refused, and by which words.
    NotDelivered(String),
    /// The mail waits, after so many attempts; why the last one did not succeed.
    Waiting(&'static str, String),
    AskedForLink(Timestamp),
    /// The account gained access since the link was made.
    NeedsNewLink,
    Expired(Timestamp),
    Expires(Timestamp),
}

/// How the invitation of an account stands; none where there is none that is open.
pub(crate) fn standing(invitation: &InvitationView, at: Timestamp) -> Option<Standing> {
    let error = || invitation.error.clone().unwrap_or_default();
    match (invitation.delivery, invitation.link_requested_at, invitation.expires_at) {
        _ if invitation.outcome.is_some() => None,
        _ if invitation.needs_new_link => Some(Standing::NeedsNewLink),
        (Delivery::Failed, ..) => Some(Standing::NotDelivered(error())),
        (Delivery::Queued, ..) => Some(Standing::Waiting(invitation.delivery_label(), error())),
        (_, Some(asked_at), _) => Some(Standing::AskedForLink(asked_at)),
        (_, None, Some(end)) if end <= at => Some(Standing::Expired(end)),
        (_, None, Some(end)) => Some(Standing::Expires(end)),
        (_, None, None) => None,
    }
}

/// A line of text with more about it, empty where there is no more to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) more: String,
    pub(crate) needs_attention: bool,
}

impl Standing {
    pub(crate) fn line(self, at: Timestamp) -> Line {
        let when = |time: Timestamp| relative_time(time.millis(), at.millis());
        let (text, more, needs_attention) = match self {
            Self::NotDelivered(error) => ("Not delivered".to_owned(), error, true),
            Self::Waiting(label, error) => {
                let needs_attention = !error.is_empty();
                (label.to_owned(), error, needs_attention)
            }
            Self::NeedsNewLink => (
                "New link needed".to_owned(),
                "Access was extended after the link was sent. Resend the invitation.".to_owned(),
                true,
            ),
            Self::AskedForLink(time) => ("Asked for a new link".to_owned(), when(time), true),
            Self::Expired(time) => (["expired ", &when(time)].concat(), String::new(), true),
            Self::Expires(time) => (["expires ", &when(time)].concat(), String::new(), false),
        };
        Line { text, more, needs_attention }
    }
}

/// The word for a status; a profile has its own for those who are out.
pub(crate) fn status_label(status: ShownStatus, deactivated_word: &str) -> String {
    if status == ShownStatus::Deactivated { deactivated_word.to_owned() } else { status.label().to_owned() }
}

/// The tone of a status.
pub(crate) fn status_tone(status: ShownStatus) -> Tone {
    match status {
        ShownStatus::Active => Tone::Success,
        ShownStatus::Pending => Tone::Info,
        ShownStatus::InvitationExpired | ShownStatus::AccessExpired => Tone::Warning,
        ShownStatus::InvitationFailed => Tone::Danger,
        ShownStatus::Deactivated | ShownStatus::Deleted => Tone::Neutral,
    }
}

/// The word for the end of an invitation.
pub(crate) const fn outcome_label(outcome: InvitationOutcome) -> &'static str {
    match outcome {
        InvitationOutcome::Accepted => "Accepted",
        InvitationOutcome::Declined => "Declined",
        InvitationOutcome::Withdrawn => "Withdrawn",
    }
}

/// Whether the account waits for its invitation to be accepted.
pub(crate) const fn is_invited(status: ShownStatus) -> bool {
    matches!(status, ShownStatus::Pending | ShownStatus::InvitationExpired | ShownStatus::InvitationFailed)
}

/// Whether the account has a name: until its person signs up, the address stands for it.
pub(crate) fn is_named(account: &Account) -> bool {
    account.email.as_ref() != Some(&account.display_name)
}

/// What the level cell says: the level; of those who are out, the word for that.
pub(crate) fn level_text(account: &Account, status: ShownStatus, deactivated_word: &str) -> String {
    match (&account.level, status) {
        (_, ShownStatus::Deactivated) => deactivated_word.to_owned(),
        (Some(level), _) => level.name.clone(),
        (None, _) => String::new(),
    }
}

/// Names in one line.
pub(crate) fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn invitation(delivery: Delivery) -> InvitationView {
        InvitationView {
            sent_at: NOW,
            expires_at: None,
            expired: false,
            delivery,
            attempts: 2,
            error: Some("refused".to_owned()),
            sent_by: None,
            link_requested_at: None,
            needs_new_link: false,
            outcome: None,
        }
    }

    #[test]
    fn most_urgent_is_told() {
        let (past, future) = (Timestamp::from_millis(1_000), Timestamp::from_millis(1_001));
        let sent = || InvitationView { expires_at: Some(future), ..invitation(Delivery::Sent) };
        let cases = [
            (invitation(Delivery::Failed), Some(Standing::NotDelivered("refused".to_owned()))),
            (invitation(Delivery::Queued), Some(Standing::Waiting("Queued, retrying", "refused".to_owned()))),
            (sent(), Some(Standing::Expires(future))),
            (InvitationView { needs_new_link: true, ..sent() }, Some(Standing::NeedsNewLink)),
            (InvitationView { expires_at: Some(past), ..sent() }, Some(Standing::Expired(past))),
            (InvitationView { link_requested_at: Some(past), ..sent() }, Some(Standing::AskedForLink(past))),
            (InvitationView { outcome: Some(InvitationOutcome::Declined), ..sent() }, None),
            (invitation(Delivery::LinkOnly), None),
        ];
        for (invitation, expected) in cases {
            assert_eq!(standing(&invitation, NOW), expected, "{invitation:?}");
        }
    }
}
