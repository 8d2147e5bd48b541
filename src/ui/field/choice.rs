//! Check boxes, switches and radio groups.

use leptos::prelude::*;

use super::{FieldIds, hint_and_error, invalid};
use crate::ui::dom;

/// A check box with its label to the right.
#[component]
pub(crate) fn Checkbox(
    /// The label. With `label_hidden` only screen readers have it.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is checked.
    #[prop(into)]
    checked: Signal<bool>,
    /// Runs with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// Whether some but not all of what it stands for are checked. Default: no.
    #[prop(optional, into)]
    mixed: Signal<bool>,
    /// A second line below the label. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Whether the label is for screen readers only, as in a table. Default: no.
    #[prop(optional)]
    label_hidden: bool,
    /// Why it cannot be changed; an empty text means that it can. Default: it can.
    #[prop(optional, into)]
    disabled_reason: Option<Signal<String>>,
) -> impl IntoView {
    let hint = hint.or(disabled_reason);
    let hint_id = hint.map(|_| dom::unique_id("hint"));
    let fixed = move || disabled_reason.is_some_and(|reason| reason.with(|reason| !reason.is_empty()));
    view! {
        <label class="choice">
            <input
                type="checkbox"
                prop:checked=checked
                prop:indeterminate=mixed
                disabled=fixed
                aria-describedby=hint_id.clone()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class=if label_hidden { "sr-only" } else { "choice-label" }>{label}</span>
            {hint.map(|hint| view! { <span class="choice-hint" id=hint_id>{hint}</span> })}
        </label>
    }
}

/// An on-off switch that acts at once.
#[component]
pub(crate) fn Switch(
    /// The label to the right.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is on.
    #[prop(into)]
    checked: Signal<bool>,
    /// Runs with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// A second line below the label. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Whether a change is under way, during which it cannot be changed again. Default: no.
    #[prop(optional, into)]
    busy: Signal<bool>,
) -> impl IntoView {
    let hint_id = hint.map(|_| dom::unique_id("hint"));
    view! {
        <label class="choice choice-switch">
            <input
                type="checkbox"
                role="switch"
                prop:checked=checked
                disabled=busy
                aria-describedby=hint_id.clone()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class="choice-label">{label}</span>
            {hint.map(|hint| view! { <span class="choice-hint" id=hint_id>{hint}</span> })}
        </label>
    }
}

/// One option of a radio group.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RadioOption {
    /// What the value becomes.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) label: String,
    /// A second line; empty for none.
    pub(crate) hint: String,
    /// Why it cannot be chosen; shown in place of the hint.
    pub(crate) disabled: Option<String>,
}

impl RadioOption {
    /// An option that can be chosen.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: hint.into(), disabled: None }
    }

    /// The same option, greyed out for a reason; `None` leaves it as it is.
    pub(crate) fn disabled(mut self, reason: Option<String>) -> Self {
        self.disabled = reason;
        self
    }
}

/// Options of which one is chosen, each on its own line.
#[component]
pub(crate) fn RadioGroup(
    /// The visible label of the group.
    #[prop(into)]
    label: Signal<String>,
    /// The value of the chosen option, read and written.
    value: RwSignal<String>,
    /// What can be chosen, in this order.
    #[prop(into)]
    options: Signal<Vec<RadioOption>>,
    /// A line below that helps to choose. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let FieldIds { control: name, hint: hint_id, error: error_id, described_by } = FieldIds::new(None);
    let radios = move || {
        let radio = |option| radio_view(option, name.clone(), value, error);
        options.get().into_iter().map(radio).collect::<Vec<_>>()
    };
    view! {
        <fieldset class="field radio-group" aria-describedby=described_by>
            <legend class="field-label">{label}</legend>
            {radios}
            {hint_and_error(hint_id, error_id, hint, error)}
        </fieldset>
    }
}

fn radio_view(
    option: RadioOption,
    name: String,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let RadioOption { value: own, label, hint, disabled } = option;
    let hint_id = dom::unique_id("hint");
    let (chosen, chooses) = (own.clone(), own.clone());
    view! {
        <label class="choice">
            <input
                type="radio"
                name=name
                value=own
                disabled=disabled.is_some()
                aria-describedby=hint_id.clone()
                aria-invalid=invalid(error)
                prop:checked=move || value.with(|value| *value == chosen)
                on:change=move |_| value.set(chooses.clone())
            />
            <span class="choice-label">{label}</span>
            <span class="choice-hint" id=hint_id>{disabled.unwrap_or(hint)}</span>
        </label>
    }
}
