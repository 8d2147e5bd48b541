//! "Held by": the groups that carry a role, and the service accounts and users that hold it themselves, each a link.

use std::sync::Arc;

use domain::accounts::Account;
use domain::groups::Group;
use domain::roles::Role;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::words::{accounts_page, groups_page, holders_query};
use crate::paged::{Paged, no_rows};
use crate::ui::text::grouped;
use crate::ui::{Button, ButtonSize, Card, Icon};

/// One that holds the role, as its line shows it.
struct Line {
    href: String,
    icon: Icon,
    name: String,
    /// A second text, such as a handle; empty for none.
    note: String,
}

/// The tab's panel.
#[component]
pub(super) fn HoldersTab(
    /// The role.
    role: Role,
) -> impl IntoView {
    let groups = Paged::<Group>::new(Signal::stored(["/api/v1/groups?role=", &role.key].concat()));
    let accounts = |kind: &str| {
        let path = ["/api/v1/accounts?kind=", kind, "&", &holders_query(&role)].concat();
        Paged::<Account>::new(Signal::stored(path))
    };
    // Levels are for users, and groups carry none.
    let is_level = role.level_rank.is_some();
    let services = (!is_level).then(|| accounts("service"));
    let users = accounts("user");
    view! {
        {(!is_level).then(|| view! {
            <Holders title="Groups" none="No group carries it." list=groups line=group_line all=Some(groups_page(&role)) />
        })}
        {services.map(|services| view! {
            <Holders title="Service accounts" none="No service account holds it itself." list=services line=service_line all=None />
        })}
        <Holders title="Users" none="No user holds it themselves." list=users line=user_line all=Some(accounts_page(&role)) />
    }
}

#[component]
fn Holders<T: DeserializeOwned + Send + Sync + 'static>(
    title: &'static str,
    /// What stands here where nobody is.
    none: &'static str,
    list: Paged<T>,
    line: fn(&T) -> Line,
    /// The address of the list with all of them and its filters.
    all: Option<String>,
) -> impl IntoView {
    let heading = Signal::derive(move || match list.total.get() {
        0 => title.to_owned(),
        total => [title, " (", &grouped(total), ")"].concat(),
    });
    let loaded = Memo::new(move |_| list.rows().len());
    let has_any = Memo::new(move |_| loaded.get() > 0);
    let rest = Memo::new(move |_| list.total.get().saturating_sub(loaded.get()));
    let nobody = no_rows(list, (move || view! { <p class="muted">{none}</p> }).into());
    let open = move || {
        move || {
            let all = all.clone().filter(|_| has_any.get());
            all.map(
                |href| view! { <a href=href aria-label=["Show in the list: ", title].concat()>"Show in the list"</a> },
            )
        }
    };
    view! {
        <Card title=heading actions=open>
            <ul class="role-holders" aria-label=title>
                <For each=move || list.rows() key=|row| Arc::as_ptr(row) as usize let:row>
                    {holder(line(&row))}
                </For>
            </ul>
            {move || (!has_any.get()).then(|| nobody.run())}
            {move || (rest.get() > 0).then(|| {
                let more = move || list.look_at((0, loaded.get_untracked()));
                let label = Signal::derive(move || ["Show more of ", &grouped(rest.get()), " others"].concat());
                view! { <Button label=label size=ButtonSize::Small on_click=more /> }
            })}
        </Card>
    }
}

fn holder(line: Line) -> impl IntoView {
    let Line { href, icon, name, note } = line;
    view! {
        <li>
            <Icon icon=icon />
            <a class="truncate" href=href>{name}</a>
            <span class="muted truncate">{note}</span>
        </li>
    }
}

fn group_line(group: &Group) -> Line {
    let members = grouped(usize::try_from(group.members).unwrap_or(usize::MAX));
    Line {
        href: ["/groups/", &group.id.to_string()].concat(),
        icon: Icon::Group,
        name: group.name.clone(),
        note: [members.as_str(), if group.members == 1 { " member" } else { " members" }].concat(),
    }
}

fn service_line(account: &Account) -> Line {
    Line { icon: Icon::Bot, note: account.handle.clone(), ..user_line(account) }
}

fn user_line(account: &Account) -> Line {
    let name = account.display_name.clone();
    Line {
        href: ["/accounts/", &account.id.to_string()].concat(),
        icon: Icon::User,
        note: account.email.clone().filter(|email| *email != name).unwrap_or_default(),
        name,
    }
}
