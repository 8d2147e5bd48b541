//! The pages of the console: address, name and the right each needs. Navigation, search and refusals follow from this list.

use domain::permissions::ConsolePermission;

use crate::features::session::Session;
use crate::ui::Icon;

/// A page inside the shell.
pub(super) struct Page {
    pub(super) href: &'static str,
    /// What it is called everywhere.
    pub(super) label: &'static str,
    pub(super) icon: Icon,
    /// Nobody without it sees the page; everyone who is signed in does where it is absent.
    pub(super) needs: Option<ConsolePermission>,
    /// Whether the navigation on the left has it.
    pub(super) in_navigation: bool,
}

/// In the order shown.
pub(super) const PAGES: &[Page] = &[
    Page {
        href: "/accounts",
        label: "Accounts",
        icon: Icon::Users,
        needs: Some(ConsolePermission::AccountsView),
        in_navigation: true,
    },
    Page {
        href: "/accounts/invitations",
        label: "Invitations",
        icon: Icon::Mail,
        needs: Some(ConsolePermission::AccountsView),
        in_navigation: false,
    },
    Page {
        href: "/accounts/services",
        label: "Service accounts",
        icon: Icon::Bot,
        needs: Some(ConsolePermission::AccountsView),
        in_navigation: false,
    },
    Page {
        href: "/accounts/new",
        label: "Create new account",
        icon: Icon::Plus,
        needs: Some(ConsolePermission::ServiceAccountsManage),
        in_navigation: false,
    },
    Page {
        href: "/accounts/tokens",
        label: "API tokens",
        icon: Icon::Key,
        needs: Some(ConsolePermission::TokensManageAll),
        in_navigation: false,
    },
    Page {
        href: "/groups",
        label: "Groups",
        icon: Icon::Group,
        needs: Some(ConsolePermission::AccountsView),
        in_navigation: true,
    },
    Page {
        href: "/roles",
        label: "Roles",
        icon: Icon::Role,
        needs: Some(ConsolePermission::AccountsView),
        in_navigation: true,
    },
    Page {
        href: "/roles/new",
        label: "Create role",
        icon: Icon::Plus,
        needs: Some(ConsolePermission::RolesManage),
        in_navigation: false,
    },
    Page {
        href: "/objects",
        label: "Object access",
        icon: Icon::Object,
        needs: Some(ConsolePermission::ObjectsManage),
        in_navigation: true,
    },
    Page {
        href: "/organization",
        label: "Organization dashboard",
        icon: Icon::Chart,
        needs: Some(ConsolePermission::UsageView),
        in_navigation: true,
    },
    Page {
        href: "/settings",
        label: "Organization settings",
        icon: Icon::Gear,
        needs: Some(ConsolePermission::SettingsManage),
        in_navigation: true,
    },
    Page {
        href: "/settings/new-accounts",
        label: "New accounts defaults",
        icon: Icon::Gear,
        needs: Some(ConsolePermission::SettingsManage),
        in_navigation: false,
    },
    Page { href: "/profile", label: "Profile", icon: Icon::User, needs: None, in_navigation: false },
];

/// Whether a page that needs a right is there, reactively. The objects are there, too, for whoever has access to one: who
/// can modify an object shares it without any permission (F51).
pub(super) fn opens(session: Session, needs: ConsolePermission) -> bool {
    session.may(needs) || (needs == ConsolePermission::ObjectsManage && session.with(|view| view.has_objects))
}

/// Where whoever may see none of the pages in the navigation begins.
pub(super) const PROFILE: &str = "/profile";

/// The first page that somebody may see, reactively.
pub(super) fn first_page(session: Session) -> &'static str {
    let is_there = |page: &&Page| page.in_navigation && page.needs.is_none_or(|needs| opens(session, needs));
    PAGES.iter().find(is_there).map_or(PROFILE, |page| page.href)
}

/// The page at an address; the first one stands at `/` too.
pub(super) fn page_at(path: &str) -> Option<&'static Page> {
    PAGES.iter().filter(|page| is_current(page.href, path)).max_by_key(|page| page.href.len())
}

/// Whether an entry of the navigation stands for the page at an address, or for the part of the console it is in.
pub(super) fn is_current(href: &str, path: &str) -> bool {
    let path = if path == "/" { "/accounts" } else { path };
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{is_current, page_at};

    #[test]
    fn address_leads_to_its_page() {
        let cases = [
            ("/", Some("Accounts")),
            ("/accounts", Some("Accounts")),
            ("/accounts/", Some("Accounts")),
            ("/accounts/invitations", Some("Invitations")),
            ("/accounts/services", Some("Service accounts")),
            ("/accounts/tokens", Some("API tokens")),
            ("/accounts/00000000-0000-0000-0000-000000000001", Some("Accounts")),
            ("/accountsx", None),
            ("/objects/dashboard/sales", Some("Object access")),
            ("/profile", Some("Profile")),
            ("/nowhere", None),
        ];
        for (path, label) in cases {
            assert_eq!(page_at(path).map(|page| page.label), label, "{path}");
        }
    }

    #[test]
    fn accounts_stay_current_among_their_invitations() {
        assert!(is_current("/accounts", "/") && is_current("/accounts", "/accounts/invitations"));
        assert!(!is_current("/accounts", "/profile"));
    }
}
