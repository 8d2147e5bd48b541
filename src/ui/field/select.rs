//! The drop-down field.

use leptos::prelude::*;

use super::{FieldIds, frame, invalid};
use crate::ui::icon::Icon;

/// One line of a drop-down.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SelectOption {
    /// What the value becomes.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) label: String,
    /// Why it cannot be chosen; shown behind the label.
    pub(crate) disabled: Option<String>,
}

impl SelectOption {
    /// An option that can be chosen.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: None }
    }
}

/// A native drop-down with a label.
#[component]
pub(crate) fn Select(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// The value of the chosen option, read and written.
    value: RwSignal<String>,
    /// What can be chosen, in this order.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    /// A line below that helps to choose. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether something must be chosen. Default: no.
    #[prop(optional)]
    required: bool,
    /// The control's id. Default: a fresh one.
    #[prop(optional, into)]
    id: Option<String>,
    /// Runs with the new value after a person chose it. Default: nothing.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let ids = FieldIds::new(id);
    let change = move |event| {
        let chosen = event_target_value(&event);
        value.set(chosen.clone());
        if let Some(on_change) = on_change {
            on_change.run(chosen);
        }
    };
    let control = view! {
        <div class="select-group">
        <select
            id=ids.control.clone()
            class="input select"
            required=required
            aria-invalid=invalid(error)
            aria-describedby=ids.described_by.clone()
            on:change=change
        >
            {move || options.get().into_iter().map(|option| option_view(option, value)).collect::<Vec<_>>()}
        </select>
        <Icon icon=Icon::ChevronDown />
        </div>
    };
    frame(ids, label, required, hint, error, control.into_any())
}

fn option_view(option: SelectOption, value: RwSignal<String>) -> impl IntoView {
    let SelectOption { value: own, label, disabled } = option;
    let is_disabled = disabled.is_some();
    let text = match disabled {
        Some(reason) => [&label, " (", &reason, ")"].concat(),
        None => label,
    };
    // `selected` as a property and not on the select: it must hold also for options that arrive after the value.
    let chosen = own.clone();
    view! {
        <option value=own disabled=is_disabled prop:selected=move || value.with(|value| *value == chosen)>
            {text}
        </option>
    }
}
