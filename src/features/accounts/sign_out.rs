//! "Sign out everywhere": ends every session of a person at once.

use std::sync::Arc;

use domain::accounts::Account;
use leptos::{prelude::*, task::spawn_local};

use super::desk::Desk;
use super::questions::Attempt;
use crate::api::{self, Change};
use crate::ui::ConfirmDialog;

/// The question before it.
#[component]
pub(super) fn SignOutDialog(
    /// Where it is carried out.
    desk: Desk,
    /// Who is signed out.
    account: Arc<Account>,
) -> impl IntoView {
    let attempt = Attempt::new(desk, Arc::clone(&account));
    let title = ["Sign ", &account.display_name, " out everywhere?"].concat();
    let text = "Every browser in which they are signed in is signed out at once. They can sign in again.";
    let confirm = move || {
        if let Some(account) = attempt.begin() {
            spawn_local(async move {
                // The path is that of the products which Roster stands in for: by address, outside of the API's versions.
                let email = account.email.as_deref().unwrap_or(&account.handle);
                match Change::post(&["/api/logout/", &api::encode(email)].concat()).done().await {
                    Ok(()) => {
                        attempt.close();
                        desk.messages.success([&account.display_name, " was signed out everywhere."].concat(), None);
                    }
                    Err(error) => attempt.failed(&account, &error),
                }
            });
        }
    };
    view! {
        <ConfirmDialog
            title=title
            text=text
            confirm="Sign out everywhere"
            danger=true
            busy=attempt.busy
            error=attempt.error
            on_confirm=confirm
            on_close=move || attempt.close()
        />
    }
}
