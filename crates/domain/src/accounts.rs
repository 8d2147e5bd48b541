//! Accounts: a person or a service in one organization, their status, and the list of them.

mod change;

use serde::{Deserialize, Serialize};

pub use change::AccountChange;

use crate::groups::GroupRef;
use crate::id::AccountId;
use crate::invitations::{Delivery, InvitationView};
use crate::permissions::ConsolePermission;
use crate::roles::RoleRef;
use crate::service_accounts::AccountOwner;
use crate::time::Timestamp;

/// Who or what an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// A person, who signs in.
    #[default]
    User,
    /// A machine, which has tokens only.
    Service,
}

impl AccountKind {
    /// As the store and the wire write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Service => "service",
        }
    }

    /// The permission that changing an account of this kind takes.
    #[must_use]
    pub const fn managed_by(self) -> ConsolePermission {
        match self {
            Self::User => ConsolePermission::AccountsManage,
            Self::Service => ConsolePermission::ServiceAccountsManage,
        }
    }
}

/// The stored times from which an account's status follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountState {
    pub activated_at: Option<Timestamp>,
    pub deactivated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// End of the whole account's access.
    pub valid_until: Option<Timestamp>,
    /// Of the open invitation: its end (absent while its mail waits) and what became of its mail.
    pub invitation: Option<(Option<Timestamp>, Delivery)>,
}

/// The status as programs see it: three values, and deletion by absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    Pending,
    Active,
    Deactivated,
}

impl AccountStatus {
    /// Whether somebody's level stays as it is: whoever is out comes back with the rights they had, by an act that says so,
    /// and not with others that were set meanwhile.
    #[must_use]
    pub const fn keeps_level(self) -> bool {
        matches!(self, Self::Deactivated)
    }
}

/// The status as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShownStatus {
    Deleted,
    Deactivated,
    AccessExpired,
    InvitationFailed,
    InvitationExpired,
    Pending,
    Active,
}

impl ShownStatus {
    /// Those that a list can be narrowed to, in the order shown.
    pub const FILTERS: [Self; 6] = [
        Self::Active,
        Self::Pending,
        Self::InvitationExpired,
        Self::InvitationFailed,
        Self::AccessExpired,
        Self::Deactivated,
    ];

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Deleted => "Deleted",
            Self::Deactivated => "Deactivated",
            Self::AccessExpired => "Access expired",
            Self::InvitationFailed => "Invitation failed",
            Self::InvitationExpired => "Invitation expired",
            Self::Pending => "Pending invitation",
            Self::Active => "Active",
        }
    }

    /// As the wire and the address write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Deactivated => "deactivated",
            Self::AccessExpired => "access_expired",
            Self::InvitationFailed => "invitation_failed",
            Self::InvitationExpired => "invitation_expired",
            Self::Pending => "pending",
            Self::Active => "active",
        }
    }

    #[must_use]
    pub fn parse_filter(text: &str) -> Option<Self> {
        Self::FILTERS.into_iter().find(|status| status.as_str() == text)
    }
}

impl AccountState {
    /// Active since a moment, without an end.
    #[must_use]
    pub const fn active_since(at: Timestamp) -> Self {
        Self { activated_at: Some(at), deactivated_at: None, deleted_at: None, valid_until: None, invitation: None }
    }

    /// The stored status, which programs see.
    #[must_use]
    pub const fn status(&self) -> AccountStatus {
        match (self.deactivated_at, self.activated_at) {
            (Some(_), _) => AccountStatus::Deactivated,
            (None, Some(_)) => AccountStatus::Active,
            (None, None) => AccountStatus::Pending,
        }
    }

    /// The status at a moment, in the order of precedence that the model gives.
    #[must_use]
    pub fn shown(&self, at: Timestamp) -> ShownStatus {
        let is_over = |end: Option<Timestamp>| end.is_some_and(|end| end <= at);
        if self.deleted_at.is_some() {
            ShownStatus::Deleted
        } else if self.deactivated_at.is_some() {
            ShownStatus::Deactivated
        } else if is_over(self.valid_until) {
            ShownStatus::AccessExpired
        } else if self.activated_at.is_some() {
            ShownStatus::Active
        } else {
            match self.invitation {
                Some((_, Delivery::Failed)) => ShownStatus::InvitationFailed,
                Some((expires_at, _)) if is_over(expires_at) => ShownStatus::InvitationExpired,
                _ => ShownStatus::Pending,
            }
        }
    }
}

