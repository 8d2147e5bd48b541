//! Objects of the product, such as dashboards, and who may view or modify each (F50 to F52).

use serde::{Deserialize, Serialize};

use crate::accounts::AccountRef;
use crate::groups::GroupRef;
use crate::id::{AccountId, GroupId};
use crate::problem::FieldError;
use crate::text::{Name, is_plain};
use crate::time::Timestamp;

/// The longest id that the product gives an object, in characters: printable, without `/`, `?`, `#`, `%` and blanks.
pub const EXTERNAL_ID_CHARS_MAX: usize = 200;
/// Accesses to one object, at the most.
pub const ACCESS_PER_OBJECT_MAX: usize = 1_000;
/// Accounts and groups that a search for candidates gives, at the most of each.
pub const CANDIDATES_MAX: usize = 20;

/// What somebody may do with an object; the higher includes the lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AccessLevel {
    View,
    /// Change the object, and grant and revoke access to it.
    Modify,
}

impl AccessLevel {
    /// As the store and the wire write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Modify => "modify",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::View, Self::Modify].into_iter().find(|level| level.as_str() == text)
    }

    /// What people read: "View", "Modify".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::View => "View",
            Self::Modify => "Modify",
        }
    }
}

/// Whether a text can be the id that the product gives an object. `.` and `..` are none: they mean something in addresses.
#[must_use]
pub fn is_external_id(text: &str) -> bool {
    let is_allowed = |character: char| is_plain(character) && !character.is_whitespace() && !"/?#%".contains(character);
    (1..=EXTERNAL_ID_CHARS_MAX).contains(&text.chars().count())
        && text.chars().all(is_allowed)
        && !matches!(text, "." | "..")
}

/// An object as the product names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectKey {
    /// Key of one of the profile's object types.
    #[serde(rename = "type")]
    pub kind: String,
    pub external_id: String,
}

/// An object as the API lists it, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Object {
    #[serde(rename = "type")]
    pub kind: String,
    pub external_id: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountRef>,
    /// Whether only those with access may view or modify it; else the permissions alone decide.
    pub restricted: bool,
    /// Restricted, and no active account can modify it.
    pub is_orphan: bool,
    /// The caller's own access to it, by whichever way; absent for none. An object that is not restricted is open beside
    /// that to all who hold the permission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_access: Option<AccessLevel>,
    /// Accounts and groups with access.
    pub accesses: u64,
    pub created_at: Timestamp,
    /// For `If-Match`. Each change of an access raises it by one, as each change of the object does.
    pub version: i64,
}

/// `PUT objects/{type}/{external_id}`: registers an object, or changes it. What is absent stays, or is empty at first.
/// Whose access ends makes nobody its owner, and does not open it: both last for ever.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectChange {
    /// Needed when it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Who may always modify it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<bool>,
}

/// Somebody's access to an object: of an account or of a group, one of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Access {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
    pub level: AccessLevel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    pub granted_at: Timestamp,
    /// The display name of whoever gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<String>,
}

/// The answer to `GET objects/{type}/{external_id}/access`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectAccess {
    pub object: Object,
    /// Accounts by name, then groups by name.
    pub items: Vec<Access>,
    /// Whether the caller may grant, revoke, restrict and open.
    pub may_share: bool,
}

/// The answer to `GET objects/{type}/{external_id}/candidates?q=`: whom access can be given to. For those who may share
/// the object, whether or not they may view accounts (F51): active accounts and groups whose name or handle holds the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candidates {
    /// By name, 20 at most.
    pub accounts: Vec<AccountRef>,
    /// By name, Everyone among them, 20 at most.
    pub groups: Vec<GroupRef>,
}

/// `PUT objects/{type}/{external_id}/access`: gives an account or a group access, or changes it. `DELETE` takes
/// `?account=` or `?group=`. Both carry the object's version in `If-Match`. Who does not manage objects gives no access
/// that is higher or lasts longer than their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    pub level: AccessLevel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

impl AccessChange {
    /// Fields that are missing, too much, or over already at `at`.
    #[must_use]
    pub fn faults(&self, at: Timestamp) -> Vec<FieldError> {
        let mut errors = Vec::new();
        match (self.account, self.group) {
            (None, None) => {
                errors.push(FieldError::new("account", "required", "Name an account or a group.".to_owned()))
            }
            (Some(_), Some(_)) => {
                errors.push(FieldError::new("group", "not_allowed", "Name an account or a group, not both.".to_owned()))
            }
            _ => {}
        }
        if self.valid_until.is_some_and(|until| until <= at) {
            errors.push(FieldError::new("valid_until", "past", "Choose a time to come.".to_owned()));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_product_fit_into_an_address() {
        for text in ["a", "a:b&c", "Sales:Q3", "6f1c-..-é", &"x".repeat(EXTERNAL_ID_CHARS_MAX)] {
            assert!(is_external_id(text), "{text}");
        }
        let too_long = "x".repeat(EXTERNAL_ID_CHARS_MAX + 1);
        for text in ["", ".", "..", "a b", "a/b", "a?b", "a#b", "50%", "a\nb", "a\0b", "a\u{202e}b", &too_long] {
            assert!(!is_external_id(text), "{text:?}");
        }
    }

    #[test]
    fn access_is_given_to_an_account_or_a_group_for_a_time_to_come() {
        let at = Timestamp::from_millis(10);
        let fields = |account: Option<u128>, group: Option<u128>, until: Option<i64>| {
            let change = AccessChange {
                account: account.map(AccountId::from_u128),
                group: group.map(GroupId::from_u128),
                level: AccessLevel::View,
                valid_until: until.map(Timestamp::from_millis),
            };
            change.faults(at).into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(Some(1), None, Some(11)), Vec::<String>::new());
        assert_eq!(fields(None, Some(1), None), Vec::<String>::new());
        assert_eq!(fields(None, None, Some(10)), ["account", "valid_until"]);
        assert_eq!(fields(Some(1), Some(2), None), ["group"]);
    }
}
