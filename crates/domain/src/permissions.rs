//! Permissions: the console's own fixed ones, and the catalogue that a profile adds to them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest key of a permission or role, in characters.
pub const KEY_CHARS_MAX: usize = 64;
/// Stands in a role for every permission of the console and of the product.
pub const ALL_PERMISSIONS: &str = "*";

macro_rules! console_permissions {
    ($($variant:ident $key:literal $label:literal $risk:ident $description:literal;)*) => {
        /// What one may do in the console. The routes name these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ConsolePermission {
            $(#[doc = $description] $variant,)*
        }

        impl ConsolePermission {
            /// In the order shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As written in roles, grants and answers.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            /// The entry in the catalogue.
            #[must_use]
            pub fn entry(self) -> PermissionEntry {
                match self {
                    $(Self::$variant => PermissionEntry {
                        key: $key.to_owned(),
                        category: "Administration".to_owned(),
                        label: $label.to_owned(),
                        description: $description.to_owned(),
                        risk: Risk::$risk,
                        includes: Vec::new(),
                    },)*
                }
            }
        }
    };
}

console_permissions! {
    AccountsView "accounts.view" "View accounts" Low "See who is in, with their levels, roles and groups.";
    AccountsInvite "accounts.invite" "Invite users" Medium "Invite people, resend and withdraw invitations.";
    AccountsManage "accounts.manage" "Manage accounts" High "Change levels, roles and permissions of others; activate and deactivate.";
    AccountsDelete "accounts.delete" "Delete accounts" High "Delete accounts and restore them.";
    ServiceAccountsManage "service_accounts.manage" "Manage service accounts" High "Create, change and deactivate service accounts.";
    GroupsManage "groups.manage" "Manage groups" High "Create groups, choose their members and roles.";
    RolesManage "roles.manage" "Manage roles" High "Create and change roles.";
    TokensManageAll "tokens.manage_all" "Manage all API tokens" High "See and revoke every API token of the organization.";
    SessionsRevoke "sessions.revoke" "Sign others out" Medium "End the sessions of other people.";
    TeamsCreate "teams.create" "Create teams" Low "Create new teams.";
    TeamsManageAll "teams.manage_all" "Manage all teams" Medium "Change every team, whether a member of it or not.";
    ObjectsManage "objects.manage" "Manage object access" High "Grant and revoke access to every object.";
    UsageView "usage.view" "View usage" Low "See who uses the product, and how much.";
    AuditView "audit.view" "View the audit log" Medium "See who changed what.";
    BillingView "billing.view" "View billing" Medium "See billing information.";
    SettingsManage "settings.manage" "Manage organization settings" High "Change the organization's settings and what new accounts get.";
}

/// How much harm a permission can do in the wrong hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Sees things.
    #[default]
    Low,
    /// Changes things that are easily put right.
    Medium,
    /// Changes who may do what, or destroys.
    High,
}

impl Risk {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Low => "Low risk",
            Self::Medium => "Medium risk",
            Self::High => "High risk",
        }
    }
}

/// One permission as the catalogue shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionEntry {
    /// `[a-z][a-z0-9_.]*`, 64 characters at most, unique.
    pub key: String,
    pub category: String,
    pub label: String,
    pub description: String,
    pub risk: Risk,
    /// Permissions that come with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<String>,
}

/// All permissions there are: the profile's, then the console's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue(pub Vec<PermissionEntry>);

impl Catalogue {
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&PermissionEntry> {
        self.0.iter().find(|entry| entry.key == key)
    }

    /// The highest risk of permissions and of those they include; none where there are none. `*` stands for all there are.
    #[must_use]
    pub fn risk(&self, keys: &[String]) -> Option<Risk> {
        let holds = |key: &str| keys.iter().any(|held| held == ALL_PERMISSIONS || held == key);
        let held = self.0.iter().filter(|entry| holds(&entry.key));
        held.flat_map(|entry| {
            let included = entry.includes.iter().filter_map(|key| self.find(key));
            included.map(|entry| entry.risk).chain([entry.risk])
        })
        .max()
    }

    /// The permissions among `keys` that bring `key` with them, in the order of the catalogue.
    pub fn includers<'a>(&'a self, key: &'a str, keys: &'a [String]) -> impl Iterator<Item = &'a PermissionEntry> {
        let is_held = |entry: &&PermissionEntry| keys.contains(&entry.key);
        self.0.iter().filter(is_held).filter(move |entry| entry.includes.iter().any(|included| included == key))
    }

    /// What is shown for a key; the key itself when the catalogue lacks it.
    #[must_use]
    pub fn label<'a>(&'a self, key: &'a str) -> &'a str {
        self.find(key).map_or(key, |entry| &entry.label)
    }
}

/// Whether a text is a key of a permission, role, level or object type.
#[must_use]
pub fn is_key(text: &str) -> bool {
    text.len() <= KEY_CHARS_MAX
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte))
        && !text.ends_with('.')
}

impl fmt::Display for ConsolePermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn keys_of_the_console_are_unique_and_well_formed() {
        let keys: BTreeSet<_> = ConsolePermission::ALL.iter().map(|permission| permission.key()).collect();
        assert_eq!(keys.len(), ConsolePermission::ALL.len());
        assert!(keys.iter().all(|key| is_key(key)));
    }

    #[test]
    fn risk_is_the_highest_of_what_is_held_and_included() {
        let entry = |key: &str, risk, includes: &[&str]| PermissionEntry {
            key: key.to_owned(),
            category: String::new(),
            label: String::new(),
            description: String::new(),
            risk,
            includes: includes.iter().map(|key| (*key).to_owned()).collect(),
        };
        let catalogue = Catalogue(vec![
            entry("a", Risk::Low, &["b"]),
            entry("b", Risk::High, &[]),
            entry("c", Risk::Medium, &[]),
            entry("d", Risk::Low, &["gone"]),
        ]);
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        for (held, risk) in [
            (keys(&[]), None),
            (keys(&["gone"]), None),
            (keys(&["d"]), Some(Risk::Low)),
            (keys(&["c", "d"]), Some(Risk::Medium)),
            (keys(&["a"]), Some(Risk::High)),
            (keys(&["*"]), Some(Risk::High)),
        ] {
            assert_eq!(catalogue.risk(&held), risk, "{held:?}");
        }
        let held = keys(&["a", "c"]);
        assert!(catalogue.includers("b", &held).map(|entry| &*entry.key).eq(["a"]));
        assert_eq!(catalogue.includers("c", &held).count(), 0);
    }

    #[test]
    fn keys_are_narrow() {
        for (text, expected) in [
            ("accounts.view", true),
            ("a", true),
            ("", false),
            ("Accounts", false),
            ("1a", false),
            ("a-b", false),
            ("a.", false),
            ("*", false),
        ] {
            assert_eq!(is_key(text), expected, "{text}");
        }
    }
}
