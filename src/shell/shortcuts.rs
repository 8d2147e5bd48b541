//! The list of keyboard shortcuts.

use leptos::prelude::*;

use crate::ui::{Dialog, DialogSize, Kbd};

/// Keys that are pressed together or one of which is pressed, and what they do.
const SHORTCUTS: [(&[&str], &str); 10] = [
    (&["Ctrl", "K"], "Search pages, actions and people"),
    (&["?"], "Show this list"),
    (&["/"], "Search in the list"),
    (&["↑", "↓"], "Move from row to row"),
    (&["Home", "End"], "First and last row"),
    (&["Enter"], "Open the row"),
    (&["Space"], "Select the row; on the board, grab the card and drop it"),
    (&["←", "→"], "On the board, the next column"),
    (&["Tab"], "Next control; in a list, the controls of the row"),
    (&["Esc"], "Close what is open"),
];

/// The dialog with the list.
#[component]
pub(super) fn Shortcuts(
    /// Runs when it is closed.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let line = |(keys, what): (&'static [&'static str], &'static str)| {
        view! {
            <dt>{keys.iter().map(|keys| view! { <Kbd keys=keys /> }).collect::<Vec<_>>()}</dt>
            <dd>{what}</dd>
        }
    };
    view! {
        <Dialog title="Keyboard shortcuts" size=DialogSize::Small on_close=on_close>
            <dl class="facts shortcuts">{SHORTCUTS.map(line).into_iter().collect::<Vec<_>>()}</dl>
        </Dialog>
    }
}
