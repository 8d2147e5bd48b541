//! Deleting a service account for good, with its id typed (F100, F125).

use std::sync::Arc;

use domain::accounts::{Account, DeleteAccount};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use crate::api::Change;
use crate::features::accounts::{Attempt, Desk, SERVICES};
use crate::ui::{ConfirmDialog, InputKind, TextField, text::grouped};

/// The question before it.
#[component]
pub(crate) fn DeleteServiceDialog(
    /// Where it is carried out.
    desk: Desk,
    /// Which one goes.
    account: Arc<Account>,
) -> impl IntoView {
    let navigate = use_navigate();
    let attempt = Attempt::new(desk, Arc::clone(&account));
    let typed = RwSignal::new(String::new());
    let title = ["Delete ", &account.display_name, "?"].concat();
    let tokens = match account.tokens.unwrap_or_default() {
        0 => "It has no token that works.".to_owned(),
        1 => "Its one token stops working at once.".to_owned(),
        count => ["Its ", &grouped(count as usize), " tokens stop working at once."].concat(),
    };
    let text = ["It goes for good, and its id is never given again. ", &tokens].concat();
    let label = ["Type ", &account.handle, " to confirm"].concat();
    let handle = account.handle.clone();
    let waits = Signal::derive(move || {
        let fits = typed.with(|typed| DeleteAccount { confirm: typed.clone() }.fits(&handle));
        if fits { String::new() } else { "Type the id first.".to_owned() }
    });
    let confirm = move || {
        let Some(account) = attempt.begin() else { return };
        let (request, navigate) = (DeleteAccount { confirm: typed.get_untracked() }, navigate.clone());
        spawn_local(async move {
            let path = ["/api/v1/accounts/", &account.id.to_string()].concat();
            match Change::new(Method::DELETE, &path).version(account.version).tell(&request).await {
                Ok(()) => {
                    attempt.close();
                    desk.messages.success([&account.display_name, " was deleted."].concat(), None);
                    if desk.list.is_of_one() {
                        navigate(SERVICES, Default::default());
                    } else {
                        desk.list.remove(account.id);
                        desk.list.refresh();
                    }
                }
                Err(error) => attempt.failed(&account, &error),
            }
        });
    };
    view! {
        <ConfirmDialog
            title=title
            text=text
            confirm="Delete"
            danger=true
            busy=attempt.busy
            error=attempt.error
            disabled_reason=waits
            on_confirm=confirm
            on_close=move || attempt.close()
        >
            <TextField label=label value=typed kind=InputKind::Code />
        </ConfirmDialog>
    }
}
