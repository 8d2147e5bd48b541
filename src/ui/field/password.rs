//! The password field.

use leptos::prelude::*;

use super::{FieldIds, frame, invalid};
use crate::ui::{button::IconButton, icon::Icon};

/// A field for a password, which can be shown. Pasting is allowed, and password managers are told what it is.
#[component]
pub(crate) fn PasswordField(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// The password, read and written.
    value: RwSignal<String>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// A line below that helps to fill it in. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it must be filled in. Default: yes.
    #[prop(default = true)]
    required: bool,
    /// The `name` attribute, for password managers. Default: `password`.
    #[prop(default = "password")]
    name: &'static str,
    /// Whether it takes the focus when its dialog or page opens. Default: no.
    #[prop(optional)]
    autofocus: bool,
    /// The control's id. Default: a fresh one.
    #[prop(optional, into)]
    id: Option<String>,
    /// What stands below the field, such as a `StrengthMeter`. Default: nothing.
    #[prop(optional, into)]
    meter: ViewFnOnce,
) -> impl IntoView {
    let ids = FieldIds::new(id);
    let shown = RwSignal::new(false);
    let control = view! {
        <div class="input-group">
            <input
                id=ids.control.clone()
                class="input"
                type=move || if shown.get() { "text" } else { "password" }
                name=name
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                required=required
                autofocus=autofocus
                aria-invalid=invalid(error)
                aria-describedby=ids.described_by.clone()
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            <IconButton label="Show password" icon=Icon::Eye pressed=shown on_click=move || shown.update(|shown| *shown = !*shown) />
        </div>
        {meter.run()}
    };
    frame(ids, label, required, hint, error, control.into_any())
}
