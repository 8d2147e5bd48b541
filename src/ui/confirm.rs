//! The question before an act.

use leptos::prelude::*;

use super::{
    badge::Tone,
    button::{Button, ButtonVariant},
    dialog::{Dialog, DialogSize, Dismiss},
    page::Banner,
};

/// A dialog that asks once more. It is open while it is mounted.
#[component]
pub(crate) fn ConfirmDialog(
    /// The question, such as "Resend invitation?".
    #[prop(into)]
    title: Signal<String>,
    /// What will happen and what is kept.
    #[prop(into)]
    text: Signal<String>,
    /// The verb on the button, such as "Resend".
    #[prop(into)]
    confirm: Signal<String>,
    /// Whether the act takes something away. Default: no.
    #[prop(optional)]
    danger: bool,
    /// Whether the act is under way. Default: no.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why the act failed. Default: it did not.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Why it cannot be confirmed yet, such as a text still to be typed; empty: it can. Default: it can.
    #[prop(optional, into)]
    disabled_reason: Signal<String>,
    /// Runs on the button.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Runs on "Cancel", Escape and the close button.
    #[prop(into)]
    on_close: Callback<()>,
    /// What stands below the text, such as a field to type in. Default: nothing.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let variant = if danger { ButtonVariant::Danger } else { ButtonVariant::Primary };
    let dismiss = if children.is_some() { Dismiss::Guarded } else { Dismiss::Free };
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=on_close />
            <Button label=confirm variant=variant busy=busy disabled_reason=disabled_reason on_click=on_confirm />
        }
    };
    view! {
        <Dialog title=title size=DialogSize::Small dismiss=dismiss on_close=on_close footer=footer>
            <p class="prose">{text}</p>
            {children.map(|children| children())}
            {move || error.get().map(|error| view! { <Banner tone=Tone::Danger title=error announce=true /> })}
        </Dialog>
    }
}
