//! What the search offers: pages and actions one may use, people and service accounts.

use domain::accounts::{Account, AccountKind};
use domain::permissions::ConsolePermission;

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

/// The people and service accounts who were found, below a heading each, and the way to all of them in the list.
pub(super) fn people_entries(query: &str, found: Vec<Account>, encode: impl Fn(&str) -> String) -> Vec<Entry> {
    let query = query.trim();
    if query.is_empty() {
        return Vec::new();
    }
    let person = |account: Account| Entry {
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
    let all = Entry::new(
        "Accounts",
        ["Search accounts for \"", query, "\""].concat(),
        Icon::Search,
        Act::Go(["/accounts?q=", &encode(query)].concat()),
    );
    found.into_iter().map(person).chain(std::iter::once(all)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Act, own_entries, people_entries};

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
        let entries = people_entries(" ana ", Vec::new(), str::to_owned);
        assert!(entries.iter().map(|entry| &entry.act).eq([&Act::Go("/accounts?q=ana".to_owned())]));
        assert!(people_entries("  ", Vec::new(), str::to_owned).is_empty());
    }
}
