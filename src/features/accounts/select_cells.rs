//! The check boxes by which rows are selected: one in each row, and one above them for all.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::desk::Desk;
use super::row::Row;
use crate::ui::{Extent, SelectAllHead, show_selected};

/// The check box of a row. With Shift it selects all rows from the one that was pressed before.
#[component]
pub(crate) fn SelectCell(
    /// The row.
    row: Row,
    /// Where the row stands.
    index: Signal<usize>,
) -> impl IntoView {
    view! { <td class="cell-check"><SelectBox row=row index=index part=0 /></td> }
}

/// The check box alone.
#[component]
pub(super) fn SelectBox(
    /// The row.
    row: Row,
    /// Where the row stands in its list.
    index: Signal<usize>,
    /// Which list of the page it is in.
    part: u16,
) -> impl IntoView {
    let selection = row.desk.selection;
    let is_picked = Memo::new(move |_| row.id().is_some_and(|id| selection.has(id)));
    let label = move || row.read(|account| ["Select ", &account.display_name].concat());
    let press = move |event: MouseEvent| {
        selection.press(row.desk.list, part, index.get_untracked(), event.shift_key());
        show_selected(&event, if is_picked.get_untracked() { Extent::All } else { Extent::None });
    };
    // Shift and a click would mark the text between.
    let keep_text = move |event: MouseEvent| {
        if event.shift_key() {
            event.prevent_default();
        }
    };
    view! {
        <label class="choice" on:mousedown=keep_text>
            <input type="checkbox" prop:checked=is_picked on:click=press />
            <span class="sr-only">{label}</span>
        </label>
    }
}

/// The check box for all rows that fit.
#[component]
pub(crate) fn SelectHead(
    /// The list and its selection.
    desk: Desk,
) -> impl IntoView {
    let picked = Signal::derive(move || desk.selection.count());
    view! { <SelectAllHead picked=picked total=desk.list.total on_press=move |()| desk.selection.press_all(desk.list) /> }
}
