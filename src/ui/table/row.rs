//! One row that exists: shows whichever index it is given.

use leptos::prelude::*;

use super::component::RowParts;

/// The row's element, with the caller's cells in it.
pub(super) fn row_view(parts: RowParts, index: RwSignal<usize>) -> impl IntoView {
    let RowParts { total, cells, is_loaded, is_selected, active } = parts;
    let class = move || {
        let index = index.get();
        let loaded = is_loaded.is_none_or(|is_loaded| is_loaded.run(index));
        let selected = is_selected.is_some_and(|is_selected| is_selected.run(index));
        match (loaded, selected) {
            (false, _) => "row row-missing",
            (true, true) => "row row-selected",
            (true, false) => "row",
        }
    };
    view! {
        <tr
            role="row"
            class=class
            aria-rowindex=move || (index.get() + 2).to_string()
            aria-selected=is_selected.map(|is_selected| move || if is_selected.run(index.get()) { "true" } else { "false" })
            tabindex=move || if active.get() == index.get() { "0" } else { "-1" }
            hidden={move || index.get() >= total.get()}
        >
            {cells.run(index.into())}
        </tr>
    }
}
