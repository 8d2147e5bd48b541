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

impl DenyReason {
    /// Why not, as the end of a sentence: "no: the account does not hold the permission".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotActive => "the account is not active",
            Self::NoPermission => "the account does not hold the permission",
            Self::NoAccess => "the account holds the permission, but has no such access to the object",
            Self::UnknownPermission => "there is no such permission",
            Self::UnknownObject => "no such object is registered; without registration, the permission alone decides",
            Self::UnknownAccount => "there is no such account",
        }
    }
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

impl Fix {
    /// What to do: "Give the role \"Alerts\"". `label` gives the name of a permission by its key.
    #[must_use]
    pub fn words(&self, level_word: &str, label: impl Fn(&str) -> String) -> String {
        let role = || self.role.as_ref().map(|role| role.name.as_str()).unwrap_or_default();
        let group = || self.group.as_ref().map(|group| group.name.as_str()).unwrap_or_default();
        let level = || self.level.as_ref().map(|level| level.name.as_str()).unwrap_or_default();
        match self.kind {
            FixKind::AddRole => ["Give the role \"", role(), "\""].concat(),
            FixKind::AddGroup => ["Add to the group \"", group(), "\""].concat(),
            FixKind::AddPermission => {
                ["Give the permission \"", &label(self.permission.as_deref().unwrap_or_default()), "\" alone"].concat()
            }
            FixKind::SetLevel => [level_word, " \"", level(), "\""].concat(),
            FixKind::AddAccess => match self.access {
                Some(AccessLevel::Modify) => "Give modify access to this object".to_owned(),
                _ => "Give view access to this object".to_owned(),
            },
            FixKind::Activate => "Activate the account".to_owned(),
        }
    }

    /// What it would give beside: "and 3 other permissions"; empty for nothing.
    #[must_use]
    pub fn extra_words(&self) -> String {
        match self.extra {
            0 => String::new(),
            1 => "and 1 other permission".to_owned(),
            extra => ["and ", &extra.to_string(), " other permissions"].concat(),
        }
    }
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
