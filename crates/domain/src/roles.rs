//! Roles: named sets of permissions, held by accounts and by groups.

use serde::{Deserialize, Serialize};

use crate::accounts::AccountRef;
use crate::groups::GroupRef;
use crate::id::RoleId;
use crate::permissions::{ALL_PERMISSIONS, Catalogue, KEY_CHARS_MAX};
use crate::problem::FieldError;
use crate::text::{Name, description_fault};

/// The role that holds every permission of the console and of the product.
pub const OWNER_ROLE: &str = "owner";
/// What the Owner role is called.
pub const OWNER_ROLE_NAME: &str = "Owner";

/// A role by key and name, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleRef {
    pub key: String,
    pub name: String,
}

/// What a role gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDefinition {
    pub key: String,
    pub name: String,
    pub description: String,
    /// Keys of permissions, or `*` alone for all of them.
    pub permissions: Vec<String>,
    /// Set for a privilege level: its height on the ladder.
    pub level_rank: Option<u32>,
}

impl RoleDefinition {
    #[must_use]
    pub fn role_ref(&self) -> RoleRef {
        RoleRef { key: self.key.clone(), name: self.name.clone() }
    }
}

/// The most permissions a role carries.
pub const ROLE_PERMISSIONS_MAX: usize = 500;
/// The most roles an organization has, levels and built-in ones included.
pub const ROLES_MAX: usize = 1_000;
/// Accounts and groups that a refusal names as holders of a role, at the most of each.
pub const ROLE_HOLDERS_NAMED_MAX: usize = 20;

/// A role as the API gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Role {
    pub id: RoleId,
    /// Never changes: grants and programs name the role by it.
    pub key: String,
    pub name: String,
    pub description: String,
    /// Keys of permissions, sorted; `*` alone for all of them.
    pub permissions: Vec<String>,
    /// Comes with the profile: it can be copied, but neither changed nor deleted.
    pub built_in: bool,
    /// Set for a privilege level: its height on the ladder, the lowest being 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_rank: Option<u32>,
    /// Accounts, deleted ones apart, that hold it themselves: as their level or by a grant.
    pub accounts: u64,
    /// Those of them that are service accounts.
    #[serde(default)]
    pub service_accounts: u64,
    /// Groups that carry it.
    pub groups: u64,
    /// For `If-Match`.
    pub version: i64,
}

/// `POST roles`. The key is made from the name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// Unique in the organization without regard to case.
    pub name: Name,
    /// 500 characters at most; empty by default.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Description))]
    pub description: String,
    /// Keys of the catalogue; the caller holds each of them (I7).
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub permissions: Vec<String>,
}

/// `PATCH roles/{id}`: what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::openapi::Description>))]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub permissions: Option<Vec<String>>,
}

/// `DELETE roles/{id}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleRemoval {
    /// Key of the role that its holders, accounts and groups, get instead, with the same ends. Without it, deleting a
    /// role that somebody holds is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub move_to: Option<String>,
}

/// Who holds a role: the answer to `GET roles/{id}/holders`, and what a refused deletion carries as `holders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleHolders {
    /// By name, 20 at most.
    pub accounts: Vec<AccountRef>,
    pub accounts_total: u64,
    /// By name, 20 at most.
    pub groups: Vec<GroupRef>,
    pub groups_total: u64,
}

/// What the key of a role is made of where its name has no letter of a key.
const KEY_WITHOUT_LETTERS: &str = "role";

