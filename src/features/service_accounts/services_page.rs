//! The page of service accounts: the list of accounts, for machines.

use domain::accounts::{AccountSort, Direction};
use domain::permissions::ConsolePermission;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::services_table::ServicesTable;
use crate::features::accounts::{
    AccountList, AccountSearch, AccountTabs, ActionBar, Address, Desk, FilterMenu, Filters, NarrowedBy, NoRows, Order,
    Questions, SortMenu, StatusChips, Trouble, page_address,
};
use crate::features::session::use_session;
use crate::ui::{ButtonVariant, EmptyState, Icon, LinkButton, PageHeader};

/// Where a new one is made.
const NEW_SERVICE: &str = "/accounts/new";

const ORDERS: [Order; 6] = [
    (AccountSort::Name, Direction::Ascending, "Name, A to Z"),
    (AccountSort::Name, Direction::Descending, "Name, Z to A"),
    (AccountSort::LastActive, Direction::Descending, "Last active, latest first"),
    (AccountSort::LastActive, Direction::Ascending, "Last active, longest ago first"),
    (AccountSort::Created, Direction::Descending, "Created, latest first"),
    (AccountSort::Created, Direction::Ascending, "Created, oldest first"),
];

/// `/accounts/services`.
#[component]
pub(crate) fn ServicesPage() -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let address = Address::new(Filters::services());
    let list = AccountList::new(session, address.filters());
    let desk = Desk::new(list, move |id| navigate(&page_address(id), Default::default()));
    // What is no longer shown is not selected: an act would reach what nobody sees.
    Effect::new(move |before: Option<Filters>| {
        let filters = address.filters().get();
        if before.is_some_and(|before| !before.shows_the_same(&filters)) {
            desk.selection.clear();
        }
        filters
    });
    let empty = move || view! { <NoRows desk=desk address=address none=move || view! { <NoServices /> } /> };
    view! {
        <div class="page page-list">
            <PageHeader title="Service accounts" count=list.total>
                <CreateButton />
            </PageHeader>
            <AccountTabs />
            <div class="toolbar" role="search">
                <AccountSearch address=address label="Search service accounts" />
                <StatusChips desk=desk address=address />
                <NarrowedBy address=address />
                <div class="toolbar-end">
                    <FilterMenu address=address />
                    <SortMenu address=address orders=&ORDERS />
                </div>
            </div>
            <ActionBar desk=desk />
            <Trouble desk=desk />
            <div class="split split-closed">
                <div class="split-list services">
                    <ServicesTable desk=desk address=address empty=empty />
                </div>
            </div>
        </div>
        <Questions desk=desk />
    }
}

/// "Create new account": absent for those who may not (F11).
#[component]
fn CreateButton() -> impl IntoView {
    let session = use_session();
    let may_create = Memo::new(move |_| session.may(ConsolePermission::ServiceAccountsManage));
    move || {
        may_create.get().then(|| {
            view! { <LinkButton label="Create new account" href=NEW_SERVICE icon=Icon::Plus variant=ButtonVariant::Primary /> }
        })
    }
}

#[component]
fn NoServices() -> impl IntoView {
    view! {
        <EmptyState
            icon=Icon::Bot
            title="No service accounts yet"
            text="A service account is the identity of a machine: a proxy, a script, a pipeline. It calls the API with tokens of its own, may do only what you give it, takes no seat, and cannot sign in. Make one for each machine, so that each can be seen, limited and stopped by itself."
        />
    }
}
