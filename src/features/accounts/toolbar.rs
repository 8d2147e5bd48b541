//! Search, status, level and order of the list of accounts.

use domain::accounts::{AccountKind, AccountSort, Direction, ShownStatus, StatusCounts};
use leptos::prelude::*;

use super::address::Address;
use super::columns::{ColumnChoice, ColumnsMenu};
use super::desk::Desk;
use super::narrowing::{FilterMenu, NarrowedBy};
use super::view_toggle::ViewToggle;
use super::words::status_label;
use crate::ui::{FilterChips, FilterOption, MenuAlign, MenuButton, MenuItem, NARROW, SearchField, dom};

/// The value of the chip that leaves nothing out.
const ALL: &str = "";

/// What a list is sorted by, which way, and what that is called: the column, a comma, the way.
pub(crate) type Order = (AccountSort, Direction, &'static str);

/// For windows that have no room for every column.
const ORDERS: [Order; 8] = [
    (AccountSort::Name, Direction::Ascending, "Name, A to Z"),
    (AccountSort::Name, Direction::Descending, "Name, Z to A"),
    (AccountSort::Email, Direction::Ascending, "E-mail, A to Z"),
    (AccountSort::Email, Direction::Descending, "E-mail, Z to A"),
    (AccountSort::LastActive, Direction::Descending, "Last active, latest first"),
    (AccountSort::LastActive, Direction::Ascending, "Last active, longest ago first"),
    (AccountSort::Created, Direction::Descending, "Created, latest first"),
    (AccountSort::Created, Direction::Ascending, "Created, oldest first"),
];

/// The row above the table.
#[component]
pub(super) fn Toolbar(
    /// The list and its counts.
    desk: Desk,
    /// Where the filters are written.
    address: Address,
    /// Which columns the list shows.
    columns: ColumnChoice,
) -> impl IntoView {
    let is_narrow = dom::media_query(NARROW);
    view! {
        <div class="toolbar" role="search">
            <AccountSearch address=address label="Search accounts" />
            <StatusChips desk=desk address=address />
            <NarrowedBy address=address />
            <div class="toolbar-end">
                // The board has a column for each level.
                {move || (!address.board().get()).then(|| view! { <LevelFilter desk=desk address=address /> })}
                <FilterMenu address=address />
                {move || (!address.board().get()).then(|| view! { <SortMenu address=address orders=&ORDERS /> })}
                // The board and the cards of narrow windows have no columns.
                {move || (!address.board().get() && !is_narrow.get()).then(|| view! { <ColumnsMenu desk=desk columns=columns /> })}
                <ViewToggle desk=desk address=address />
            </div>
        </div>
    }
}

/// The statuses, with how many rows each would show.
#[component]
pub(crate) fn StatusChips(
    /// The list and its counts.
    desk: Desk,
    /// Where the status is written.
    address: Address,
) -> impl IntoView {
    let filters = address.filters();
    let counts = Memo::new(move |_| desk.list.counts_shown());
    let options = Signal::derive(move || {
        let word = desk.session.with(|session| session.organization.deactivated_word.clone());
        let (status, kind) = filters.with(|filters| (filters.status, filters.kind));
        chips(desk.list.counts.get().as_ref(), counts.get().as_ref(), status, kind, &word)
    });
    let chosen = move || filters.with(|filters| filters.status.map_or(ALL, ShownStatus::as_str).to_owned());
    let choose = move |value: String| address.change(|filters| filters.status = ShownStatus::parse_filter(&value));
    view! { <FilterChips label="Status" options=options value=Signal::derive(chosen) on_change=choose /> }
}

/// The search field, in step with the address.
#[component]
pub(crate) fn AccountSearch(
    /// Where the search is written.
    address: Address,
    /// What is searched.
    label: &'static str,
) -> impl IntoView {
    let filters = address.filters();
    let text = RwSignal::new(filters.with_untracked(|filters| filters.search.clone()));
    Effect::new(move |_| {
        let typed = text.get();
        if filters.with_untracked(|filters| filters.search != typed) {
            address.type_search(typed);
        }
    });
    Effect::new(move |_| {
        let search = filters.with(|filters| filters.search.clone());
        if text.with_untracked(|text| *text != search) {
            text.set(search);
        }
    });
    view! { <SearchField label=label value=text id="account-search" /> }
}

#[component]
fn LevelFilter(desk: Desk, address: Address) -> impl IntoView {
    let levels = Signal::derive(move || desk.session.with(|session| session.organization.levels.clone()));
    let word = Signal::derive(move || desk.session.with(|session| session.organization.level_word.clone()));
    let chosen = move || address.filters().with(|filters| filters.level.clone());
    let label = Signal::derive(move || {
        let key = chosen();
        let name = levels.with(|levels| {
            levels.iter().find(|level| Some(&level.key) == key.as_ref()).map(|level| level.name.clone())
        });
        match (name, key) {
            (Some(name), _) | (None, Some(name)) => [&word.get(), ": ", &name].concat(),
            (None, None) => word.get(),
        }
    });
    let items = move |()| {
        let now = untrack(chosen);
        let item = |label: String, key: Option<String>| {
            let is_now = now == key;
            MenuItem::radio(label, is_now, move || address.change(|filters| filters.level.clone_from(&key)))
        };
        let mut items = vec![item("All".to_owned(), None)];
        items.extend(levels.get_untracked().into_iter().map(|level| item(level.name, Some(level.key))));
        items
    };
    move || (!levels.with(Vec::is_empty)).then(|| view! { <MenuButton label=label items=items align=MenuAlign::End /> })
}

/// The menu of orders, which says by what the list is sorted now.
#[component]
pub(crate) fn SortMenu(
    /// Where the order is written.
    address: Address,
    /// The orders to choose from.
    orders: &'static [Order],
) -> impl IntoView {
    let now = move || address.filters().with(|filters| (filters.sort, filters.direction));
    let label = Signal::derive(move || {
        let (sort, _) = now();
        let name = orders.iter().find(|order| order.0 == sort).and_then(|order| order.2.split(',').next());
        ["Sort: ", name.unwrap_or("other")].concat()
    });
    let items = move |()| {
        let now = untrack(now);
        let item = |(sort, direction, label): &Order| {
            let order = (*sort, *direction);
            MenuItem::radio(*label, now == order, move || {
                address.change(|filters| (filters.sort, filters.direction) = order);
            })
        };
        orders.iter().map(item).collect::<Vec<_>>()
    };
    view! { <MenuButton label=label align=MenuAlign::End items=items /> }
}

/// The chips with the counts of what fits. What is amiss has one only where there is some of it among all, so that chips do
/// not come and go with each letter of a search, or where it is chosen.
fn chips(
    all: Option<&StatusCounts>,
    fitting: Option<&StatusCounts>,
    chosen: Option<ShownStatus>,
    kind: AccountKind,
    deactivated_word: &str,
) -> Vec<FilterOption> {
    let count = |number: u64| usize::try_from(number).ok();
    let every = FilterOption {
        value: ALL.to_owned(),
        label: "All".to_owned(),
        count: fitting.and_then(|counts| count(counts.all())),
    };
    // Service accounts are not invited.
    let is_always_there = |status| match status {
        ShownStatus::Active | ShownStatus::Deactivated => true,
        ShownStatus::Pending => kind == AccountKind::User,
        _ => false,
    };
    let is_shown = |status: &ShownStatus| {
        is_always_there(*status) || chosen == Some(*status) || all.is_some_and(|counts| counts.of(*status) > 0)
    };
    let chip = |status: ShownStatus| FilterOption {
        value: status.as_str().to_owned(),
        label: status_label(status, deactivated_word),
        count: fitting.and_then(|counts| count(counts.of(status))),
    };
    std::iter::once(every).chain(ShownStatus::FILTERS.into_iter().filter(is_shown).map(chip)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_for_what_is_amiss_come_and_go() {
        let labels = |counts: &StatusCounts, chosen| {
            let chips = chips(Some(counts), Some(counts), chosen, AccountKind::User, "Inactive");
            chips.into_iter().map(|chip| chip.label).collect::<Vec<_>>()
        };
        let none = StatusCounts { active: 2, ..StatusCounts::default() };
        assert_eq!(labels(&none, None), ["All", "Active", "Pending invitation", "Inactive"]);
        let failed = StatusCounts { invitation_failed: 1, ..none };
        assert_eq!(labels(&failed, None), ["All", "Active", "Pending invitation", "Invitation failed", "Inactive"]);
        assert_eq!(
            labels(&none, Some(ShownStatus::AccessExpired)),
            ["All", "Active", "Pending invitation", "Access expired", "Inactive"]
        );
        let searched = chips(Some(&failed), Some(&none), None, AccountKind::User, "Inactive");
        let counts: Vec<_> = searched.iter().map(|chip| (chip.label.as_str(), chip.count)).collect();
        let expected =
            [("All", 2), ("Active", 2), ("Pending invitation", 0), ("Invitation failed", 0), ("Inactive", 0)];
        assert_eq!(counts, expected.map(|(label, count)| (label, Some(count))));
        let of_services = chips(Some(&none), Some(&none), None, AccountKind::Service, "Inactive");
        assert!(of_services.iter().map(|chip| chip.label.as_str()).eq(["All", "Active", "Inactive"]));
        assert_eq!(chips(None, None, None, AccountKind::User, "").first().and_then(|chip| chip.count), None);
    }
}
