//! "Revoke": when the token was last used, why it goes, and the end of it.

use std::sync::Arc;

use domain::Timestamp;
use domain::tokens::{REASON_CHARS_MAX, Token};
use leptos::{prelude::*, task::spawn_local};

use super::acts::{TokenActs, revoke};
use super::words::{hint, used};
use crate::ui::{ConfirmDialog, TextField, relative_time, use_now};

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn RevokeDialog(
    /// Where it is carried out.
    acts: TokenActs,
    /// The token, which works.
    token: Arc<Token>,
) -> impl IntoView {
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let reason = RwSignal::new(String::new());
    let title = ["Revoke ", &token.name, "?"].concat();
    let now = use_now();
    let last = {
        let token = Arc::clone(&token);
        move || [used(&token, |at: Timestamp| relative_time(at.millis(), now.get())).as_str(), "."].concat()
    };
    let of = [&hint(&token), " of ", &token.account.name].concat();
    let confirm = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let (token, why) = (Arc::clone(&token), reason.get_untracked());
        spawn_local(async move {
            match revoke(&token, &why, None).await {
                Ok(()) => {
                    acts.close();
                    acts.messages.success([&token.name, " was revoked."].concat(), None);
                    acts.changed();
                }
                Err(failure) => {
                    busy.try_set(false);
                    error.try_set(Some(acts.told(&failure)));
                }
            }
        });
    };
    view! {
        <ConfirmDialog
            title=title
            text="Whatever uses it is refused from the next request on. This cannot be taken back."
            confirm="Revoke"
            danger=true
            busy=busy
            error=error
            on_confirm=confirm
            on_close=move || acts.close()
        >
            <p class="prose"><code>{of}</code></p>
            <p class="prose">{last}</p>
            <TextField label="Reason" value=reason max_length=REASON_CHARS_MAX placeholder="Leaked, replaced, no longer needed" hint="For those who look later." />
        </ConfirmDialog>
    }
}
