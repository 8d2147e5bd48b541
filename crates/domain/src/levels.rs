//! Privilege levels: the profile's ladder of mutually exclusive roles.

use serde::{Deserialize, Serialize};

use crate::roles::RoleRef;

/// Why a level cannot be given by somebody.
pub const LEVEL_OUT_OF_REACH: &str = "It gives rights that you do not hold yourself.";

/// Why one's own level cannot be changed.
pub const OWN_LEVEL: &str = "Nobody changes their own level.";
/// Why the level of someone who is out cannot be changed.
pub const LEVEL_WHILE_OUT: &str = "Whoever is out keeps their level until they are activated again.";
/// Why nobody can be left without a level where there is a ladder (I5).
pub const LEVEL_STAYS: &str = "A level is changed, never taken away.";

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
