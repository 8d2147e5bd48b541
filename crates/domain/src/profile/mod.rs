//! Profiles: a product's vocabulary as data. Permissions, levels, roles, object types, counters and words.

use serde::{Deserialize, Serialize};

use crate::levels::Narrowing;
use crate::permissions::PermissionEntry;
use crate::roles::RoleDefinition;

#[cfg(feature = "profiles")]
mod load;
#[cfg(feature = "profiles")]
pub use load::{ProfileError, load, shipped};

/// What a product calls things.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// A privilege level.
    pub level: String,
    /// An account whose access is taken away for now.
    pub deactivated: String,
}

impl Default for Words {
    fn default() -> Self {
        Self { level: "Level".to_owned(), deactivated: "Deactivated".to_owned() }
    }
}

/// A kind of object that access can be limited to, or a counter of what people make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub key: String,
    pub label: String,
}

/// A product's vocabulary, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub key: String,
    pub name: String,
    pub description: String,
    pub words: Words,
    /// The product's permissions; the console's own come after them.
    pub permissions: Vec<PermissionEntry>,
    /// What every signed-in user may do (F37).
    pub baseline: Vec<String>,
    /// Highest first; may be empty.
    pub levels: Vec<RoleDefinition>,
    /// Key of the level for new accounts; absent only where there are no levels.
    pub default_level: Option<String>,
    /// Which roles narrow which level; none by default.
    pub narrowing: Option<Narrowing>,
    /// Roles beside the levels; Owner is not among them, it is always there.
    pub roles: Vec<RoleDefinition>,
    pub object_types: Vec<Term>,
    pub counters: Vec<Term>,
}
