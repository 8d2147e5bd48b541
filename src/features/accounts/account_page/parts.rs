//! What the page of an account is made of: of a person, and of a machine.

use domain::accounts::AccountKind;
use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use super::given::GivenCard;
use super::held::HeldCard;
use super::question::QuestionCard;
use super::state::Page;
use crate::features::accounts::detail::Facts;
use crate::features::service_accounts::DetailsCard;
use crate::features::tokens::{Holder, TokenRights, TokensCard, scopes_of};
use crate::ui::{Card, CopyField, OptionView};

/// The cards.
#[component]
pub(super) fn Parts(page: Page) -> impl IntoView {
    let kind = Memo::new(move |_| page.read(|account| account.kind));
    move || match kind.get() {
        AccountKind::User => view! { <PersonParts page=page /> }.into_any(),
        AccountKind::Service => view! { <ServiceParts page=page /> }.into_any(),
    }
}

#[component]
fn PersonParts(page: Page) -> impl IntoView {
    let may_see_tokens = Memo::new(move |_| page.desk.session.may(ConsolePermission::TokensManageAll));
    // A person makes and renews their own tokens, under Profile.
    let rights = Signal::derive(move || rights_of_others(page));
    let offered = Signal::derive(move || scopes(page));
    view! {
        <div class="account-parts">
            <GivenCard page=page />
            <FactsCard page=page />
            <HeldCard page=page />
            <QuestionCard page=page />
            {move || may_see_tokens.get().then(|| view! {
                <TokensCard holder=Holder::Account(page.id) kind=AccountKind::User offered=offered rights=rights />
            })}
        </div>
    }
}

/// What whoever manages all tokens may do with those of others.
fn rights_of_others(page: Page) -> TokenRights {
    let may_end = page.desk.session.may(ConsolePermission::TokensManageAll) && page.is_changeable();
    if may_end { TokenRights::End } else { TokenRights::View }
}

#[component]
fn ServiceParts(page: Page) -> impl IntoView {
    let session = page.desk.session;
    let account = Signal::derive(move || page.account());
    let may_change = Memo::new(move |_| session.may(ConsolePermission::ServiceAccountsManage) && page.is_changeable());
    let may_see_tokens = Memo::new(move |_| may_change.get() || session.may(ConsolePermission::TokensManageAll));
    let rights = Signal::derive(move || match may_change.get() {
        true => TokenRights::Make(String::new()),
        false => rights_of_others(page),
    });
    let offered = Signal::derive(move || scopes(page));
    view! {
        <div class="account-parts">
            <div class="stack">
                {move || may_see_tokens.get().then(|| view! {
                    <TokensCard holder=Holder::Account(page.id) kind=AccountKind::Service offered=offered rights=rights />
                })}
                <GivenCard page=page />
                <HeldCard page=page />
            </div>
            <div class="stack">
                <DetailsCard desk=page.desk account=account may_change=may_change.into() />
                <FactsCard page=page />
                <QuestionCard page=page />
            </div>
        </div>
    }
}

/// What a token of the account can be limited to; none until that has arrived.
fn scopes(page: Page) -> Option<Vec<OptionView>> {
    page.held.with(|held| held.as_deref().map(scopes_of))
}

#[component]
fn FactsCard(page: Page) -> impl IntoView {
    let desk = page.desk;
    view! {
        <Card title="Account">
            {move || page.account().map(|account| view! { <Facts account=account desk=desk with_holdings=false /> })}
            <CopyField label="Internal ID" text=Signal::stored(page.id.to_string()) />
        </Card>
    }
}
