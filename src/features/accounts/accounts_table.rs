//! The table of user accounts.

use std::sync::Arc;

use domain::accounts::{Account, AccountKind, AccountSort, AuthMethod, Direction, ShownStatus};
use leptos::prelude::*;

use super::action_bar::may_select;
use super::address::Address;
use super::desk::Desk;
use super::list::{AccountList, ListState};
use super::row::{LevelCell, MenuCell, NameCell, Row, StatusCell};
use super::select_cells::{SelectCell, SelectHead};
use super::words::{is_invited, is_named, joined};
use crate::ui::{Column, SortDirection, SortHeader, VirtualTable, absolute_time, relative_time};

/// Grey rows that stand in for a list that has not arrived.
const ROWS_WAITED_FOR: usize = 12;

/// A card has three lines: name, address, and level beside the last activity.
const CARD_HEIGHT: u32 = 88;

const COLUMNS: [&str; 12] = [
    "col-check",
    "col-name",
    "col-email",
    "col-status",
    "col-level",
    "col-roles",
    "col-groups",
    "col-teams",
    "col-active",
    "col-auth",
    "col-created",
    "col-menu",
];

/// How many rows the table has: as many as there are, or a few grey ones while that is not known.
pub(crate) fn rows(list: AccountList) -> Signal<usize> {
    Signal::derive(move || match list.state.get() {
        ListState::Waiting => ROWS_WAITED_FOR,
        _ => list.total.get(),
    })
}

/// All accounts that the address asks for, whatever their number.
#[component]
pub(crate) fn AccountsTable(
    /// The list, and where acts on it go.
    desk: Desk,
    /// The filters, the sort and the opened account.
    address: Address,
    /// What stands where nothing is.
    #[prop(into)]
    empty: ViewFn,
) -> impl IntoView {
    let can_select = Memo::new(move |_| may_select(AccountKind::User, desk.rights()));
    // Drawn anew where the right to act on many comes or goes.
    move || table(desk, address, empty.clone(), can_select.get())
}

fn table(desk: Desk, address: Address, empty: ViewFn, can_select: bool) -> AnyView {
    let list = desk.list;
    let open = move |index: usize| {
        if let Some(account) = account_at(list, index) {
            address.open(account.id);
        }
    };
    let cells = move |index| cells(Row::new(desk, address, index), index, can_select).into_any();
    let is_loaded = move |index| list.row(index).is_some();
    let look = move |window| list.look_at(window);
    let columns = COLUMNS.into_iter().skip(usize::from(!can_select)).map(Column).collect::<Vec<_>>();
    let head = move || head(desk, address, can_select);
    if !can_select {
        return view! {
            <VirtualTable label="User accounts" total=rows(list) columns=columns head=head cells=cells is_loaded=is_loaded
                on_window=look on_open=open scroll_to=list.scroll_to empty=empty card_height=CARD_HEIGHT />
        }
        .into_any();
    }
    let is_selected = move |index| list.row(index).is_some_and(|account| desk.selection.has(account.id));
    let toggle = move |index| desk.selection.press(list, 0, index, false);
    view! {
        <VirtualTable label="User accounts" total=rows(list) columns=columns head=head cells=cells is_loaded=is_loaded
            is_selected=is_selected on_window=look on_open=open on_toggle=toggle scroll_to=list.scroll_to empty=empty card_height=CARD_HEIGHT />
    }
    .into_any()
}

fn head(desk: Desk, address: Address, can_select: bool) -> impl IntoView {
    let level = untrack(|| desk.session.with(|session| session.organization.level_word.clone()));
    view! {
        {can_select.then(|| view! { <SelectHead desk=desk /> })}
        <SortedHeader address=address sort=AccountSort::Name label="Name" />
        <SortedHeader address=address sort=AccountSort::Email label="E-mail" class="cell-email" />
        <th scope="col" class="cell-status">"Status"</th>
        <th scope="col" class="cell-level">{level}</th>
        <th scope="col" class="cell-roles">"Roles"</th>
        <th scope="col" class="cell-groups">"Groups"</th>
        <th scope="col" class="cell-teams">"Teams"</th>
        <SortedHeader address=address sort=AccountSort::LastActive label="Last active" class="cell-active" />
        <th scope="col" class="cell-auth">"Auth methods"</th>
        <SortedHeader address=address sort=AccountSort::Created label="Created" class="cell-created" />
        <th scope="col"><span class="sr-only">"Actions"</span></th>
    }
}

