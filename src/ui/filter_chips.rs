//! Chips that narrow a list down, with counts.

use leptos::prelude::*;

use super::text::grouped;

/// One chip.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FilterOption {
    /// What names it to the program.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) label: String,
    /// How many things it leaves. Default: not shown.
    pub(crate) count: Option<usize>,
}

/// A row of chips of which one is pressed.
#[component]
pub(crate) fn FilterChips(
    /// The name of the row for screen readers, such as "Status".
    #[prop(into)]
    label: String,
    /// The chips, in this order.
    #[prop(into)]
    options: Signal<Vec<FilterOption>>,
    /// The value of the pressed chip.
    #[prop(into)]
    value: Signal<String>,
    /// Runs with the value of the chip that is pressed.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let chip = move |option: FilterOption| {
        let FilterOption { value: own, label, count } = option;
        let (pressed, sent) = (own.clone(), own);
        view! {
            <button
                type="button"
                class="filter-chip"
                aria-pressed=move || value.with(|value| if *value == pressed { "true" } else { "false" })
                on:click=move |_| on_change.run(sent.clone())
            >
                {label}
                {count.map(|count| view! { <span class="count">{grouped(count)}</span> })}
            </button>
        }
    };
    view! {
        <div class="filter-chips" role="group" aria-label=label>
            {move || options.get().into_iter().map(chip).collect::<Vec<_>>()}
        </div>
    }
}
