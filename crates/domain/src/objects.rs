//! Objects of the product, such as dashboards, and who may view or modify each (F50 to F52).

use serde::{Deserialize, Serialize};

use crate::accounts::AccountRef;
use crate::groups::GroupRef;
use crate::id::{AccountId, GroupId};
use crate::text::Name;
use crate::time::Timestamp;

/// The longest id that the product gives an object, in characters: printable, without `/`, `?`, `#` and blanks.
pub const EXTERNAL_ID_CHARS_MAX: usize = 200;
/// Accesses to one object, at the most.
pub const ACCESS_PER_OBJECT_MAX: usize = 1_000;
/// Accounts and groups that a search for candidates gives, at the most of each.
pub const CANDIDATES_MAX: usize = 20;

/// What somebody may do with an object; the higher includes the lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AccessLevel {
    View,
    /// Change the object, and grant and revoke access to it.
    Modify,
}

impl AccessLevel {
    /// As the store and the wire write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Modify => "modify",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::View, Self::Modify].into_iter().find(|level| level.as_str() == text)
    }

    /// What people read: "View", "Modify".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::View => "View",
            Self::Modify => "Modify",
        }
    }
}

/// An object as the product names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectKey {
    /// Key of one of the profile's object types.
    #[serde(rename = "type")]
    pub kind: String,
    pub external_id: String,
}

/// An object as the API lists it, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Object {
    #[serde(rename = "type")]
    pub kind: String,
    pub external_id: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountRef>,
    /// Whether only those with access may view or modify it; else the permissions alone decide.
    pub restricted: bool,
    /// Restricted, and no active account can modify it.
    pub is_orphan: bool,
    /// What the caller may do with it; absent for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_access: Option<AccessLevel>,
    /// Accounts and groups with access.
    pub accesses: u64,
    pub created_at: Timestamp,
    /// For `If-Match`.
    pub version: i64,
}

/// `PUT objects/{type}/{external_id}`: registers an object, or changes it. What is absent stays, or is empty at first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectChange {
    /// Needed when it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub name: Option<Name>,
    /// Who may always modify it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<bool>,
}

/// Somebody's access to an object: of an account or of a group, one of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Access {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
    pub level: AccessLevel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub valid_until: Option<Timestamp>,
    pub granted_at: Timestamp,
    /// The display name of whoever gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<String>,
}

/// The answer to `GET objects/{type}/{external_id}/access`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectAccess {
    pub object: Object,
    /// Accounts by name, then groups by name.
    pub items: Vec<Access>,
    /// Whether the caller may grant, revoke, restrict and open.
    pub may_share: bool,
}

/// The answer to `GET objects/{type}/{external_id}/candidates?q=`: whom access can be given to. For those who may share
/// the object, whether or not they may view accounts (F51): active accounts and groups whose name or handle holds the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candidates {
    /// By name, 20 at most.
    pub accounts: Vec<AccountRef>,
    /// By name, Everyone among them, 20 at most.
    pub groups: Vec<GroupRef>,
}

/// `PUT objects/{type}/{external_id}/access`: gives an account or a group access, or changes it. `DELETE` takes
/// `?account=` or `?group=`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    pub level: AccessLevel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub valid_until: Option<Timestamp>,
}
