//! Accounts: a person or a service in one organization, their status, and the list of them.

mod change;
mod list;
mod status;

use serde::{Deserialize, Serialize};

use crate::groups::GroupRef;
use crate::id::AccountId;
use crate::invitations::InvitationView;
use crate::permissions::ConsolePermission;
use crate::roles::RoleRef;
use crate::service_accounts::AccountOwner;
use crate::time::Timestamp;

pub use change::{AccountChange, DeleteAccount, StatusChange};
pub use list::{AccountPage, AccountSort, Direction, InvitationFilter, NO_LEVEL, StatusCounts, parse_sort, sort_text};
pub use status::{AccountState, AccountStatus, ShownStatus};

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
