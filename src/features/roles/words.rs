//! What the pages say of a role: its kind, its risk, how many hold it, what a copy is called.

use std::collections::BTreeSet;

use domain::permissions::{ALL_PERMISSIONS, Catalogue, Risk};
use domain::roles::Role;
use domain::session::SessionView;
use domain::text::{NAME_CHARS_MAX, fold};

use crate::ui::Tone;
use crate::ui::text::grouped;

/// The list of roles in the API.
pub(crate) const ROLES: &str = "/api/v1/roles";
/// All permissions there are, in the API.
pub(super) const PERMISSIONS: &str = "/api/v1/permissions";

/// The page's `tab` of those who hold the role; without it the permissions are shown.
pub(super) const HOLDERS_TAB: &str = "holders";

/// One role in the API.
pub(super) fn path(role: &Role) -> String {
    [ROLES, "/", &role.id.to_string()].concat()
}

/// Whether a role can be changed and deleted by somebody: it is not built in, and gives nothing that they lack (I7).
pub(super) fn is_changeable(role: &Role, session: &SessionView) -> bool {
    !role.built_in && session.may_give_all(&role.permissions)
}

/// The page of a role.
pub(super) fn page(role: &Role) -> String {
    ["/roles/", &role.id.to_string()].concat()
}

/// The page that makes a copy of a role.
pub(super) fn copy_page(role: &Role) -> String {
    ["/roles/new?copy=", &role.id.to_string()].concat()
}

/// The tab of a role's page with all who hold it.
pub(super) fn holders_page(role: &Role) -> String {
    [&page(role), "?tab=", HOLDERS_TAB].concat()
}

/// The list of the users who hold a role.
pub(super) fn accounts_page(role: &Role) -> String {
    ["/accounts?", &holders_query(role)].concat()
}

/// What narrows a list of accounts to those who hold a role.
pub(super) fn holders_query(role: &Role) -> String {
    [if role.level_rank.is_some() { "level=" } else { "role=" }, &role.key].concat()
}

/// The list of the groups that carry a role.
pub(super) fn groups_page(role: &Role) -> String {
    ["/groups?role=", &role.key].concat()
}

/// "Level", "Built-in" or "Custom".
pub(super) fn kind(role: &Role) -> &'static str {
    match (role.level_rank, role.built_in) {
        (Some(_), _) => "Level",
        (None, true) => "Built-in",
        (None, false) => "Custom",
    }
}

pub(super) fn kind_tone(role: &Role) -> Tone {
    match (role.level_rank, role.built_in) {
        (Some(_), _) => Tone::Accent,
        (None, true) => Tone::Info,
        (None, false) => Tone::Neutral,
    }
}

pub(super) const fn risk_tone(risk: Risk) -> Tone {
    match risk {
        Risk::Low => Tone::Neutral,
        Risk::Medium => Tone::Warning,
        Risk::High => Tone::Danger,
    }
}

/// "All", or how many permissions the role names.
pub(crate) fn permission_count(role: &Role) -> String {
    if is_all(role) { "All".to_owned() } else { grouped(role.permissions.len()) }
}

pub(super) fn is_all(role: &Role) -> bool {
    role.permissions.iter().any(|key| key == ALL_PERMISSIONS)
}

/// "3 accounts and 1 group"; empty where nobody holds it.
pub(super) fn holders(accounts: u64, groups: u64) -> String {
    let part = |count: u64, one: &str, many: &str| {
        let number = grouped(usize::try_from(count).unwrap_or(usize::MAX));
        [number.as_str(), " ", if count == 1 { one } else { many }].concat()
    };
    let (held, carried) = (part(accounts, "account", "accounts"), part(groups, "group", "groups"));
    match (accounts, groups) {
        (0, 0) => String::new(),
        (_, 0) => held,
        (0, _) => carried,
        _ => [&held, " and ", &carried].concat(),
    }
}

/// The permissions of a role by name; of the Owner role all there are.
pub(super) fn chosen(role: &Role, catalogue: &Catalogue) -> BTreeSet<String> {
    if is_all(role) {
        catalogue.0.iter().map(|entry| entry.key.clone()).collect()
    } else {
        role.permissions.iter().cloned().collect()
    }
}

/// "Copy of Alerts", or "Copy of Alerts 2" where that is taken; within the limit of names.
pub(super) fn copy_name(name: &str, taken: &[Role]) -> String {
    let is_taken = |name: &str| taken.iter().any(|role| fold(&role.name) == fold(name));
    let numbered = |number: usize| {
        let end = if number < 2 { String::new() } else { [" ", &number.to_string()].concat() };
        let begin: String = ["Copy of ", name].concat().chars().take(NAME_CHARS_MAX - end.len()).collect();
        [begin.trim_end(), &end].concat()
    };
    (1..=taken.len() + 1).map(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod testing {
    use domain::RoleId;
    use domain::roles::Role;

    /// A custom role that nobody holds.
    pub(crate) fn role(number: u128, name: &str, permissions: &[&str]) -> Role {
        Role {
            id: RoleId::from_u128(number),
            key: name.to_lowercase(),
            name: name.to_owned(),
            description: String::new(),
            permissions: permissions.iter().map(|key| (*key).to_owned()).collect(),
            built_in: false,
            level_rank: None,
            accounts: 0,
            service_accounts: 0,
            groups: 0,
            version: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::role;
    use super::*;

    #[test]
    fn kind_follows_from_where_the_role_came() {
        let custom = role(1, "Alerts", &[]);
        let built_in = Role { built_in: true, ..custom.clone() };
        let level = Role { level_rank: Some(1), ..built_in.clone() };
        assert_eq!([kind(&custom), kind(&built_in), kind(&level)], ["Custom", "Built-in", "Level"]);
    }

    #[test]
    fn permissions_are_counted_and_the_star_is_all() {
        assert_eq!(permission_count(&role(1, "A", &["a", "b"])), "2");
        assert_eq!(permission_count(&role(1, "Owner", &["*"])), "All");
    }

    #[test]
    fn holders_are_told_in_words() {
        for (accounts, groups, words) in [
            (0, 0, ""),
            (1, 0, "1 account"),
            (1_200, 0, "1,200 accounts"),
            (0, 1, "1 group"),
            (2, 2, "2 accounts and 2 groups"),
        ] {
            assert_eq!(holders(accounts, groups), words);
        }
    }

    #[test]
    fn copy_gets_a_name_that_is_free_and_fits() {
        let taken = [role(1, "Alerts", &[]), role(2, "copy of alerts", &[]), role(3, "Copy of Alerts 2", &[])];
        assert_eq!(copy_name("Data", &taken), "Copy of Data");
        assert_eq!(copy_name("Alerts", &taken[..1]), "Copy of Alerts");
        assert_eq!(copy_name("Alerts", &taken[..2]), "Copy of Alerts 2");
        assert_eq!(copy_name("Alerts", &taken), "Copy of Alerts 3");
        let long = "x".repeat(NAME_CHARS_MAX);
        assert_eq!(copy_name(&long, &[]).chars().count(), NAME_CHARS_MAX);
    }
}
