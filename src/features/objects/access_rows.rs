//! The rows of those who have access to an object.

use domain::accounts::{AccountKind, AccountRef};
use domain::groups::GroupRef;
use domain::objects::{Access, AccessLevel};
use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use super::desk::{ObjectDesk, Question, name_of};
use crate::features::session::use_session;
use crate::ui::{Avatar, ButtonSize, Icon, MenuAlign, MenuButton, MenuItem, absolute_time, until, use_now};

/// The owner, who may always modify it.
#[component]
pub(super) fn OwnerRow(desk: ObjectDesk) -> impl IntoView {
    move || {
        desk.with(|access| access.object.owner.clone()).map(|owner| {
            view! {
                <tr>
                    <td><Who account=Some(owner) group=None /></td>
                    <td>"Owner"</td>
                    <td class="cell-ends"></td>
                    <td class="cell-by"></td>
                    <td></td>
                </tr>
            }
        })
    }
}

/// An account or a group with access.
#[component]
pub(super) fn SubjectRow(desk: ObjectDesk, access: Access) -> impl IntoView {
    let now = use_now();
    let label = ["Actions for ", name_of(&access)].concat();
    let end = move || {
        access.valid_until.map(|end| {
            view! { <span data-tip=absolute_time(end.millis())>{move || until(end.millis(), now.get())}</span> }
        })
    };
    let menu_of = access.clone();
    let menu = move || {
        let access = menu_of.clone();
        desk.may_share().then(|| {
            let label = label.clone();
            view! {
                <MenuButton label=label icon=Icon::Dots size=ButtonSize::Small align=MenuAlign::End items=move |()| items(desk, &access) />
            }
        })
    };
    view! {
        <tr>
            <td><Who account=access.account.clone() group=access.group.clone() /></td>
            <td>
                {access.level.label()}
                // A phone has no room for a column of ends.
                <span class="cell-under access-end">{end()}</span>
            </td>
            <td class="cell-ends">{end()}</td>
            <td class="cell-by">{access.granted_by.clone()}</td>
            <td class="cell-end">{menu}</td>
        </tr>
    }
}

fn items(desk: ObjectDesk, access: &Access) -> Vec<MenuItem> {
    let level = |level: AccessLevel, note: &str| {
        let before = access.clone();
        let set = move || desk.set_access(&before, level, before.valid_until);
        MenuItem::radio(level.label(), access.level == level, set).note(note)
    };
    let (ended, revoked) = (access.clone(), access.clone());
    let end = move || desk.question.set(Some(Question::End(ended.clone())));
    vec![
        level(AccessLevel::View, "Sees it"),
        level(AccessLevel::Modify, "Changes it, and shares it"),
        MenuItem::separator(),
        MenuItem::new("Set end…", end).icon(Icon::Clock),
        MenuItem::new("Revoke", move || desk.revoke(&revoked)).icon(Icon::X).danger(),
    ]
}

/// A person, a service or a group, by name; a link for those who may see its page.
#[component]
fn Who(account: Option<AccountRef>, group: Option<GroupRef>) -> impl IntoView {
    let may_look = untrack(|| use_session().may(ConsolePermission::AccountsView));
    let account_at = account.as_ref().map(|account| ["/accounts/", &account.id.to_string()].concat());
    let group_at = || group.as_ref().map(|group| ["/groups/", &group.id.to_string()].concat());
    let address = account_at.or_else(group_at).filter(|_| may_look);
    match account {
        Some(account) => {
            let is_service = account.kind == AccountKind::Service;
            let face = if is_service {
                view! { <Icon icon=Icon::Bot /> }.into_any()
            } else {
                view! { <Avatar name=account.name.clone() /> }.into_any()
            };
            let handle = (account.handle != account.name).then_some(account.handle);
            view! {
                <div class="cell-line">
                    {face}
                    <div class="cell-two">
                        <a class="truncate" href=address>{account.name}</a>
                        <span class="cell-under truncate">{handle}</span>
                    </div>
                </div>
            }
            .into_any()
        }
        None => view! {
            <div class="cell-line">
                <Icon icon=Icon::Group />
                <div class="cell-two">
                    <a class="truncate" href=address>{group.map(|group| group.name)}</a>
                    <span class="cell-under">"Group"</span>
                </div>
            </div>
        }
        .into_any(),
    }
}
