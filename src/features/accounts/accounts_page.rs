//! The page of user accounts: the list, its filters, one account beside it, and "Invite users".

use leptos::prelude::*;

use super::accounts_table::AccountsTable;
use super::action_bar::ActionBar;
use super::address::Address;
use super::columns::ColumnChoice;
use super::desk::Desk;
use super::filters::Filters;
use super::list::{AccountList, ListState};
use super::notices::{NoRows, Trouble};
use super::parts::{AccountDetail, AccountsBoard, InviteDialog, Questions};
use super::tabs::{AccountTabs, InviteButton};
use super::toolbar::Toolbar;
use crate::features::invitations::opened_by_address;
use crate::features::session::use_session;
use crate::ui::{EmptyState, Icon, PageHeader};

/// `/` and `/accounts`.
#[component]
pub(crate) fn AccountsPage() -> impl IntoView {
    let session = use_session();
    let address = Address::new(Filters::default());
    let list = AccountList::new(session, address.filters());
    let desk = Desk::new(list, move |id| address.open(id));
    let inviting = RwSignal::new(false);
    opened_by_address(inviting);
    let is_alone = Memo::new(move |_| {
        !address.board().get()
            && list.state.get() == ListState::Shown
            && list.total.get() == 1
            && !list.shown().is_narrowed()
    });
    let is_board = Memo::new(move |_| address.board().get() && desk.rights().has_levels);
    // What is no longer shown is not selected: an act would reach what nobody sees.
    Effect::new(move |before: Option<Filters>| {
        let filters = address.filters().get();
        if before.is_some_and(|before| !before.shows_the_same(&filters)) {
            desk.selection.clear();
        }
        filters
    });
    let columns = ColumnChoice::recall();
    let empty =
        move || view! { <NoRows desk=desk address=address none=move || view! { <Lonely inviting=inviting /> } /> };
    view! {
        <div class="page page-list">
            <PageHeader title="Accounts" count=list.total>
                // Where nobody else is in yet, the button stands in the middle of the page.
                {move || (!is_alone.get()).then(|| view! { <InviteButton inviting=inviting /> })}
            </PageHeader>
            <AccountTabs counts=list.counts />
            <Toolbar desk=desk address=address columns=columns />
            <ActionBar desk=desk />
            <Trouble desk=desk />
            <div class=move || if address.account().get().is_some() { "split" } else { "split split-closed" }>
                <div class="split-list">
                    {move || if is_board.get() {
                        view! { <AccountsBoard desk=desk address=address /> }.into_any()
                    } else {
                        view! { <div class=move || columns.class()><AccountsTable desk=desk address=address empty=empty /></div> }.into_any()
                    }}
                    {move || is_alone.get().then(|| view! { <div class="list-below"><Lonely inviting=inviting /></div> })}
                </div>
                {move || address.account().get().map(|id| view! { <AccountDetail id=id desk=desk address=address /> })}
            </div>
        </div>
        <Questions desk=desk />
        {move || inviting.get().then(|| view! { <InviteDialog desk=desk on_close=move || inviting.set(false) /> })}
    }
}

/// What stands where nobody else is in yet.
#[component]
fn Lonely(inviting: RwSignal<bool>) -> impl IntoView {
    view! {
        <EmptyState icon=Icon::Users title="Invite your colleagues" text="They get a link by which they join, and are listed here at once.">
            <InviteButton inviting=inviting />
        </EmptyState>
    }
}
