//! One's own profile: what everyone may see and change of themselves.

use serde::{Deserialize, Serialize};

use crate::accounts::Account;
use crate::effective::Path;
use crate::text::{Name, UserName};

/// A permission with the ways in which it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldPermission {
    pub key: String,
    pub label: String,
    pub category: String,
    pub paths: Vec<Path>,
}

/// The answer to `GET me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub account: Account,
    /// In the order of the catalogue.
    pub permissions: Vec<HeldPermission>,
}

/// `PATCH me`: what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub display_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub user_name: Option<UserName>,
}
