//! Privilege levels: the profile's ladder of mutually exclusive roles.

use serde::{Deserialize, Serialize};

use crate::roles::RoleRef;

/// Why a level cannot be given by somebody.
pub const LEVEL_OUT_OF_REACH: &str = "It gives rights that you do not hold yourself.";

/// A rung of the ladder as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Level {
    pub key: String,
    pub name: String,
    pub description: String,
    /// The height on the ladder: the lowest is 1.
    pub rank: u32,
    /// The permissions it gives, with those they include.
    pub permissions: Vec<String>,
}

impl Level {
    #[must_use]
    pub fn role_ref(&self) -> RoleRef {
        RoleRef { key: self.key.clone(), name: self.name.clone() }
    }
}

/// The level a new account gets where nothing is chosen: the organization's, else the profile's, if the ladder has it.
#[must_use]
pub fn default_level<'a>(levels: &'a [Level], organization: Option<&str>, profile: Option<&str>) -> Option<&'a Level> {
    let find = |key: &str| levels.iter().find(|level| level.key == key);
    organization.and_then(find).or_else(|| profile.and_then(find))
}
