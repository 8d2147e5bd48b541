//! Lets a page through to those who may see it, and tells the others what they lack and who can give it.

use domain::levels::Level;
use domain::permissions::ConsolePermission;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate};

use super::pages::{PROFILE, first_page, opens, page_at};
use crate::features::session::use_session;
use crate::ui::{EmptyState, Icon, LinkButton, PageHeader};

/// The page at the present address, or why it is not shown.
#[component]
pub(super) fn Gate() -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    let lacking = Memo::new(move |_| {
        let page = path.with(|path| page_at(path))?;
        page.needs.filter(|needs| !opens(session, *needs)).map(|needs| (page.label, needs))
    });
    // Nobody is refused at the door: who signs in without a right to the first page begins at the first they have one to.
    let elsewhere = Memo::new(move |_| (path.get() == "/" && lacking.get().is_some()).then(|| first_page(session)));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(to) = elsewhere.get() {
            navigate(to, NavigateOptions { replace: true, ..Default::default() });
        }
    });
    move || match lacking.get() {
        Some(_) if elsewhere.get().is_some() => ().into_any(),
        Some((label, needs)) => view! { <RefusedPage label=label needs=needs /> }.into_any(),
        None => view! { <Outlet /> }.into_any(),
    }
}

#[component]
fn RefusedPage(label: &'static str, needs: ConsolePermission) -> impl IntoView {
    let session = use_session();
    let givers = Signal::derive(move || {
        session.with(|view| {
            let lacking = view.lacking.iter().find(|lacking| lacking.permission == needs.key());
            let roles = lacking.map(|lacking| lacking.roles.as_slice()).unwrap_or_default();
            givers(needs, &view.organization.levels, &view.organization.level_word, roles)
        })
    });
    let signed_in = move || session.with(|view| ["You are signed in as ", &view.person.email, "."].concat());
    view! {
        <div class="page">
            <PageHeader title=label />
            <EmptyState icon=Icon::Role title="You may not see this page" text=lack(needs)>
                <p class="empty-text">{givers}</p>
                <p class="empty-text">{signed_in}</p>
                <LinkButton label="Go to your profile" href=PROFILE icon=Icon::User />
            </EmptyState>
        </div>
    }
}

/// What is missing.
fn lack(needs: ConsolePermission) -> String {
    let also = if needs == ConsolePermission::ObjectsManage { ", or access to one of the objects" } else { "" };
    ["It needs the permission \"", &needs.entry().label, "\"", also, "."].concat()
}

/// Who can give it: nobody is named, since who is in is not for everyone to see.
fn givers(needs: ConsolePermission, levels: &[Level], level_word: &str, roles: &[String]) -> String {
    let holds = |level: &&Level| level.permissions.iter().any(|key| key == needs.key());
    let names: Vec<&str> = levels.iter().filter(holds).map(|level| level.name.as_str()).collect();
    let level = (!names.is_empty()).then(|| ["the ", &level_word.to_lowercase(), " ", &names.join(" or ")].concat());
    let word = if roles.len() == 1 { "the role " } else { "one of the roles " };
    let role = (!roles.is_empty()).then(|| [word, &roles.join(", ")].concat());
    let ways: Vec<String> = level.into_iter().chain(role).collect();
    let brought = if ways.is_empty() { String::new() } else { [" It comes with ", &ways.join(", or "), "."].concat() };
    let shares = if needs == ConsolePermission::ObjectsManage {
        " Whoever can modify an object can share it with you."
    } else {
        ""
    };
    ["An Owner can give it, and so can whoever manages accounts and holds it.", &brought, shares].concat()
}

#[cfg(test)]
mod tests {
    use super::{ConsolePermission, Level, givers, lack};

    fn level(name: &str, permissions: &[&str]) -> Level {
        Level {
            key: name.to_lowercase(),
            name: name.to_owned(),
            description: String::new(),
            rank: 1,
            permissions: permissions.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    #[test]
    fn refusal_names_the_permission() {
        assert_eq!(lack(ConsolePermission::AccountsView), "It needs the permission \"View accounts\".");
        assert!(lack(ConsolePermission::ObjectsManage).ends_with("or access to one of the objects."));
    }

    #[test]
    fn refusal_says_who_can_give_it_and_which_level_brings_it() {
        let levels =
            [level("Admin", &["audit.view", "accounts.view"]), level("Editor", &["audit.view"]), level("Viewer", &[])];
        let told = |needs, levels: &[Level]| givers(needs, levels, "User role", &[]);
        let owner = "An Owner can give it, and so can whoever manages accounts and holds it.";
        assert_eq!(
            told(ConsolePermission::AuditView, &levels),
            [owner, " It comes with the user role Admin or Editor."].concat()
        );
        assert_eq!(told(ConsolePermission::AuditView, &[]), owner);
        assert!(told(ConsolePermission::ObjectsManage, &[]).ends_with("can share it with you."));
        let by_role = |roles: &[&str]| {
            let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
            givers(ConsolePermission::AuditView, &levels, "Level", &roles)
        };
        assert!(by_role(&["Watch"]).ends_with("It comes with the level Admin or Editor, or the role Watch."));
        assert!(by_role(&["Watch", "Law"]).ends_with(", or one of the roles Watch, Law."));
    }
}
