//! The request that invites many, and what became of each address.

use serde::{Deserialize, Serialize};

use crate::email_list::EmailList;
use crate::id::{AccountId, GroupId};
use crate::kept::Kept;

/// Roles and single permissions one invitation names at most.
pub const GRANTS_PER_INVITE_MAX: usize = 100;

/// `POST invitations`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InviteRequest {
    /// 1 to 500 addresses, each as a text of its own.
    pub emails: EmailList,
    /// Key of a privilege level; the organization's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub groups: Vec<GroupId>,
    /// Keys of roles.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub roles: Vec<String>,
    /// Keys of permissions.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
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

#[cfg(test)]
mod tests {
    use super::*;

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
