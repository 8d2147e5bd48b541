//! Search, type and orphans, above the list of objects.

use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use super::address::Address;
use super::types::ObjectTypes;
use crate::features::session::use_session;
use crate::ui::{FilterChips, FilterOption, SearchField};

/// The value of the chip that leaves nothing out.
const ALL: &str = "";
const ORPHANS: &str = "orphans";

/// The row above the table.
#[component]
pub(super) fn Toolbar(
    /// Where the filters are written.
    address: Address,
    /// What the chips name.
    types: ObjectTypes,
) -> impl IntoView {
    let session = use_session();
    let filters = address.filters();
    let chip =
        |value: &str, label: &str| FilterOption { value: value.to_owned(), label: label.to_owned(), count: None };
    let options = Signal::derive(move || {
        let all = std::iter::once(chip(ALL, "All types"));
        all.chain(types.all().iter().map(|term| chip(&term.key, &term.label))).collect()
    });
    let kind = Signal::derive(move || filters.with(|filters| filters.kind.clone().unwrap_or_default()));
    let choose = move |value: String| address.change(|filters| filters.kind = Some(value).filter(|kind| kind != ALL));
    let orphans =
        Signal::derive(move || if filters.with(|filters| filters.orphans) { ORPHANS } else { ALL }.to_owned());
    let may_mend = Memo::new(move |_| session.may(ConsolePermission::ObjectsManage));
    let toggle = move |_: String| address.change(|filters| filters.orphans = !filters.orphans);
    view! {
        <div class="toolbar" role="search">
            <ObjectSearch address=address />
            <FilterChips label="Type" options=options value=kind on_change=choose />
            {move || may_mend.get().then(|| {
                let options = Signal::stored(vec![chip(ORPHANS, "Orphans")]);
                view! { <FilterChips label="State" options=options value=orphans on_change=toggle /> }
            })}
        </div>
    }
}

/// The search field, in step with the address.
#[component]
fn ObjectSearch(address: Address) -> impl IntoView {
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
    view! { <SearchField label="Search objects" value=text id="object-search" /> }
}
