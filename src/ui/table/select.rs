//! The check boxes by which rows of a table are selected.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

/// How much of a list is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    None,
    Some,
    All,
}

/// How much of a list with so many rows is selected.
pub(crate) const fn extent(picked: usize, total: usize) -> Extent {
    match picked {
        0 => Extent::None,
        picked if picked < total => Extent::Some,
        _ => Extent::All,
    }
}

/// The cell of the header with the check box for all rows. There is nothing to press while there are no rows, unless
/// some are selected that are gone since.
#[component]
pub(crate) fn SelectAllHead(
    /// How many rows are selected.
    #[prop(into)]
    picked: Signal<usize>,
    /// How many rows there are.
    #[prop(into)]
    total: Signal<usize>,
    /// Selects all, or none where all are selected.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    let extent = Memo::new(move |_| extent(picked.get(), total.get()));
    let press = move |event: MouseEvent| {
        on_press.run(());
        show_selected(&event, extent.get_untracked());
    };
    view! {
        <th scope="col" class="cell-check">
            <label class="choice">
                <input
                    type="checkbox"
                    disabled=move || total.get() == 0 && picked.get() == 0
                    prop:checked=move || extent.get() == Extent::All
                    prop:indeterminate=move || extent.get() == Extent::Some
                    on:click=press
                />
                <span class="sr-only">"Select all"</span>
            </label>
        </th>
    }
}

/// Makes a check box that was pressed show what is selected. The browser has turned it already, which stays where the press
/// selects nothing yet: rows that are not loaded are read first.
pub(crate) fn show_selected(event: &MouseEvent, extent: Extent) {
    let input: HtmlInputElement = event_target(event);
    input.set_checked(extent == Extent::All);
    input.set_indeterminate(extent == Extent::Some);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_tells_how_much_is_selected() {
        let cases = [
            (0, 0, Extent::None),
            (0, 5, Extent::None),
            (2, 5, Extent::Some),
            (5, 5, Extent::All),
            (6, 5, Extent::All),
        ];
        for (picked, total, expected) in cases {
            assert_eq!(extent(picked, total), expected, "{picked} of {total}");
        }
    }
}
