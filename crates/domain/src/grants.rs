//! Grants: single roles and permissions given to one account, with where they came from and when they end.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// What a grant gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantWhat {
    /// A role, by key.
    Role(String),
    /// A permission, by key.
    Permission(String),
}

/// Where a grant came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantSource {
    Manual,
    Invitation,
    Default,
}

impl GrantSource {
    /// As the store writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Invitation => "invitation",
            Self::Default => "default",
        }
    }
}

/// A grant to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub what: GrantWhat,
    /// It stops at this moment, at the check itself.
    pub valid_until: Option<Timestamp>,
}
