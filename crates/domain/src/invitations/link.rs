//! The link that one person opens: what it opens at a moment, for whom, and whether its mail still leaves.

use serde::{Deserialize, Serialize};

use super::InvitationOutcome;
use crate::password::Password;
use crate::text::{Name, UserName};
use crate::time::Timestamp;

/// A body that carries the token of an invitation link.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    pub token: String,
}

/// `POST invitations/accept`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    pub token: String,
    /// Of a new person; one who exists keeps their own. Absent for somebody who signs in with a password they have here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<UserName>,
    /// With a display name: the password to be, or the present one of a person who has one here already. Without: the
    /// present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
}

/// What an invitation link opens at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It can be accepted or declined.
    Open,
    Expired,
    /// Accepted already.
    Used,
    Withdrawn,
    Declined,
    /// A newer link was sent.
    Replaced,
    /// The account gained access after the link was made.
    Outdated,
}

/// Who looks at the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkViewer {
    /// Nobody is signed in. Whether the invited person has a password here is told to nobody.
    NotSignedIn,
    /// The invited person is signed in.
    Invitee,
    /// Somebody else is signed in.
    SomeoneElse,
}

/// The answer to `POST invitations/preview`. Looking changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationPreview {
    pub state: LinkState,
    pub viewer: LinkViewer,
    pub organization: String,
    /// The sender's display name.
    pub invited_by: String,
    pub email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// What the organization's profile calls a level.
    #[serde(default)]
    pub level_word: String,
    #[serde(default)]
    pub groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The address of whoever is signed in, where it is someone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_as: Option<String>,
    /// The fewest code points of a password.
    pub password_chars_min: usize,
    /// A new link was asked for within the last hour.
    pub link_requested: bool,
}

/// What is known of the invitation behind a link.
#[derive(Debug, Clone, Copy)]
pub struct LinkFacts {
    pub outcome: Option<InvitationOutcome>,
    pub is_account_open: bool,
    pub is_newest: bool,
    /// Whether its sender still holds the right to invite (I12).
    pub may_sender_invite: bool,
    /// Whether the account would have more than when the link was made (I17).
    pub is_outdated: bool,
    pub expires_at: Option<Timestamp>,
}

/// What a link opens at a moment. How it ended comes before how old it is.
#[must_use]
pub fn link_state(facts: LinkFacts, at: Timestamp) -> LinkState {
    match facts.outcome {
        Some(InvitationOutcome::Accepted) => LinkState::Used,
        Some(InvitationOutcome::Declined) => LinkState::Declined,
        Some(InvitationOutcome::Withdrawn) => LinkState::Withdrawn,
        None if !facts.is_account_open || !facts.may_sender_invite => LinkState::Withdrawn,
        None if !facts.is_newest => LinkState::Replaced,
        None if facts.is_outdated => LinkState::Outdated,
        None if facts.expires_at.is_some_and(|end| end <= at) => LinkState::Expired,
        None => LinkState::Open,
    }
}

/// What is told of a mail whose sender has lost the right to invite (I12).
pub const SENDER_MAY_NOT_INVITE: &str = "The sender may no longer invite; resend it.";

/// What becomes of a mail that waits with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFate {
    Leaves,
    /// Its account gained access since the link was made: it leaves with a new link.
    LeavesWithNewLink,
    /// Nobody misses it: the invitation has ended, or a newer mail waits.
    Dropped,
    /// The invitation is open, and the link would open nothing: the list of invitations says why.
    GivenUp(&'static str),
}

/// Judges a mail by what its link opens. One whose time has run out leaves, for the time counts anew from then.
#[must_use]
pub fn mail_fate(facts: LinkFacts, at: Timestamp) -> MailFate {
    let is_lost_with_sender = facts.outcome.is_none() && facts.is_account_open && facts.is_newest;
    match link_state(facts, at) {
        LinkState::Open | LinkState::Expired => MailFate::Leaves,
        LinkState::Outdated => MailFate::LeavesWithNewLink,
        LinkState::Withdrawn if is_lost_with_sender => MailFate::GivenUp(SENDER_MAY_NOT_INVITE),
        LinkState::Used | LinkState::Withdrawn | LinkState::Declined | LinkState::Replaced => MailFate::Dropped,
    }
}

impl LinkState {
    /// Whether asking the sender for a new link makes sense.
    #[must_use]
    pub const fn can_ask_for_new_link(self) -> bool {
        matches!(self, Self::Expired | Self::Replaced | Self::Outdated)
    }
}