/// A way in which an account can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    Password,
    Passkey,
    Oidc,
}

impl AuthMethod {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::Passkey => "Passkey",
            Self::Oidc => "Single sign-on",
        }
    }
}

/// A team and the account's role in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamRef {
    pub id: crate::id::GroupId,
    pub name: String,
    pub role: String,
}

/// An account as the API gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    pub id: AccountId,
    pub kind: AccountKind,
    /// The e-mail key of a user; `sa::` and a name of a service.
    pub handle: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    pub status: AccountStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RoleRef>,
    #[serde(default)]
    pub roles: Vec<RoleRef>,
    /// Without Everyone, which all are in.
    #[serde(default)]
    pub groups: Vec<GroupRef>,
    #[serde(default)]
    pub teams: Vec<TeamRef>,
    /// Single permissions given directly.
    #[serde(default)]
    pub permissions: Vec<String>,
    #[serde(default)]
    pub auth_methods: Vec<AuthMethod>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_active_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sign_in_at: Option<Timestamp>,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deactivated_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationView>,
    /// Of a service account: what it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Of a service account: who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountOwner>,
    /// Of a service account: its tokens that work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u32>,
    /// In the list and when read alone: whether it holds more than whoever asks, who can change nothing of it then (I7).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_beyond_reach: bool,
    /// For `If-Match`.
    pub version: i64,
}

impl Account {
    /// The status as people see it at a moment.
    #[must_use]
    pub fn shown_status(&self, at: Timestamp) -> ShownStatus {
        self.state().shown(at)
    }

    /// As other things name it.
    #[must_use]
    pub fn account_ref(&self) -> AccountRef {
        let Self { id, kind, display_name, handle, .. } = self;
        AccountRef { id: *id, kind: *kind, name: display_name.clone(), handle: handle.clone() }
    }

    #[must_use]
    pub fn state(&self) -> AccountState {
        AccountState {
            activated_at: (self.status != AccountStatus::Pending).then_some(self.created_at),
            deactivated_at: self.deactivated_at,
            deleted_at: self.deleted_at,
            valid_until: self.valid_until,
            invitation: self.invitation.as_ref().map(|invitation| (invitation.expires_at, invitation.delivery)),
        }
    }
}

/// Which invitations a list is narrowed to (F30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationFilter {
    /// Neither accepted nor ended: pending, expired and failed ones.
    Open,
    /// Declined or withdrawn within the last 30 days.
    Ended,
}

impl InvitationFilter {
    /// As the wire and the address write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Ended].into_iter().find(|filter| filter.as_str() == text)
    }
}

/// What a list is sorted by. Ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AccountSort {
    #[default]
    Name,
    Email,
    LastActive,
    Created,
}

impl AccountSort {
    pub const ALL: [Self; 4] = [Self::Name, Self::Email, Self::LastActive, Self::Created];

    /// As the wire and the address write it, without the sign.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::LastActive => "last_active",
            Self::Created => "created",
        }
    }
}

/// In `GET accounts?level=`: those without a level. No key of a level is like it.
pub const NO_LEVEL: &str = "-";

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    #[default]
    Ascending,
    Descending,
}

/// Reads `name` or `-name`: the minus runs downwards.
#[must_use]
pub fn parse_sort(text: &str) -> Option<(AccountSort, Direction)> {
    let (name, direction) = match text.strip_prefix('-') {
        Some(name) => (name, Direction::Descending),
        None => (text, Direction::Ascending),
    };
    AccountSort::ALL.into_iter().find(|sort| sort.as_str() == name).map(|sort| (sort, direction))
}

/// Writes what `parse_sort` reads.
#[must_use]
pub fn sort_text(sort: AccountSort, direction: Direction) -> String {
    match direction {
        Direction::Ascending => sort.as_str().to_owned(),
        Direction::Descending => ["-", sort.as_str()].concat(),
    }
}

/// How many accounts of each shown status there are, deleted ones apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCounts {
    pub active: u64,
    pub pending: u64,
    pub invitation_expired: u64,
    pub invitation_failed: u64,
    pub access_expired: u64,
    pub deactivated: u64,
}

impl StatusCounts {
    #[must_use]
    pub const fn of(&self, status: ShownStatus) -> u64 {
        match status {
            ShownStatus::Active => self.active,
            ShownStatus::Pending => self.pending,
            ShownStatus::InvitationExpired => self.invitation_expired,
            ShownStatus::InvitationFailed => self.invitation_failed,
            ShownStatus::AccessExpired => self.access_expired,
            ShownStatus::Deactivated => self.deactivated,
            ShownStatus::Deleted => 0,
        }
    }

