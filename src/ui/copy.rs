//! "Copy to clipboard", and a field that shows what is copied.

use std::time::Duration;

use leptos::{html::Input, prelude::*, task::spawn_local};

use super::{
    button::{ButtonSize, ButtonVariant, button_class},
    dom,
    icon::Icon,
    message::use_messages,
};

const CONFIRMED_FOR: Duration = Duration::from_secs(2);

/// A button that copies a text and says "Copied".
#[component]
pub(crate) fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says. Default: "Copy to clipboard".
    #[prop(default = "Copy to clipboard")]
    label: &'static str,
    /// Its weight. Default: secondary.
    #[prop(optional)]
    variant: ButtonVariant,
    /// Runs where the browser refuses the clipboard, to select the text instead. Default: the failure is said.
    #[prop(optional, into)]
    on_refused: Option<Callback<()>>,
    /// Runs once it was copied. Default: nothing.
    #[prop(optional, into)]
    on_copied: Option<Callback<()>>,
) -> impl IntoView {
    let messages = use_messages();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            if dom::copy_text(&text).await {
                copied.try_set(true);
                on_copied.and_then(|on_copied| on_copied.try_run(()));
                messages.announce("Copied");
                set_timeout(
                    move || {
                        copied.try_set(false);
                    },
                    CONFIRMED_FOR,
                );
            } else if on_refused.and_then(|refused| refused.try_run(())).is_some() {
                messages.info("The browser refused the clipboard. The text is selected: press Ctrl+C.", None);
            } else {
                messages.failed("The browser refused the clipboard. Select the text and copy it.", None);
            }
        });
    };
    view! {
        <button type="button" class=button_class(variant, ButtonSize::Medium) on:click=copy>
            {move || {
                let icon = if copied.get() { Icon::Check } else { Icon::Copy };
                view! { <Icon icon=icon /> }
            }}
            <span class="button-label copy-label">
                // Both texts keep their place, so the button does not change its width.
                <span class:copy-hidden=copied>{label}</span>
                <span class:copy-hidden=move || !copied.get()>"Copied"</span>
            </span>
        </button>
    }
}

/// A text that cannot be changed, with a button that copies it: a link, a token.
#[component]
pub(crate) fn CopyField(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says. Default: "Copy to clipboard".
    #[prop(default = "Copy to clipboard")]
    copy_label: &'static str,
    /// Runs once it was copied, by the button or by hand. Default: nothing.
    #[prop(optional, into)]
    on_copied: Option<Callback<()>>,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let id = dom::unique_id("field");
    let copied = move || {
        on_copied.and_then(|on_copied| on_copied.try_run(()));
    };
    let select = move || {
        if let Some(input) = input.get_untracked() {
            dom::focus_element(&input);
            input.select();
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <div class="copy-field">
                <input node_ref=input id=id class="input input-code" readonly spellcheck="false" prop:value=text on:focus=move |_| select() on:copy=move |_| copied() />
                <CopyButton text=text label=copy_label on_refused=select on_copied=copied />
            </div>
        </div>
    }
}