/// The answer to `POST accounts/{id}/invitation/link`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationLink {
    pub link: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn link_says_how_it_ended_before_how_old_it_is() {
        let now = Timestamp::from_millis(10);
        let open = LinkFacts {
            outcome: None,
            is_account_open: true,
            is_newest: true,
            may_sender_invite: true,
            is_outdated: false,
            expires_at: Some(now.plus(1)),
        };
        let cases = [
            (open, LinkState::Open),
            (LinkFacts { expires_at: None, ..open }, LinkState::Open),
            (LinkFacts { expires_at: Some(now), ..open }, LinkState::Expired),
            (LinkFacts { is_newest: false, is_outdated: true, ..open }, LinkState::Replaced),
            (LinkFacts { is_outdated: true, ..open }, LinkState::Outdated),
            (LinkFacts { is_outdated: true, expires_at: Some(now), ..open }, LinkState::Outdated),
            (LinkFacts { is_outdated: true, may_sender_invite: false, ..open }, LinkState::Withdrawn),
            (LinkFacts { is_account_open: false, ..open }, LinkState::Withdrawn),
            (LinkFacts { may_sender_invite: false, ..open }, LinkState::Withdrawn),
            (LinkFacts { outcome: Some(InvitationOutcome::Accepted), is_newest: false, ..open }, LinkState::Used),
            (
                LinkFacts { outcome: Some(InvitationOutcome::Declined), is_account_open: false, ..open },
                LinkState::Declined,
            ),
            (
                LinkFacts { outcome: Some(InvitationOutcome::Withdrawn), expires_at: Some(now), ..open },
                LinkState::Withdrawn,
            ),
        ];
        for (facts, state) in cases {
            assert_eq!(link_state(facts, now), state, "{facts:?}");
        }
    }

    #[test]
    fn mail_leaves_while_its_link_is_the_newest_of_an_open_invitation() {
        let now = Timestamp::from_millis(10);
        let open = LinkFacts {
            outcome: None,
            is_account_open: true,
            is_newest: true,
            may_sender_invite: true,
            is_outdated: false,
            expires_at: None,
        };
        let orphaned = LinkFacts { may_sender_invite: false, ..open };
        let cases = [
            (open, MailFate::Leaves),
            (LinkFacts { expires_at: Some(now), ..open }, MailFate::Leaves),
            (LinkFacts { is_outdated: true, ..open }, MailFate::LeavesWithNewLink),
            (LinkFacts { is_outdated: true, ..orphaned }, MailFate::GivenUp(SENDER_MAY_NOT_INVITE)),
            (LinkFacts { is_newest: false, ..open }, MailFate::Dropped),
            (LinkFacts { is_account_open: false, ..open }, MailFate::Dropped),
            (LinkFacts { outcome: Some(InvitationOutcome::Accepted), ..open }, MailFate::Dropped),
            (orphaned, MailFate::GivenUp(SENDER_MAY_NOT_INVITE)),
            (LinkFacts { is_newest: false, ..orphaned }, MailFate::Dropped),
            (LinkFacts { is_account_open: false, ..orphaned }, MailFate::Dropped),
            (LinkFacts { outcome: Some(InvitationOutcome::Withdrawn), ..orphaned }, MailFate::Dropped),
        ];
        for (facts, fate) in cases {
            assert_eq!(mail_fate(facts, now), fate, "{facts:?}");
        }
    }

    fn any_facts() -> impl Strategy<Value = LinkFacts> {
        use InvitationOutcome::{Accepted, Declined, Withdrawn};
        let outcome = prop::sample::select(vec![None, Some(Accepted), Some(Declined), Some(Withdrawn)]);
        let end = prop::option::of((0..100_i64).prop_map(Timestamp::from_millis));
        (outcome, any::<[bool; 4]>(), end).prop_map(|(outcome, holds, expires_at)| LinkFacts {
            outcome,
            is_account_open: holds[0],
            is_newest: holds[1],
            may_sender_invite: holds[2],
            is_outdated: holds[3],
            expires_at,
        })
    }

    proptest! {
        #[test]
        fn link_that_is_dead_is_not_opened_by_time(facts in any_facts(), at in 0..100_i64, passed in 0..100_i64) {
            let at = Timestamp::from_millis(at);
            let (before, after) = (link_state(facts, at), link_state(facts, at.plus(passed)));
            match before {
                LinkState::Open => prop_assert!(matches!(after, LinkState::Open | LinkState::Expired)),
                dead => prop_assert_eq!(after, dead),
            }
        }

        #[test]
        fn mail_leaves_only_where_its_link_opens_or_will_once_it_has_left(facts in any_facts(), at in 0..100_i64) {
            let at = Timestamp::from_millis(at);
            let opens = link_state(LinkFacts { expires_at: Some(at.plus(1)), ..facts }, at) == LinkState::Open;
            prop_assert_eq!(mail_fate(facts, at) == MailFate::Leaves, opens);
            let with_new_link = mail_fate(facts, at) == MailFate::LeavesWithNewLink;
            prop_assert_eq!(with_new_link, facts.is_outdated && mail_fate(LinkFacts { is_outdated: false, ..facts }, at) == MailFate::Leaves);
        }
    }
}
