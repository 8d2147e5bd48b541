//! "List" and "Board": the two ways in which accounts are shown.

use leptos::prelude::*;

use super::address::Address;
use super::desk::Desk;
use crate::ui::{Icon, IconButton};

/// The two buttons; nothing where the organization has no levels, for a board has a column for each.
#[component]
pub(super) fn ViewToggle(
    /// Who looks at which organization.
    desk: Desk,
    /// Where the choice is written.
    address: Address,
) -> impl IntoView {
    let has_levels = Memo::new(move |_| desk.rights().has_levels);
    let is_board = address.board();
    let is_list = Signal::derive(move || !is_board.get());
    move || {
        has_levels.get().then(|| view! {
            <div class="view-toggle" role="group" aria-label="View">
                <IconButton label="List" icon=Icon::List pressed=is_list on_click=move || address.show_board(false) />
                <IconButton label="Board" icon=Icon::Board pressed=is_board on_click=move || address.show_board(true) />
            </div>
        })
    }
}
