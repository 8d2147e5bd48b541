//! Form fields: a label, a control, a hint and an error that are linked to each other.

mod choice;
mod password;
mod select;
mod text;

use leptos::{ev::SubmitEvent, prelude::*};

pub(crate) use choice::{Checkbox, RadioGroup, RadioOption, Switch};
pub(crate) use password::PasswordField;
pub(crate) use select::{Select, SelectOption};
pub(crate) use text::{InputKind, TextField, Textarea};

/// The ids of a field's parts, from the id of its control.
pub(super) struct FieldIds {
    pub(super) control: String,
    pub(super) hint: String,
    pub(super) error: String,
    /// What `aria-describedby` of the control holds.
    pub(super) described_by: String,
}

impl FieldIds {
    pub(super) fn new(id: Option<String>) -> Self {
        let control = id.unwrap_or_else(|| super::dom::unique_id("field"));
        let hint = [&control, "-hint"].concat();
        let error = [&control, "-error"].concat();
        let described_by = [&hint, " ", &error].concat();
        Self { control, hint, error, described_by }
    }
}

/// "true" while there is an error, for `aria-invalid`.
pub(super) fn invalid(
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
    move || error.with(|error| error.is_some().then_some("true"))
}

/// Label, control, hint and error, one below the other.
pub(super) fn frame(
    ids: FieldIds,
    label: Signal<String>,
    required: bool,
    hint: Option<Signal<String>>,
    error: Signal<Option<String>>,
    control: AnyView,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for=ids.control>
                {label}
                {required.then(|| view! { <span class="field-required" aria-hidden="true">"*"</span> })}
            </label>
            {control}
            {hint_and_error(ids.hint, ids.error, hint, error)}
        </div>
    }
}

/// The two lines below a control. Both exist while empty, so that `aria-describedby` always points to something.
pub(super) fn hint_and_error(
    hint_id: String,
    error_id: String,
    hint: Option<Signal<String>>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p class="field-hint" id=hint_id>{hint}</p>
        <p class="field-error" id=error_id>{move || error.get()}</p>
    }
}

/// A form that the console sends itself. Browser bubbles are off: the fields show their errors.
#[component]
pub(crate) fn Form(
    /// The form's id, for buttons outside of it and for `focus_first_invalid`.
    #[prop(into)]
    id: String,
    /// Runs on Enter in a field and on the submit button.
    #[prop(into)]
    on_submit: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        on_submit.run(());
    };
    view! {
        <form id=id class="form" novalidate on:submit=submit>
            {children()}
        </form>
    }
}
