//! All API tokens of the organization (F102): found, judged, and revoked, one or many.

use domain::tokens::{REVOKE_AT_ONCE_MAX, Token, TokenFilter};
use leptos::prelude::*;

use super::acts::{Questions, TokenActs};
use super::bulk_dialog::BulkRevokeDialog;
use super::filters::{Asked, Filters};
use super::leaked_dialog::LeakedDialog;
use super::list::{State, TokenList};
use super::tokens_table::TokensTable;
use crate::features::accounts::AccountTabs;
use crate::selection::Selection;
use crate::ui::text::grouped;
use crate::ui::{
    Button, ButtonSize, ButtonVariant, EmptyState, FilterChips, FilterOption, Icon, PageHeader, SearchField,
};

/// `/accounts/tokens`.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    let filters = Filters::new();
    let list = TokenList::new(filters);
    let acts = TokenActs::new(move || list.refresh());
    let selection = Selection::<Token>::new();
    let (looking, is_revoking) = (RwSignal::new(None::<String>), RwSignal::new(false));
    // What is no longer shown is not selected: an act would reach what nobody sees.
    Effect::new(move |before: Option<Asked>| {
        let asked = list.asked();
        if before.is_some_and(|before| before != asked) {
            selection.clear();
        }
        asked
    });
    let revoked = move || {
        selection.clear();
        list.refresh();
    };
    view! {
        <div class="page page-list tokens-page">
            <PageHeader title="API tokens" count=list.total>
                <Button label="Find a leaked token" icon=Icon::Search on_click=move || looking.set(Some(String::new())) />
            </PageHeader>
            <AccountTabs />
            <Toolbar list=list filters=filters on_secret=move |text: String| looking.set(Some(text)) />
            <SelectionBar selection=selection on_revoke=move || is_revoking.set(true) />
            <div class="split split-closed">
                <div class="split-list">
                    <TokensTable list=list acts=acts selection=selection empty=ViewFn::from(move || nothing(list, filters)) />
                </div>
            </div>
        </div>
        <Questions acts=acts />
        {move || looking.get().map(|pasted| view! { <LeakedDialog acts=acts pasted=pasted on_close=move || looking.set(None) /> })}
        {move || is_revoking.get().then(|| view! {
            <BulkRevokeDialog acts=acts picked=selection.all() on_done=revoked on_close=move || { is_revoking.try_set(false); } />
        })}
    }
}

#[component]
fn Toolbar(
    list: TokenList,
    filters: Filters,
    // Whoever types one wants to know whose it is.
    #[prop(into)] on_secret: Callback<String>,
) -> impl IntoView {
    let chips = Signal::derive(move || {
        let counts = list.counts.get();
        let chip = |filter: TokenFilter| FilterOption {
            value: if filter == TokenFilter::Working { String::new() } else { filter.as_str().to_owned() },
            label: filter.label().to_owned(),
            count: counts.and_then(|counts| usize::try_from(counts.of(filter)).ok()),
        };
        TokenFilter::ALL.map(chip).to_vec()
    });
    let kind =
        |value: &str, label: &str| FilterOption { value: value.to_owned(), label: label.to_owned(), count: None };
    let kinds = vec![kind("", "All accounts"), kind("service", "Service accounts"), kind("user", "User accounts")];
    let has_account = Memo::new(move |_| filters.account.with(|account| !account.is_empty()));
    view! {
        <div class="toolbar tokens-toolbar" role="search">
            <SearchField label="Search API tokens" value=filters.search id="token-search" on_secret=on_secret />
            <FilterChips label="Kind of account" options=Signal::stored(kinds) value=filters.kind on_change=move |kind| filters.kind.set(kind) />
            {move || has_account.get().then(|| view! {
                <Button label="Of one account. Show all" variant=ButtonVariant::Quiet on_click=move || filters.account.set(String::new()) />
            })}
            <FilterChips label="State" options=chips value=filters.filter on_change=move |filter| filters.filter.set(filter) />
        </div>
    }
}

/// What can be done with what is selected; nothing while nothing is.
#[component]
fn SelectionBar(selection: Selection<Token>, #[prop(into)] on_revoke: Callback<()>) -> impl IntoView {
    let is_shown = Memo::new(move |_| selection.count() > 0 || selection.gathering.get());
    view! {
        <span class="sr-only" role="status">{move || is_shown.get().then(|| told(selection.count()))}</span>
        {move || is_shown.get().then(|| view! {
            <div class="toolbar toolbar-selection" role="group" aria-label="Selection">
                <strong class="selection-count">
                    {move || if selection.gathering.get() { "Selecting…".to_owned() } else { told(selection.count()) }}
                </strong>
                <Button label="Revoke" size=ButtonSize::Small icon=Icon::Trash on_click=on_revoke />
                <div class="toolbar-end">
                    <Button label="Clear selection" size=ButtonSize::Small variant=ButtonVariant::Quiet on_click=move || selection.clear() />
                </div>
            </div>
        })}
    }
}

/// How many are selected, and why not more where more fit.
fn told(count: usize) -> String {
    let counted = [&grouped(count), " selected"].concat();
    if count < REVOKE_AT_ONCE_MAX { counted } else { [&counted, ", the most for one change"].concat() }
}

fn nothing(list: TokenList, filters: Filters) -> AnyView {
    let clear = move || filters.clear();
    let view = move || {
        match list.state.get() {
        State::Waiting => ().into_any(),
        State::Failed(why) => view! {
            <EmptyState icon=Icon::Warning title="The list could not be loaded" text=why>
                <Button label="Retry" icon=Icon::Refresh on_click=move || list.retry() />
            </EmptyState>
        }
        .into_any(),
        State::Shown if list.asked().is_narrowed() => view! {
            <EmptyState icon=Icon::Search title=none_of(list.asked().filter()) text="No token fits the search and the filters.">
                <Button label="Clear filters" on_click=clear />
            </EmptyState>
        }
        .into_any(),
        State::Shown => view! {
            <EmptyState icon=Icon::Key title="No API tokens yet" text="Every token of a service account or of a person is listed here, with when it was last used and when it ends. One is generated on the page of a service account, or under Profile." />
        }
        .into_any(),
    }
    };
    view.into_any()
}

/// What an empty list means, which for some filters is good news.
fn none_of(filter: TokenFilter) -> &'static str {
    match filter {
        TokenFilter::Working => "Nothing found",
        TokenFilter::Noted(_) => "Nothing to look after here",
        TokenFilter::Ended => "None has ended lately",
    }
}
