//! Invitations: the request for many, the result of each, and the link that one person opens.

mod allowance;
mod invite;
mod link;
mod snapshot;

use serde::{Deserialize, Serialize};

use crate::time::{DAY_MS, HOUR_MS, Timestamp};

pub use allowance::mail_allowance;
pub use invite::{GRANTS_PER_INVITE_MAX, InviteOutcome, InviteRequest, InviteResponse, InviteResult, summarize};
pub use link::{
    AcceptRequest, InvitationLink, InvitationPreview, InvitationToken, LinkFacts, LinkState, LinkViewer, MailFate,
    SENDER_MAY_NOT_INVITE, link_state, mail_fate,
};
pub use snapshot::{AccessSnapshot, Gain, HeldAccess};

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
    /// The account gained access after its link was made: the link no longer opens, and resending makes one that does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_new_link: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<InvitationOutcome>,
}

impl InvitationView {
    /// Whether somebody may have the link, and it would open if the account had gained nothing.
    #[must_use]
    pub const fn has_shown_link(&self) -> bool {
        self.outcome.is_none() && !self.expired && !matches!(self.delivery, Delivery::Queued)
    }

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
