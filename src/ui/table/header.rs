//! Column headers that sort.

use leptos::prelude::*;

use crate::ui::icon::Icon;

/// Which way a column is sorted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortDirection {
    /// From A to Z, from old to new.
    Ascending,
    /// From Z to A, from new to old.
    Descending,
}

/// A column header with a button that sorts. Columns that do not sort are a plain `<th scope="col">`.
#[component]
pub(crate) fn SortHeader(
    /// The column's name.
    label: &'static str,
    /// Which way the table is sorted by this column now; `None` while it is sorted by another.
    #[prop(into)]
    direction: Signal<Option<SortDirection>>,
    /// Runs when the button is pressed; the caller decides what comes next.
    #[prop(into)]
    on_sort: Callback<()>,
    /// The class of the cell, the same as that of the column's `<td>`. Default: none.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let aria = move || match direction.get() {
        Some(SortDirection::Ascending) => "ascending",
        Some(SortDirection::Descending) => "descending",
        None => "none",
    };
    view! {
        <th scope="col" class=class aria-sort=aria>
            <button type="button" class="sort" on:click=move |_| on_sort.run(())>
                {label}
                <Icon icon=Icon::ArrowDown />
            </button>
        </th>
    }
}