fn cells(row: Row, index: Signal<usize>, can_select: bool) -> impl IntoView {
    view! {
        {can_select.then(|| view! { <SelectCell row=row index=index /> })}
        <NameCell row=row />
        <EmailCell row=row />
        <StatusCell row=row />
        <LevelCell row=row />
        <NamesCell row=row class="cell-roles" read=|account| joined(account.roles.iter().map(|role| role.name.as_str())) />
        <NamesCell row=row class="cell-groups" read=|account| joined(account.groups.iter().map(|group| group.name.as_str())) />
        <NamesCell row=row class="cell-teams" read=|account| joined(account.teams.iter().map(|team| team.name.as_str())) />
        <td class="cell-active" data-tip=move || row.read(|account| account.last_active_at.map(|at| absolute_time(at.millis())))>
            {move || last_active(row)}
        </td>
        <td class="cell-auth">{move || row.read(|account| joined(account.auth_methods.iter().copied().map(AuthMethod::label)))}</td>
        <td class="cell-created" data-tip=move || row.read(|account| Some(absolute_time(account.created_at.millis())))>
            {move || row.read_at(|account, at| relative_time(account.created_at.millis(), at.millis()))}
        </td>
        <MenuCell row=row />
    }
}

/// The address, unless it stands in for a name already.
#[component]
fn EmailCell(row: Row) -> impl IntoView {
    let email = Memo::new(move |_| row.read(|account| account.email.clone().filter(|_| is_named(account))));
    let is_nameless = Memo::new(move |_| row.read(|account| !is_named(account)));
    view! {
        <td class="cell-email cell-sub">
            <a class="cell-quiet truncate" tabindex="-1" href=move || row.href() data-tip=email hidden=is_nameless>{email}</a>
            {move || is_nameless.get().then(|| view! { <span class="cell-waits">"Not signed up yet"</span> })}
        </td>
    }
}

pub(crate) fn last_active(row: Row) -> String {
    let status = row.status().unwrap_or(ShownStatus::Active);
    row.read_at(|account, at| last_active_text(account, status, at.millis()))
}

/// "Pending" for the invited, "Never" for those who have not been seen yet.
pub(crate) fn last_active_text(account: &Account, status: ShownStatus, now: i64) -> String {
    match account.last_active_at {
        _ if is_invited(status) => "Pending".to_owned(),
        Some(at) => relative_time(at.millis(), now),
        None => "Never".to_owned(),
    }
}

/// Names in one line; all of them as its tooltip.
#[component]
pub(crate) fn NamesCell(
    /// The row.
    row: Row,
    /// The class of the cell.
    class: &'static str,
    /// The names of an account.
    read: fn(&Account) -> String,
) -> impl IntoView {
    let names = Memo::new(move |_| row.read(read));
    view! {
        <td class=class data-tip=move || names.with(|names| (!names.is_empty()).then(|| names.clone()))>{names}</td>
    }
}

/// A header that sorts: by another column first the way one looks for, then the other way round.
#[component]
pub(crate) fn SortedHeader(
    /// Where the sort is written.
    address: Address,
    /// What the column sorts by.
    sort: AccountSort,
    /// The column's name.
    label: &'static str,
    /// The class of the cell. Default: none.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let filters = address.filters();
    let direction = Signal::derive(move || {
        filters.with(|filters| (filters.sort == sort).then_some(filters.direction)).map(|direction| match direction {
            Direction::Ascending => SortDirection::Ascending,
            Direction::Descending => SortDirection::Descending,
        })
    });
    let press = move || {
        address.change(|filters| {
            filters.direction = next_direction((filters.sort, filters.direction), sort);
            filters.sort = sort;
        });
    };
    view! { <SortHeader label=label direction=direction on_sort=press class=class /> }
}

fn next_direction((sort, direction): (AccountSort, Direction), pressed: AccountSort) -> Direction {
    match (sort == pressed, direction, pressed) {
        (true, Direction::Ascending, _) | (false, _, AccountSort::LastActive | AccountSort::Created) => {
            Direction::Descending
        }
        _ => Direction::Ascending,
    }
}

/// The account of a row, not reactively.
pub(crate) fn account_at(list: AccountList, index: usize) -> Option<Arc<Account>> {
    untrack(|| list.row(index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_at_a_and_times_with_the_latest() {
        use AccountSort::{Created, Email, Name};
        use Direction::{Ascending, Descending};
        assert_eq!(next_direction((Name, Ascending), Name), Descending);
        assert_eq!(next_direction((Name, Descending), Name), Ascending);
        assert_eq!(next_direction((Name, Descending), Email), Ascending);
        assert_eq!(next_direction((Name, Ascending), Created), Descending);
        assert_eq!(next_direction((Created, Descending), Created), Ascending);
    }
}
