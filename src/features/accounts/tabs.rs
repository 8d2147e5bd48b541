//! What the pages of accounts share: their tabs, and the button that invites.

use domain::accounts::StatusCounts;
use domain::permissions::ConsolePermission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::features::session::use_session;
use crate::ui::{Button, ButtonVariant, Icon, TabLink, TabLinks};

const INVITATIONS: &str = "/accounts/invitations";
/// Where service accounts are listed.
pub(crate) const SERVICES: &str = "/accounts/services";
/// Where all API tokens are listed.
const TOKENS: &str = "/accounts/tokens";

/// "User accounts", "Service accounts", "Invitations" and, for those who may see them, "API tokens" (F11).
#[component]
pub(crate) fn AccountTabs(
    /// Of user accounts, for the number of open invitations. Default: it is not shown.
    #[prop(optional, into)]
    counts: Signal<Option<StatusCounts>>,
) -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    let links = Signal::derive(move || {
        let here = path.with(|path| path.trim_end_matches('/').to_owned());
        let open = counts.get().map(|counts| counts.open_invitations()).and_then(|count| usize::try_from(count).ok());
        let has_tokens = session.may(ConsolePermission::TokensManageAll);
        [
            ("/accounts", "User accounts", None),
            (SERVICES, "Service accounts", None),
            (INVITATIONS, "Invitations", open),
            (TOKENS, "API tokens", None),
        ]
        .into_iter()
        .filter(|(href, ..)| *href != TOKENS || has_tokens)
        .map(|(href, label, count)| TabLink {
            href: href.to_owned(),
            label: label.to_owned(),
            count,
            // The list stands at `/`, too.
            current: if here.is_empty() { href == "/accounts" } else { href == here },
        })
        .collect()
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
