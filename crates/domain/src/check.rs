//! The question a product asks: may this account do that, why, and what would change the answer.

use serde::{Deserialize, Serialize};

use crate::effective::Path;
use crate::groups::GroupRef;
use crate::id::AccountId;
use crate::objects::{AccessLevel, ObjectKey};
use crate::roles::RoleRef;

/// The most checks in one request.
pub const CHECKS_MAX: usize = 1_000;
/// The most fixes a refusal names.
pub const FIXES_MAX: usize = 5;

/// One question.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// Key of the catalogue.
    pub permission: String,
    /// The caller itself when absent. Another account needs `accounts.view`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectKey>,
    /// What is to be done with the object; `view` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessLevel>,
}

/// `POST check` with many questions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckMany {
    /// 1,000 at most.
    pub checks: Vec<CheckRequest>,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DenyReason {
    /// Deactivated, expired, pending or deleted.
    NotActive,
    /// The account does not hold the permission.
    NoPermission,
    /// It holds the permission, but the object is restricted and it has no access, or too little.
    NoAccess,
    /// The permission is not in the catalogue.
    UnknownPermission,
    /// There is no such object. An object that was never registered is not restricted: ask without it.
    UnknownObject,
    /// There is no such account in this organization.
    UnknownAccount,
}

/// What a fix would add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FixKind {
    /// The role on the account.
    AddRole,
    /// The account into the group.
    AddGroup,
    /// The single permission on the account.
    AddPermission,
    /// The level.
    SetLevel,
    /// Access to the object.
    AddAccess,
    /// The account activated.
    Activate,
}

/// The smallest single addition that would allow it; the one that gives least beside comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fix {
    #[serde(rename = "type")]
    pub kind: FixKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RoleRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessLevel>,
    /// How many other permissions it would give as well.
    pub extra: u32,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckAnswer {
    pub allowed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DenyReason>,
    /// The ways in which it is allowed; empty when it is not.
    #[serde(default)]
    pub paths: Vec<Path>,
    /// For those who could grant them; empty for others, and when it is allowed.
    #[serde(default)]
    pub fixes: Vec<Fix>,
}

/// The answers to many questions, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckAnswers {
    pub results: Vec<CheckAnswer>,
}
