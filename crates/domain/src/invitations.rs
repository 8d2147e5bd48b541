//! Invitations: the request for many, the result of each, and the link that one person opens.

use serde::{Deserialize, Serialize};

use crate::email_list::EmailList;
use crate::id::{AccountId, GroupId};
use crate::kept::Kept;
use crate::password::Password;
use crate::text::{Name, UserName};
use crate::time::{DAY_MS, HOUR_MS, Timestamp};

/// How long a link is valid unless the organization says otherwise, counted from when the mail server took the message.
pub const INVITATION_TTL_MS_DEFAULT: i64 = DAY_MS;
/// The shortest lifetime an organization may choose.
pub const INVITATION_TTL_MS_MIN: i64 = HOUR_MS;
/// The longest lifetime an organization may choose.
pub const INVITATION_TTL_MS_MAX: i64 = 30 * DAY_MS;
/// Withdrawn and declined invitations stay listed for so long.
pub const ENDED_INVITATION_LISTED_MS: i64 = 30 * DAY_MS;
/// The sender is asked for a new link at most once in so long.
pub const NEW_LINK_REQUEST_EVERY_MS: i64 = HOUR_MS;
/// Roles and single permissions one invitation names at most.
pub const GRANTS_PER_INVITE_MAX: usize = 100;

/// Mails one address gets at once; then one an hour.
const MAILS_AT_ONCE: i64 = 3;

/// Whether one more mail may go to an address, given when its allowance was last full again; if so, when it is next.
#[must_use]
pub fn mail_allowance(full_at: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    let full_at = full_at.filter(|full_at| *full_at > at).unwrap_or(at);
    let next = full_at.plus(HOUR_MS);
    (next.since(at) <= MAILS_AT_ONCE * HOUR_MS).then_some(next)
}

/// What became of an invitation's mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Waits for the mail server; retried until it is taken.
    Queued,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good.
    Failed,
    /// There is no mail server: the sender passes the link on.
    LinkOnly,
}

impl Delivery {
    /// As the store and the wire write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::LinkOnly => "link_only",
        }
    }
}

/// How an invitation that was not accepted ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum InvitationOutcome {
    Accepted,
    Declined,
    Withdrawn,
}

impl InvitationOutcome {
    /// As the store and the wire write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// The invitation of an account that is not yet active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationView {
    /// When it was last sent, or is to be.
    pub sent_at: Timestamp,
    /// Absent while the mail waits: the lifetime counts from when it leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    pub expired: bool,
    pub delivery: Delivery,
    /// Attempts of the mail that waits.
    #[serde(default)]
    pub attempts: u32,
    /// Why the last attempt did not succeed, for the administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The sender's display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
    /// The invitee asked for a new link, and has not got it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_requested_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<InvitationOutcome>,
}

impl InvitationView {
    /// What people read of a mail's state.
    #[must_use]
    pub const fn delivery_label(&self) -> &'static str {
        match self.delivery {
            Delivery::Queued if self.attempts > 0 => "Queued, retrying",
            Delivery::Queued => "Queued",
            Delivery::Sent => "Sent",
            Delivery::Failed => "Not delivered",
            Delivery::LinkOnly => "Link to copy",
        }
    }
}

/// `POST invitations`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InviteRequest {
    /// 1 to 500 addresses, each as a text of its own.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub emails: EmailList,
    /// Key of a privilege level; the organization's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// Keys of roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Keys of permissions.
    #[serde(default)]
    pub permissions: Vec<String>,
}

/// What became of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InviteOutcome {
    Invited,
    /// It was pending: a new link was made, the old one is dead.
    Resent,
    /// It was pending, and its invitation holds what the caller may not give.
    Forbidden,
    AlreadyMember,
    Deactivated,
    /// Deleted within the last 30 days: restore it instead.
    Deleted,
    Invalid,
    /// It stands in the list before.
    Duplicate,
    NoSeat,
    /// This address got too many mails; one more an hour.
    TooMany,
}

