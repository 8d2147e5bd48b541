//! Roles: named sets of permissions, held by accounts and by groups.

use serde::{Deserialize, Serialize};

use crate::accounts::AccountRef;
use crate::groups::GroupRef;
use crate::id::RoleId;
use crate::text::Name;

/// The role that holds every permission of the console and of the product.
pub const OWNER_ROLE: &str = "owner";
/// What the Owner role is called.
pub const OWNER_ROLE_NAME: &str = "Owner";

/// A role by key and name, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleRef {
    pub key: String,
    pub name: String,
}

/// What a role gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDefinition {
    pub key: String,
    pub name: String,
    pub description: String,
    /// Keys of permissions, or `*` alone for all of them.
    pub permissions: Vec<String>,
    /// Set for a privilege level: its height on the ladder.
    pub level_rank: Option<u32>,
}

impl RoleDefinition {
    #[must_use]
    pub fn role_ref(&self) -> RoleRef {
        RoleRef { key: self.key.clone(), name: self.name.clone() }
    }
}

/// The most permissions a role carries.
pub const ROLE_PERMISSIONS_MAX: usize = 500;
/// The most roles an organization has, levels and built-in ones included.
pub const ROLES_MAX: usize = 1_000;
/// Accounts and groups that a refusal names as holders of a role, at the most of each.
pub const ROLE_HOLDERS_NAMED_MAX: usize = 20;

/// A role as the API gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Role {
    pub id: RoleId,
    /// Never changes: grants and programs name the role by it.
    pub key: String,
    pub name: String,
    pub description: String,
    /// Keys of permissions, sorted; `*` alone for all of them.
    pub permissions: Vec<String>,
    /// Comes with the profile: it can be copied, but neither changed nor deleted.
    pub built_in: bool,
    /// Set for a privilege level: its height on the ladder, the lowest being 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_rank: Option<u32>,
    /// Accounts, deleted ones apart, that hold it themselves: as their level or by a grant.
    pub accounts: u64,
    /// Groups that carry it.
    pub groups: u64,
    /// For `If-Match`.
    pub version: i64,
}

/// `POST roles`. The key is made from the name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// Unique in the organization without regard to case.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: Name,
    /// 500 characters at most; empty by default.
    #[serde(default)]
    pub description: String,
    /// Keys of the catalogue; the caller holds each of them (I7).
    pub permissions: Vec<String>,
}

/// `PATCH roles/{id}`: what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
}

/// `DELETE roles/{id}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleRemoval {
    /// Key of the role that its holders, accounts and groups, get instead, with the same ends. Without it, deleting a
    /// role that somebody holds is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub move_to: Option<String>,
}

/// Who holds a role: the answer to `GET roles/{id}/holders`, and what a refused deletion carries as `holders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleHolders {
    /// By name, 20 at most.
    pub accounts: Vec<AccountRef>,
    pub accounts_total: u64,
    /// By name, 20 at most.
    pub groups: Vec<GroupRef>,
    pub groups_total: u64,
}
