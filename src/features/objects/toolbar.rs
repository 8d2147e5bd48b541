//! Search, type and orphans, above the list of objects.

use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use super::filters::Filters;
use super::types::ObjectTypes;
use crate::features::session::use_session;
use crate::ui::{FilterChips, FilterOption, SearchField};

/// The value of the chip that leaves nothing out.
const ALL: &str = "";
const ORPHANS: &str = "orphans";

/// The row above the table.
#[component]
pub(super) fn Toolbar(
    /// What is chosen.
    filters: Filters,
    /// What the chips name.
    types: ObjectTypes,
) -> impl IntoView {
    let session = use_session();
    let chip =
        |value: &str, label: &str| FilterOption { value: value.to_owned(), label: label.to_owned(), count: None };
    let options = Signal::derive(move || {
        let all = std::iter::once(chip(ALL, "All types"));
        all.chain(types.all().iter().map(|term| chip(&term.key, &term.label))).collect()
    });
    let orphans = Signal::derive(move || if filters.has_orphans_only() { ORPHANS } else { ALL }.to_owned());
    // Those who cannot mend an orphan need not look for one.
    let may_mend = Memo::new(move |_| session.may(ConsolePermission::ObjectsManage));
    view! {
        <div class="toolbar" role="search">
            <SearchField label="Search objects" value=filters.search id="object-search" />
            <FilterChips label="Type" options=options value=filters.kind on_change=move |kind| filters.kind.set(kind) />
            {move || may_mend.get().then(|| {
                let options = Signal::stored(vec![chip(ORPHANS, "Orphans")]);
                let toggle = move |_: String| filters.toggle_orphans();
                view! { <FilterChips label="State" options=options value=orphans on_change=toggle /> }
            })}
        </div>
    }
}