    #[must_use]
    pub fn all(&self) -> u64 {
        ShownStatus::FILTERS.into_iter().map(|status| self.of(status)).sum()
    }

    /// Invited and not yet in: what the Invitations page lists.
    #[must_use]
    pub const fn open_invitations(&self) -> u64 {
        self.pending + self.invitation_expired + self.invitation_failed
    }
}

impl FromIterator<ShownStatus> for StatusCounts {
    fn from_iter<I: IntoIterator<Item = ShownStatus>>(statuses: I) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            match status {
                ShownStatus::Active => counts.active += 1,
                ShownStatus::Pending => counts.pending += 1,
                ShownStatus::InvitationExpired => counts.invitation_expired += 1,
                ShownStatus::InvitationFailed => counts.invitation_failed += 1,
                ShownStatus::AccessExpired => counts.access_expired += 1,
                ShownStatus::Deactivated => counts.deactivated += 1,
                ShownStatus::Deleted => {}
            }
        }
        counts
    }
}

/// A page of accounts, with the counts by status where they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountPage {
    pub items: Vec<Account>,
    /// Asks for the next page; absent on the last one. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many accounts fit the filter, on all pages together.
    pub total: u64,
    /// As asked for: of all accounts of the kind, or of those that fit the filters, whatever their status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_counts: Option<StatusCounts>,
}

/// `DELETE accounts/{id}` of a service account: its id is typed again (F80, F125).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteAccount {
    /// The account's handle; blanks around it and upper case do not count.
    pub confirm: String,
}

impl DeleteAccount {
    /// Whether what was typed is the account's handle.
    #[must_use]
    pub fn fits(&self, handle: &str) -> bool {
        crate::text::fold(self.confirm.trim()) == handle
    }
}

/// An account as other things name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountRef {
    pub id: AccountId,
    pub kind: AccountKind,
    /// The display name.
    pub name: String,
    /// The e-mail key of a user; `sa::` and a name of a service.
    pub handle: String,
}

/// What a status can be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum StatusChange {
    Active,
    Deactivated,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    #[test]
    fn status_follows_from_the_times_in_the_order_of_the_model() {
        let at = |millis| Some(Timestamp::from_millis(millis));
        let invited = |end, delivery| AccountState { invitation: Some((end, delivery)), ..AccountState::default() };
        let cases = [
            (
                AccountState {
                    deleted_at: at(1),
                    deactivated_at: at(1),
                    activated_at: at(1),
                    ..AccountState::default()
                },
                ShownStatus::Deleted,
            ),
            (
                AccountState {
                    deactivated_at: at(1),
                    activated_at: at(1),
                    valid_until: at(1),
                    ..AccountState::default()
                },
                ShownStatus::Deactivated,
            ),
            (
                AccountState { activated_at: at(1), valid_until: at(1_000), ..AccountState::default() },
                ShownStatus::AccessExpired,
            ),
            (
                AccountState { activated_at: at(1), valid_until: at(1_001), ..AccountState::default() },
                ShownStatus::Active,
            ),
            (invited(at(500), Delivery::Failed), ShownStatus::InvitationFailed),
            (invited(at(1_000), Delivery::Sent), ShownStatus::InvitationExpired),
            (invited(at(1_001), Delivery::Sent), ShownStatus::Pending),
            (invited(None, Delivery::Queued), ShownStatus::Pending),
            (AccountState { activated_at: at(1), ..invited(at(1), Delivery::Failed) }, ShownStatus::Active),
        ];
        for (state, status) in cases {
            assert_eq!(state.shown(NOW), status, "{state:?}");
        }
    }

    #[test]
    fn each_status_is_counted_as_its_own() {
        for status in ShownStatus::FILTERS {
            let counts: StatusCounts = [status, ShownStatus::Deleted, status].into_iter().collect();
            assert_eq!((counts.of(status), counts.all()), (2, 2), "{status:?}");
        }
    }

    #[test]
    fn sort_reads_what_it_writes() {
        for sort in AccountSort::ALL {
            for direction in [Direction::Ascending, Direction::Descending] {
                assert_eq!(parse_sort(&sort_text(sort, direction)), Some((sort, direction)));
            }
        }
        for text in ["", "-", "--name", "Name", "status"] {
            assert_eq!(parse_sort(text), None, "{text}");
        }
    }
}
