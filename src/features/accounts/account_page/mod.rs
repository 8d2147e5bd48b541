//! `/accounts/{id}`: one account, what was given to it, what it may do by that, and why it may not do something.

mod answer;
mod fixes;
mod given;
mod held;
mod object_field;
mod question;
mod reasons;
mod state;

use std::sync::Arc;

use domain::accounts::Account;
use domain::{AccountId, Timestamp};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::given::GivenCard;
use self::held::HeldCard;
use self::question::QuestionCard;
use self::state::Page;
use super::desk::Desk;
use super::detail::{Facts, StatusBadges};
use super::list::{AccountList, ListState};
use super::notices::Trouble;
use super::parts::Questions;
use super::row::menu_items;
use crate::features::session::use_session;
use crate::ui::{
    Avatar, Button, ButtonSize, ButtonVariant, Card, CopyField, EmptyState, Icon, LinkButton, MenuAlign, MenuButton,
    Skeleton, dom, use_now,
};

/// The page.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<AccountId>().ok()));
    view! {
        <div class="page page-account">
            <div>
                <LinkButton label="All accounts" href="/accounts" icon=Icon::ChevronLeft variant=ButtonVariant::Quiet size=ButtonSize::Small />
            </div>
            {move || match id.get() {
                Some(id) => view! { <TheAccount id=id /> }.into_any(),
                None => view! {
                    <h1>"Account"</h1>
                    <NotThere why="There is no account at this address.".to_owned() />
                }
                .into_any(),
            }}
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
    view! {
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
fn Parts(page: Page) -> impl IntoView {
    let Page { id, desk, .. } = page;
    view! {
        <div class="account-parts">
            <GivenCard page=page />
            <Card title="Account">
                {move || page.account().map(|account| view! { <Facts account=account desk=desk with_holdings=false /> })}
                <CopyField label="Account ID" text=Signal::stored(id.to_string()) />
            </Card>
            <HeldCard page=page />
            <QuestionCard page=page />
        </div>
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
    let email = move || page.read(|account| account.email.clone()).filter(|email| name.with(|name| name != email));
    let items = move |()| {
        let account: Option<Arc<Account>> = untrack(|| page.account());
        let at = Timestamp::from_millis(now.get_untracked());
        account.map(|account| menu_items(desk, &account, at)).unwrap_or_default()
    };
    view! {
        <header class="page-head account-head">
            {move || is_known.get().then(|| view! { <Avatar name=name /> })}
            <div class="detail-name">
                <h1>{heading}</h1>
                <p class="muted">{email}</p>
            </div>
            <div class="row-of">
                {move || page.account().map(|account| view! { <StatusBadges account=account desk=desk /> })}
            </div>
            <div class="page-actions">
                {move || is_known.get().then(|| view! { <MenuButton label="Actions" items=items align=MenuAlign::End /> })}
            </div>
        </header>
    }
}
