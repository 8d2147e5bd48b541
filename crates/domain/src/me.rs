//! One's own profile: what everyone may see and change of themselves.

use serde::{Deserialize, Serialize};

use crate::accounts::Account;
use crate::effective::{Effective, Path};
use crate::permissions::Catalogue;
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

impl HeldPermission {
    /// All that is held, in the order of the catalogue.
    #[must_use]
    pub fn all(effective: &Effective, catalogue: &Catalogue) -> Vec<Self> {
        let held = catalogue.0.iter().filter(|entry| effective.holds_key(&entry.key));
        held.map(|entry| Self {
            key: entry.key.clone(),
            label: entry.label.clone(),
            category: entry.category.clone(),
            paths: effective.paths(&entry.key),
        })
        .collect()
    }
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
