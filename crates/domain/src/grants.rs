//! Grants: single roles and permissions given to one account, with where they came from and when they end.

use serde::{Deserialize, Serialize};

use crate::groups::GroupRef;
use crate::me::HeldPermission;
use crate::roles::RoleRef;
use crate::time::Timestamp;

/// What a grant gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantWhat {
    /// A role, by key.
    Role(String),
    /// A permission, by key.
    Permission(String),
}

/// Where a grant came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum GrantSource {
    Manual,
    Invitation,
    Default,
}

impl GrantSource {
    /// As the store writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Invitation => "invitation",
            Self::Default => "default",
        }
    }
}

/// A grant to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub what: GrantWhat,
    /// It stops at this moment, at the check itself.
    pub valid_until: Option<Timestamp>,
}

/// Something given to an account itself, as its page shows it: a role or a single permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantView {
    /// A role, by key and name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleRef>,
    /// A permission, by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    pub source: GrantSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    pub granted_at: Timestamp,
    /// The display name of whoever gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<String>,
}

/// A group an account is in, as its page shows it; Everyone is among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembershipView {
    pub group: GroupRef,
    pub is_everyone: bool,
    pub roles: Vec<RoleRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// The answer to `GET accounts/{id}/permissions`: what was given to an account, and what it may do by that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountPermissions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RoleRef>,
    pub grants: Vec<GrantView>,
    pub memberships: Vec<MembershipView>,
    /// What it may do now, in the order of the catalogue; empty while the account is not active.
    pub permissions: Vec<HeldPermission>,
    /// Why the account may do nothing now: its status, in words; absent while it is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing_because: Option<String>,
    /// Everything it would hold while active, for an account that is not.
    #[serde(default)]
    pub permissions_when_active: Vec<HeldPermission>,
}
