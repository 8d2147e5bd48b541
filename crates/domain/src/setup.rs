//! Set-up: the first Owner and the organization, once.

use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::password::Password;
use crate::text::Name;
use crate::time::DAY_MS;

/// The link that the server prints works for so long; then it prints the next one.
pub const SETUP_LINK_MS: i64 = DAY_MS;

/// A profile as set-up offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileChoice {
    pub key: String,
    pub name: String,
    pub description: String,
    /// Names of the levels, highest first.
    pub levels: Vec<String>,
}

/// The answer to `GET setup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupView {
    /// Whether an organization exists already.
    pub done: bool,
    /// What can be chosen; empty when done.
    pub profiles: Vec<ProfileChoice>,
    /// The fewest code points of a password.
    pub password_chars_min: usize,
}

/// `POST setup`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    /// From the link that the server printed when it started.
    pub setup_token: String,
    pub organization: Name,
    /// Key of a profile.
    pub profile: String,
    pub email: EmailAddress,
    pub display_name: Name,
    pub password: Password,
}
