//! The table of service accounts.

use domain::accounts::{Account, AccountSort};
use leptos::prelude::*;

use crate::features::accounts::{
    Address, Desk, MenuCell, NamesCell, Row, SelectCell, SelectHead, SortedHeader, StatusCell, account_at, joined,
    last_active, may_select, page_address, rows,
};
use crate::ui::{Column, Icon, VirtualTable, absolute_time, relative_time, text::grouped};

const COLUMNS: [&str; 10] = [
    "col-check",
    "col-name",
    "col-status",
    "col-answers",
    "col-roles",
    "col-groups",
    "col-tokens",
    "col-active",
    "col-created",
    "col-menu",
];

/// All service accounts that the address asks for, whatever their number.
#[component]
pub(super) fn ServicesTable(
    /// The list, and where acts on it go.
    desk: Desk,
    /// The filters and the sort.
    address: Address,
    /// What stands where nothing is.
    #[prop(into)]
    empty: ViewFn,
) -> impl IntoView {
    let can_select = Memo::new(move |_| may_select(desk.list.kind(), desk.rights()));
    // Drawn anew where the right to act on many comes or goes.
    move || table(desk, address, empty.clone(), can_select.get())
}

fn table(desk: Desk, address: Address, empty: ViewFn, can_select: bool) -> AnyView {
    let list = desk.list;
    let open = move |index: usize| {
        if let Some(account) = account_at(list, index) {
            desk.open(account.id);
        }
    };
    let cells = move |index| cells(Row::new(desk, address, index), index, can_select).into_any();
    let is_loaded = move |index| list.row(index).is_some();
    let look = move |window| list.look_at(window);
    let columns = COLUMNS.into_iter().skip(usize::from(!can_select)).map(Column).collect::<Vec<_>>();
    let head = move || head(desk, address, can_select);
    if !can_select {
        return view! {
            <VirtualTable label="Service accounts" total=rows(list) columns=columns head=head cells=cells is_loaded=is_loaded
                on_window=look on_open=open scroll_to=list.scroll_to empty=empty />
        }
        .into_any();
    }
    let is_selected = move |index| list.row(index).is_some_and(|account| desk.selection.has(account.id));
    let toggle = move |index| desk.selection.press(list, 0, index, false);
    view! {
        <VirtualTable label="Service accounts" total=rows(list) columns=columns head=head cells=cells is_loaded=is_loaded
            is_selected=is_selected on_window=look on_open=open on_toggle=toggle scroll_to=list.scroll_to empty=empty />
    }
    .into_any()
}

fn head(desk: Desk, address: Address, can_select: bool) -> impl IntoView {
    view! {
        {can_select.then(|| view! { <SelectHead desk=desk /> })}
        <SortedHeader address=address sort=AccountSort::Name label="Name" />
        <th scope="col">"Status"</th>
        <th scope="col" class="cell-answers">"Owner"</th>
        <th scope="col" class="cell-roles">"Roles"</th>
        <th scope="col" class="cell-groups">"Groups"</th>
        <th scope="col" class="cell-tokens">"Tokens"</th>
        <SortedHeader address=address sort=AccountSort::LastActive label="Last active" class="cell-active" />
        <SortedHeader address=address sort=AccountSort::Created label="Created" class="cell-created" />
        <th scope="col"><span class="sr-only">"Actions"</span></th>
    }
}

fn cells(row: Row, index: Signal<usize>, can_select: bool) -> impl IntoView {
    let tokens = move || row.read(|account| grouped(account.tokens.unwrap_or_default() as usize));
    view! {
        {can_select.then(|| view! { <SelectCell row=row index=index /> })}
        <NameCell row=row />
        <StatusCell row=row />
        <NamesCell row=row class="cell-answers" read=owner_name />
        <NamesCell row=row class="cell-roles" read=|account| joined(account.roles.iter().map(|role| role.name.as_str())) />
        <NamesCell row=row class="cell-groups" read=|account| joined(account.groups.iter().map(|group| group.name.as_str())) />
        <td class="cell-tokens">{tokens}</td>
        <td class="cell-active" data-tip=move || row.read(|account| account.last_active_at.map(|at| absolute_time(at.millis())))>
            {move || last_active(row)}
        </td>
        <td class="cell-created" data-tip=move || row.read(|account| Some(absolute_time(account.created_at.millis())))>
            {move || row.read_at(|account, at| relative_time(account.created_at.millis(), at.millis()))}
        </td>
        <MenuCell row=row />
    }
}

fn owner_name(account: &Account) -> String {
    account.owner.as_ref().map(|owner| owner.name().to_owned()).unwrap_or_default()
}

/// The name, which leads to the account's page, and the id below it.
#[component]
fn NameCell(row: Row) -> impl IntoView {
    let href = move || row.id().map(page_address);
    view! {
        <td class="cell-main">
            <div class="cell-line">
                <span class="service-mark"><Icon icon=Icon::Bot /></span>
                <div class="cell-two">
                    <a class="cell-link truncate" href=href>{move || row.read(|account| account.display_name.clone())}</a>
                    <code class="cell-under truncate">{move || row.read(|account| account.handle.clone())}</code>
                </div>
            </div>
        </td>
    }
}
