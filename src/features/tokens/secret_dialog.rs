//! The secret of a new token, shown once: copied, or closed only after a warning.

use std::sync::Arc;

use domain::tokens::MintedToken;
use leptos::prelude::*;

use super::words::curl;
use crate::ui::{Banner, Button, ButtonVariant, CopyField, Dialog, Dismiss, Tone, use_leave};

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn SecretDialog(
    /// The token with its secret.
    minted: Arc<MintedToken>,
    /// Runs when a person closes it, with the secret copied or let go.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let is_warned = RwSignal::new(false);
    // Also the tab is not closed by a slip.
    use_leave().guard(Signal::derive(move || !is_copied.get()));
    let close = move || {
        if is_copied.get_untracked() || is_warned.get_untracked() {
            on_close.run(());
        } else {
            is_warned.set(true);
        }
    };
    let copied = Callback::new(move |()| {
        is_copied.try_set(true);
        is_warned.try_set(false);
    });
    let secret = minted.secret.reveal().to_owned();
    let line = curl(&window().location().origin().unwrap_or_default(), &secret);
    let title = ["The token ", &minted.token.name].concat();
    let label = Signal::derive(move || if is_warned.get() { "Close without copying" } else { "Done" }.to_owned());
    let footer = move || {
        view! {
            {move || is_warned.get().then(|| view! { <Button label="Back" on_click=move || is_warned.set(false) /> })}
            {move || {
                let variant = if is_warned.get() { ButtonVariant::Danger } else { ButtonVariant::Primary };
                view! { <Button label=label variant=variant on_click=close /> }
            }}
        }
    };
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=close footer=footer>
            {move || if is_warned.get() {
                view! {
                    <Banner
                        tone=Tone::Danger
                        title="You have not copied it"
                        text="Nobody can show it again. Without a copy you have to revoke it and make another."
                        announce=true
                    />
                }
            } else {
                view! {
                    <Banner
                        tone=Tone::Warning
                        title="This is the only time it is shown"
                        text="Copy it now, and keep it where secrets are kept. Roster stores no more than a hash of it."
                        announce=false
                    />
                }
            }}
            <CopyField label="Token" text=Signal::stored(secret) on_copied=copied />
            <CopyField label="Try it" text=Signal::stored(line) copy_label="Copy curl command" on_copied=copied />
        </Dialog>
    }
}
