//! The organization: its settings, its seats, and what the console needs to know of it.

use serde::{Deserialize, Serialize};

use crate::id::OrganizationId;
use crate::invitations::{INVITATION_TTL_MS_MAX, INVITATION_TTL_MS_MIN};
use crate::password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::problem::{FieldError, FieldErrors};
use crate::text::Name;
use crate::time::HOUR_MS;
use crate::tokens::{TokenPolicy, TokenPolicyChange};

/// The most seats an organization can have.
pub const SEATS_MAX: u32 = 10_000_000;

/// An organization by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganizationRef {
    pub id: OrganizationId,
    pub name: String,
}

/// The answer to `GET organization`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    /// Key of the profile: the vocabulary of the product.
    pub profile: String,
    /// User accounts that may be active or pending together; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    pub seats_taken: u32,
    /// Hours an invitation link is valid, from when the mail server took it.
    pub invitation_ttl_hours: u32,
    /// The fewest code points of a password.
    pub password_chars_min: u32,
    /// Key of the level new accounts get where nothing is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_level: Option<String>,
    #[serde(default)]
    pub tokens: TokenPolicy,
    pub version: i64,
}

/// `PATCH organization`: what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrganizationChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// 0 for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(maximum = 10_000_000))]
    pub seats: Option<u32>,
    /// 1 to 720.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 720))]
    pub invitation_ttl_hours: Option<u32>,
    /// 15 to 128: the password is the only factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 8, maximum = 128))]
    pub password_chars_min: Option<u32>,
    /// Key of a level of the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_level: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenPolicyChange>,
}

/// The shortest lifetime of a link in hours.
pub const INVITATION_TTL_HOURS_MIN: u32 = (INVITATION_TTL_MS_MIN / HOUR_MS) as u32;
/// The longest lifetime of a link in hours.
pub const INVITATION_TTL_HOURS_MAX: u32 = (INVITATION_TTL_MS_MAX / HOUR_MS) as u32;

impl OrganizationChange {
    /// The fields that are out of their range, each with what is allowed.
    #[must_use]
    pub fn faults(&self, level_keys: &[&str]) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        let mut range = |field, value: Option<u32>, least: u32, most: u32| {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                errors.push(FieldError::new(field, "out_of_range", format!("Enter a number from {least} to {most}.")));
            }
        };
        range("seats", self.seats, 0, SEATS_MAX);
        range("invitation_ttl_hours", self.invitation_ttl_hours, INVITATION_TTL_HOURS_MIN, INVITATION_TTL_HOURS_MAX);
        range("password_chars_min", self.password_chars_min, PASSWORD_CHARS_MIN as u32, PASSWORD_CHARS_MAX as u32);
        if self.default_level.as_deref().is_some_and(|key| !level_keys.contains(&key)) {
            errors.push(FieldError::new("default_level", "unknown_level", "Choose one of the levels.".to_owned()));
        }
        self.tokens.iter().flat_map(TokenPolicyChange::faults).for_each(|fault| errors.push(fault));
        errors.into_vec()
    }
}

/// Whether one more user account fits.
#[must_use]
pub const fn has_seat(seats: Option<u32>, taken: u32) -> bool {
    match seats {
        Some(seats) => taken < seats,
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_outside_their_range_are_named() {
        let fields = |change: OrganizationChange| {
            change.faults(&["admin"]).into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        let change = |hours, chars| OrganizationChange {
            invitation_ttl_hours: Some(hours),
            password_chars_min: Some(chars),
            ..OrganizationChange::default()
        };
        assert_eq!(fields(change(1, 15)), Vec::<String>::new());
        assert_eq!(fields(change(720, 128)), Vec::<String>::new());
        assert_eq!(fields(change(0, 14)), ["invitation_ttl_hours", "password_chars_min"]);
        assert_eq!(fields(change(721, 129)), ["invitation_ttl_hours", "password_chars_min"]);
        assert_eq!(
            fields(OrganizationChange { default_level: Some("x".into()), ..OrganizationChange::default() }),
            ["default_level"]
        );
    }
}
