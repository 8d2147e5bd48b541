//! Roles: named sets of permissions, held by accounts and by groups.

use serde::{Deserialize, Serialize};

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

/// A role as the API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Role {
    pub key: String,
    pub name: String,
    pub description: String,
    pub permissions: Vec<String>,
    pub built_in: bool,
    /// Set for a privilege level: its height on the ladder, the lowest being 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_rank: Option<u32>,
}
