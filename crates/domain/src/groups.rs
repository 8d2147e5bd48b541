//! Groups: sets of accounts that carry roles. Everyone is one of them, with a membership that is derived, never stored.

use serde::{Deserialize, Serialize};

use crate::id::GroupId;
use crate::roles::RoleRef;
use crate::text::{DESCRIPTION_CHARS_MAX, Name, is_plain};

/// What the group of all accounts is called. It cannot be renamed, left or deleted.
pub const EVERYONE: &str = "Everyone";
/// The most groups one invitation names.
pub const GROUPS_PER_INVITE_MAX: usize = 50;

/// What a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    /// All accounts, users and services.
    Everyone,
    Group,
    /// A group with member roles and settings of its own.
    Team,
}

impl GroupKind {
    /// As the store and the wire write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Group => "group",
            Self::Team => "team",
        }
    }
}

/// A group by id and name, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupRef {
    pub id: GroupId,
    pub name: String,
}

/// A group as the API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    pub kind: GroupKind,
    pub roles: Vec<RoleRef>,
    /// Accounts in it that are not deleted.
    pub members: u64,
    pub version: i64,
}

/// `POST groups`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Unique in the organization without regard to case.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: Name,
    /// 500 characters at most; empty by default.
    #[serde(default)]
    pub description: String,
}

impl NewGroup {
    /// Whether the description is within its limit, and plain text of one or several lines.
    #[must_use]
    pub fn is_description_within_limit(&self) -> bool {
        self.description.chars().count() <= DESCRIPTION_CHARS_MAX
            && self.description.chars().all(|character| is_plain(character) || character == '\n')
    }
}
