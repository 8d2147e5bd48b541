//! What the search finds: pages and actions, people, service accounts, groups and roles.

use domain::accounts::{Account, AccountKind};
use domain::groups::Group;
use domain::permissions::ConsolePermission;
use domain::roles::Role;

use super::account_menu::THEMES;
use super::pages::PAGES;
use crate::ui::{Icon, Theme};

/// What an entry does.
#[derive(Clone, PartialEq)]
pub(super) enum Act {
    Go(String),
    Theme(Theme),
    Shortcuts,
    SignOut,
}

/// One line of the search.
#[derive(Clone, PartialEq)]
pub(super) struct Entry {
    /// The heading it stands under.
    pub(super) group: &'static str,
    pub(super) label: String,
    /// A second text, such as an e-mail address; empty for none.
    pub(super) note: String,
    pub(super) icon: Icon,
    pub(super) act: Act,
}

impl Entry {
    fn new(group: &'static str, label: impl Into<String>, icon: Icon, act: Act) -> Self {
        Self { group, label: label.into(), note: String::new(), icon, act }
    }
}

/// Pages and actions whose names hold every word of the query; all of them while it is empty.
pub(super) fn own_entries(query: &str, may: impl Fn(ConsolePermission) -> bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = PAGES
        .iter()
        .filter(|page| page.needs.is_none_or(&may))
        .map(|page| Entry::new("Pages", page.label, page.icon, Act::Go(page.href.to_owned())))
        .collect();
    if may(ConsolePermission::AccountsInvite) && may(ConsolePermission::AccountsView) {
        entries.push(Entry::new("Actions", "Invite users", Icon::Plus, Act::Go("/accounts?invite=1".to_owned())));
    }
    entries.extend(THEMES.map(|(theme, label)| {
        let icon = match theme {
            Theme::Light => Icon::Sun,
            Theme::Dark => Icon::Moon,
            Theme::System => Icon::Monitor,
        };
        Entry::new("Actions", ["Theme: ", label].concat(), icon, Act::Theme(theme))
    }));
    entries.push(Entry::new("Actions", "Keyboard shortcuts", Icon::List, Act::Shortcuts));
    entries.push(Entry::new("Actions", "Sign out", Icon::SignOut, Act::SignOut));
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    entries.retain(|entry| words.iter().all(|word| entry.label.to_lowercase().contains(word.as_str())));
    entries
}

/// What was found, below a heading for each kind.
pub(super) fn found_entries(accounts: Vec<Account>, groups: Vec<Group>, roles: Vec<Role>) -> Vec<Entry> {
    let of_account = |account: Account| Entry {
        note: account.email.clone().unwrap_or_else(|| account.handle.clone()),
        ..match account.kind {
            AccountKind::User => {
                let address = ["/accounts?account=", &account.id.to_string()].concat();
                Entry::new("People", account.display_name, Icon::User, Act::Go(address))
            }
            AccountKind::Service => {
                let address = ["/accounts/", &account.id.to_string()].concat();
                Entry::new("Service accounts", account.display_name, Icon::Bot, Act::Go(address))
            }
        }
    };
    let of_group = |group: Group| {
        let address = ["/groups/", &group.id.to_string()].concat();
        Entry { note: group.description, ..Entry::new("Groups", group.name, Icon::Group, Act::Go(address)) }
    };
    let of_role = |role: Role| {
        let address = ["/roles/", &role.id.to_string()].concat();
        Entry { note: role.description, ..Entry::new("Roles", role.name, Icon::Role, Act::Go(address)) }
    };
    let accounts = accounts.into_iter().map(of_account);
    accounts.chain(groups.into_iter().map(of_group)).chain(roles.into_iter().map(of_role)).collect()
}

/// The way to all accounts that fit, in their list; none while nothing is typed.
pub(super) fn search_entry(query: &str, encode: impl Fn(&str) -> String) -> Option<Entry> {
    let query = query.trim();
    let label = ["Search accounts for \"", query, "\""].concat();
    let act = Act::Go(["/accounts?q=", &encode(query)].concat());
    (!query.is_empty()).then(|| Entry::new("Accounts", label, Icon::Search, act))
}

#[cfg(test)]
mod tests {
    use super::{Act, own_entries, search_entry};

    #[test]
    fn only_what_one_may_use_is_offered() {
        let labels = |query, may| own_entries(query, |_| may).into_iter().map(|entry| entry.label).collect::<Vec<_>>();
        assert!(labels("", true).contains(&"Organization settings".to_owned()));
        assert!(!labels("", false).contains(&"Organization settings".to_owned()));
        assert!(labels("", false).contains(&"Profile".to_owned()));
        assert_eq!(labels("SETT org", true), ["Organization settings"]);
        assert_eq!(labels("nothing such", true), Vec::<String>::new());
    }

    #[test]
    fn whole_list_is_always_one_step_away() {
        let entry = search_entry(" ana ", str::to_owned);
        assert!(entry.is_some_and(|entry| entry.act == Act::Go("/accounts?q=ana".to_owned())));
        assert!(search_entry("  ", str::to_owned).is_none());
    }
}
