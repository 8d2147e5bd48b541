//! The switch that lets a service account in and out at once (F98).

use std::sync::Arc;

use domain::accounts::{Account, AccountStatus, StatusChange};
use leptos::prelude::*;

use crate::features::accounts::Desk;
use crate::ui::Switch;

/// "Active". What it was comes back where the server refuses.
#[component]
pub(crate) fn ActiveSwitch(
    /// Where it is carried out.
    desk: Desk,
    /// The account as it is by now.
    account: Signal<Option<Arc<Account>>>,
) -> impl IntoView {
    let is_active =
        move || account.with(|account| account.as_ref().map(|account| account.status == AccountStatus::Active));
    // Also set anew where it stays as it was: the browser has moved the switch already.
    let checked = RwSignal::new(false);
    Effect::new(move |_| {
        account.track();
        checked.set(is_active() == Some(true));
    });
    let change = move |on: bool| {
        checked.set(on);
        let status = if on { StatusChange::Active } else { StatusChange::Deactivated };
        if let Some(account) = account.get_untracked() {
            desk.set_status(&account, status);
        }
    };
    let hint = Signal::derive(move || {
        let words = if checked.get() {
            "While it is active, its tokens work."
        } else {
            "Deactivated: none of its tokens works."
        };
        words.to_owned()
    });
    view! { <Switch label="Active" checked=checked on_change=change hint=hint /> }
}
