//! What the pages of accounts share: their tabs, and the button that invites.

use domain::accounts::StatusCounts;
use domain::permissions::ConsolePermission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::features::session::use_session;
use crate::ui::{Button, ButtonVariant, Icon, TabLink, TabLinks};

const INVITATIONS: &str = "/accounts/invitations";

/// "User accounts" and "Invitations".
#[component]
pub(crate) fn AccountTabs(
    /// For the number of open invitations.
    counts: RwSignal<Option<StatusCounts>>,
) -> impl IntoView {
    let path = use_location().pathname;
    let links = Signal::derive(move || {
        let is_invitations = path.with(|path| path == INVITATIONS);
        let open = counts.get().map(|counts| counts.open_invitations()).and_then(|count| usize::try_from(count).ok());
        let link = |href: &str, label: &str, count, current| TabLink {
            href: href.to_owned(),
            label: label.to_owned(),
            count,
            current,
        };
        vec![
            link("/accounts", "User accounts", None, !is_invitations),
            link(INVITATIONS, "Invitations", open, is_invitations),
        ]
    });
    view! { <TabLinks label="Accounts" links=links /> }
}

/// "Invite users": absent for those who may not, and greyed out with the reason when no seats are left (F11, F25).
#[component]
pub(crate) fn InviteButton(
    /// Whether the dialog is open.
    inviting: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let may_invite = Memo::new(move |_| session.may(ConsolePermission::AccountsInvite));
    let reason = Signal::derive(move || {
        let is_full = session.with(|session| session.organization.seats_left == Some(0));
        let reason =
            "No seats are left. Deactivate an account, withdraw an invitation or raise the number of seats first.";
        if is_full { reason.to_owned() } else { String::new() }
    });
    move || {
        may_invite.get().then(|| {
            let open = move || inviting.set(true);
            view! { <Button label="Invite users" icon=Icon::Plus variant=ButtonVariant::Primary disabled_reason=reason on_click=open /> }
        })
    }
}
