//! New-account defaults: what each user account gets when it is created. Not retroactive, and never for service accounts (I10).

use serde::{Deserialize, Serialize};

use crate::groups::GroupRef;
use crate::id::GroupId;

/// Groups among the defaults, at the most.
pub const DEFAULT_GROUPS_MAX: usize = 50;
/// Permissions among the defaults, at the most.
pub const DEFAULT_PERMISSIONS_MAX: usize = 100;

/// `PUT organization/defaults`: all that new user accounts get from now on. Everyone is never among the groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// Keys of the catalogue.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Key of a level; the profile's own default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// The answer to `GET organization/defaults` and to `PUT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultsView {
    pub groups: Vec<GroupRef>,
    pub permissions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Of the organization, for `If-Match`.
    pub version: i64,
}