impl InviteOutcome {
    /// Each kind, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::Invited,
        Self::Resent,
        Self::AlreadyMember,
        Self::Deactivated,
        Self::Deleted,
        Self::NoSeat,
        Self::Forbidden,
        Self::TooMany,
        Self::Duplicate,
        Self::Invalid,
    ];

    /// What people read beside an address.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invited => "Invited",
            Self::Resent => "Invited again",
            Self::Forbidden => "Already invited, by someone with more rights",
            Self::AlreadyMember => "Already a member",
            Self::Deactivated => "Deactivated: activate the account instead",
            Self::Deleted => "Deleted: restore the account instead",
            Self::Invalid => "Not an e-mail address",
            Self::Duplicate => "In the list twice",
            Self::NoSeat => "No seat left",
            Self::TooMany => "Mailed often already: try again in an hour",
        }
    }

    /// "2 invited", "1 already a member".
    #[must_use]
    pub fn counted(self, count: usize) -> String {
        let is_one = count == 1;
        let words = match self {
            Self::Invited => "invited",
            Self::Resent => "invited again",
            Self::Forbidden => "not yours to resend",
            Self::AlreadyMember if is_one => "already a member",
            Self::AlreadyMember => "already members",
            Self::Deactivated => "deactivated",
            Self::Deleted => "deleted",
            Self::Invalid => "not valid",
            Self::Duplicate if is_one => "duplicate",
            Self::Duplicate => "duplicates",
            Self::NoSeat => "without a seat",
            Self::TooMany => "mailed too often",
        };
        [count.to_string().as_str(), " ", words].concat()
    }
}

/// The result of one address, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteResult {
    /// Position in the request, from 0.
    pub index: usize,
    pub input: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub outcome: InviteOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// Only where there is no mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Of a bad address, what is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Of `resent`, where it differs from what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// The answer to `POST invitations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteResponse {
    pub results: Vec<InviteResult>,
}

/// "2 invited, 1 already a member": the results in one line.
#[must_use]
pub fn summarize(results: &[InviteResult]) -> String {
    let count = |outcome| results.iter().filter(|result| result.outcome == outcome).count();
    let parts = InviteOutcome::ALL.into_iter().map(|outcome| (outcome, count(outcome))).filter(|(_, count)| *count > 0);
    parts.map(|(outcome, count)| outcome.counted(count)).collect::<Vec<_>>().join(", ")
}

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
    /// Of a new person; one who exists keeps their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub display_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub user_name: Option<UserName>,
    /// A new person's; or the present one of a person who exists and is not signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
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
}

/// Who looks at the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkViewer {
    /// Nobody is signed in, and the address is new here.
    NewPerson,
    /// Nobody is signed in, and the address belongs to a person who has a password.
    KnownPerson,
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
        LinkState::Withdrawn if is_lost_with_sender => MailFate::GivenUp(SENDER_MAY_NOT_INVITE),
        LinkState::Used | LinkState::Withdrawn | LinkState::Declined | LinkState::Replaced => MailFate::Dropped,
    }
}

impl LinkState {
    /// Whether asking the sender for a new link makes sense.
    #[must_use]
    pub const fn can_ask_for_new_link(self) -> bool {
        matches!(self, Self::Expired | Self::Replaced)
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
    use super::*;

    #[test]
    fn link_says_how_it_ended_before_how_old_it_is() {
        let now = Timestamp::from_millis(10);
        let open = LinkFacts {
            outcome: None,
            is_account_open: true,
            is_newest: true,
            may_sender_invite: true,
            expires_at: Some(now.plus(1)),
        };
        let cases = [
            (open, LinkState::Open),
            (LinkFacts { expires_at: None, ..open }, LinkState::Open),
            (LinkFacts { expires_at: Some(now), ..open }, LinkState::Expired),
            (LinkFacts { is_newest: false, ..open }, LinkState::Replaced),
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
            expires_at: None,
        };
        let orphaned = LinkFacts { may_sender_invite: false, ..open };
        let cases = [
            (open, MailFate::Leaves),
            (LinkFacts { expires_at: Some(now), ..open }, MailFate::Leaves),
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

    #[test]
    fn address_gets_three_mails_at_once_then_one_an_hour() {
        let start = Timestamp::from_millis(0);
        let mut full_at = None;
        for _ in 0..3 {
            full_at = mail_allowance(full_at, start);
            assert!(full_at.is_some());
        }
        assert_eq!(mail_allowance(full_at, start.plus(HOUR_MS - 1)), None);
        assert!(mail_allowance(full_at, start.plus(HOUR_MS)).is_some());
    }

    #[test]
    fn results_are_told_in_one_line() {
        let result = |index, outcome| InviteResult {
            index,
            input: String::new(),
            email: None,
            outcome,
            account_id: None,
            link: None,
            code: None,
            kept: None,
        };
        let results = [
            result(0, InviteOutcome::Invited),
            result(1, InviteOutcome::AlreadyMember),
            result(2, InviteOutcome::Invited),
        ];
        assert_eq!(summarize(&results), "2 invited, 1 already a member");
        assert_eq!(summarize(&[]), "");
    }
}