/// The key for a role of this name: its ASCII letters and digits in lower case, runs of anything else as one `_`. Where
/// `is_taken` says so, a number is put behind it. It is never `owner`.
#[must_use]
pub fn role_key(name: &Name, is_taken: impl Fn(&str) -> bool) -> String {
    let mut key = String::new();
    for character in name.as_str().chars().map(|character| character.to_ascii_lowercase()) {
        let may_begin = character.is_ascii_lowercase();
        if may_begin || (character.is_ascii_digit() && !key.is_empty()) {
            key.push(character);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    key.truncate(KEY_CHARS_MAX - NUMBER_CHARS_MAX);
    let key = if key.trim_matches('_').is_empty() { KEY_WITHOUT_LETTERS } else { key.trim_end_matches('_') };
    let is_free = |key: &str| key != OWNER_ROLE && !is_taken(key);
    if is_free(key) {
        return key.to_owned();
    }
    let numbered = (2..=ROLES_MAX + 2).map(|number| format!("{key}_{number}"));
    numbered.into_iter().find(|key| is_free(key)).unwrap_or_default()
}

/// Room for `_` and a number behind a key.
const NUMBER_CHARS_MAX: usize = 6;

/// Permissions as a role keeps them: sorted, each once, and nothing beside `*`.
#[must_use]
pub fn role_permissions(mut keys: Vec<String>) -> Vec<String> {
    if keys.iter().any(|key| key == ALL_PERMISSIONS) {
        return vec![ALL_PERMISSIONS.to_owned()];
    }
    keys.sort();
    keys.dedup();
    keys
}

fn permission_faults(keys: &[String], catalogue: &Catalogue) -> Vec<FieldError> {
    if keys.len() > ROLE_PERMISSIONS_MAX {
        return vec![FieldError::new("permissions", "too_many", format!("{ROLE_PERMISSIONS_MAX} at most."))];
    }
    let is_unknown = |key: &str| key != ALL_PERMISSIONS && catalogue.find(key).is_none();
    let unknown = keys.iter().enumerate().filter(|(_, key)| is_unknown(key));
    let fault = || FieldError::new("permissions", "unknown_permission", "There is no such permission.".to_owned());
    unknown.map(|(index, _)| fault().at(index)).collect()
}

impl NewRole {
    /// What is wrong with it under a catalogue, each permission with its position.
    #[must_use]
    pub fn faults(&self, catalogue: &Catalogue) -> Vec<FieldError> {
        let mut errors: Vec<FieldError> = description_fault(&self.description).into_iter().collect();
        errors.extend(permission_faults(&self.permissions, catalogue));
        errors
    }
}

impl RoleChange {
    /// As `NewRole::faults`, of what is changed.
    #[must_use]
    pub fn faults(&self, catalogue: &Catalogue) -> Vec<FieldError> {
        let mut errors: Vec<FieldError> = self.description.as_deref().and_then(description_fault).into_iter().collect();
        errors.extend(permission_faults(self.permissions.as_deref().unwrap_or_default(), catalogue));
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::is_key;

    #[test]
    fn key_is_made_from_the_name() {
        let taken = ["alerts", "alerts_2", "role"];
        for (name, key) in [
            ("Dashboard editor", "dashboard_editor"),
            ("  On-call: Alerts (EU) ", "on_call_alerts_eu"),
            ("Alerts", "alerts_3"),
            ("Owner", "owner_2"),
            ("2nd line", "nd_line"),
            ("\u{674e}\u{96f7}", "role_2"),
            ("42", "role_2"),
            ("Z\u{fc}rich", "z_rich"),
        ] {
            let name = Name::parse(name).unwrap();
            assert_eq!(role_key(&name, |key| taken.contains(&key)), key, "{name}");
        }
    }

    #[test]
    fn key_of_any_name_is_a_key() {
        for name in ["x".repeat(100), "a_".repeat(50), "\u{e9}".repeat(100), "a.".repeat(20)] {
            let key = role_key(&Name::parse(&name).unwrap(), |key| !key.contains("_7"));
            assert!(is_key(&key), "{key}");
        }
    }

    #[test]
    fn everything_stands_alone_in_a_role() {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(role_permissions(keys(&["b", "a", "b"])), ["a", "b"]);
        assert_eq!(role_permissions(keys(&["b", "*", "a"])), ["*"]);
    }
}
