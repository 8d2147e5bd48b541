//! `/accounts/{id}`: one account, what was given to it, what it may do by that, and why it may not do something.

mod answer;
mod fixes;
mod given;
mod held;
mod object_field;
mod parts;
mod question;
mod reasons;
mod state;

use std::sync::Arc;

use domain::accounts::{Account, AccountKind};
use domain::{AccountId, Timestamp};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::parts::Parts;
use self::state::Page;
use super::desk::Desk;
use super::detail::StatusBadges;
use super::list::{AccountList, ListState};
use super::notices::Trouble;
use super::parts::Questions;
use super::row::menu_items;
use super::tabs::SERVICES;
use crate::features::service_accounts::ActiveSwitch;
use crate::features::session::use_session;
use crate::ui::{
    Avatar, Button, ButtonSize, ButtonVariant, EmptyState, Icon, LinkButton, MenuAlign, MenuButton, Skeleton, dom,
    use_now,
};

/// The page.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<AccountId>().ok()));
    view! {
        <div class="page page-account">
            {move || match id.get() {
                Some(id) => view! { <TheAccount id=id /> }.into_any(),
                None => view! {
                    <BackLink kind=AccountKind::User />
                    <h1>"Account"</h1>
                    <NotThere why="There is no account at this address.".to_owned() />
                }
                .into_any(),
            }}
        </div>
    }
}

/// The way to the list that the account is in.
#[component]
fn BackLink(#[prop(into)] kind: Signal<AccountKind>) -> impl IntoView {
    let is_service = move || kind.get() == AccountKind::Service;
    let label = move || if is_service() { "All service accounts" } else { "All accounts" }.to_owned();
    let href = move || if is_service() { SERVICES } else { "/accounts" }.to_owned();
    view! {
        <div>
            <LinkButton label=Signal::derive(label) href=Signal::derive(href) icon=Icon::ChevronLeft variant=ButtonVariant::Quiet size=ButtonSize::Small />
        </div>
    }
}

#[component]
fn TheAccount(id: AccountId) -> impl IntoView {
    let session = use_session();
    let list = AccountList::of_one(session, id);
    let desk = Desk::new(list, |_| {});
    let page = Page::new(id, desk);
    let phase = Memo::new(move |_| list.state.get());
    // The heading stays while the rest arrives: it has the focus.
    let kind = Memo::new(move |_| page.read(|account| account.kind));
    view! {
        <BackLink kind=kind />
        <Head page=page />
        <Trouble desk=desk />
        {move || match phase.get() {
            ListState::Waiting => view! { <Skeleton lines=8 /> }.into_any(),
            ListState::Failed(why) => view! {
                <NotThere why=why>
                    <Button label="Retry" icon=Icon::Refresh on_click=move || list.retry() />
                </NotThere>
            }
            .into_any(),
            ListState::Shown => view! { <Parts page=page /> }.into_any(),
        }}
        <Questions desk=desk />
    }
}

#[component]
fn NotThere(why: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <EmptyState icon=Icon::User title="This account cannot be shown" text=why>
            {children.map(|children| children())}
        </EmptyState>
    }
}

#[component]
fn Head(page: Page) -> impl IntoView {
    let desk = page.desk;
    let now = use_now();
    let name = Memo::new(move |_| page.read(|account| account.display_name.clone()));
    let is_known = Memo::new(move |_| name.with(|name| !name.is_empty()));
    let heading = move || if is_known.get() { name.get() } else { "Account".to_owned() };
    Effect::new(move |_| {
        if is_known.get() {
            name.with(|name| dom::set_title(name));
        }
    });
    let is_service = Memo::new(move |_| page.read(|account| account.kind == AccountKind::Service));
    // The address of a person, the id of a machine.
    let under = move || {
        let under =
            page.read(|account| account.email.clone().or_else(|| is_service.get().then(|| account.handle.clone())));
        under.filter(|under| name.with(|name| name != under))
    };
    let may_switch = Memo::new(move |_| is_service.get() && desk.rights().services && page.is_changeable());
    let account = Signal::derive(move || page.account());
    let items = move |()| {
        let account: Option<Arc<Account>> = untrack(|| page.account());
        let at = Timestamp::from_millis(now.get_untracked());
        account.map(|account| menu_items(desk, &account, at)).unwrap_or_default()
    };
    view! {
        <header class="page-head account-head">
            {move || is_known.get().then(|| if is_service.get() {
                view! { <span class="service-mark"><Icon icon=Icon::Bot /></span> }.into_any()
            } else {
                view! { <Avatar name=name /> }.into_any()
            })}
            <div class="detail-name">
                <h1>{heading}</h1>
                <p class="muted">{under}</p>
            </div>
            <div class="row-of">
                // Where there is a switch, it says so.
                {move || page.account().filter(|_| !may_switch.get()).map(|account| view! { <StatusBadges account=account desk=desk /> })}
            </div>
            {move || may_switch.get().then(|| view! { <ActiveSwitch desk=desk account=account /> })}
            <div class="page-actions">
                {move || is_known.get().then(|| view! { <MenuButton label="Actions" items=items align=MenuAlign::End /> })}
            </div>
        </header>
    }
}
