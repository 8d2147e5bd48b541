//! What is shown instead of the console: no such page, no answer from the server.

use leptos::prelude::*;

use super::public::PublicPage;
use crate::api;
use crate::features::session::use_session;
use crate::ui::{Button, ButtonVariant, Icon, LinkButton};

/// There is no page at this address.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! {
        <PublicPage title="Page not found">
            <p class="prose">"There is nothing at this address. The link may be old, or a letter is missing."</p>
            <LinkButton label="Go to the first page" href="/" variant=ButtonVariant::Primary />
        </PublicPage>
    }
}

/// The server has not said who is signed in. It is asked again as soon as it can be reached.
#[component]
pub(super) fn FailedPage(reason: String) -> impl IntoView {
    let session = use_session();
    let is_away = Memo::new(|_| api::is_away());
    Effect::new(move |before: Option<bool>| {
        let is_away = is_away.get();
        if before == Some(true) && !is_away {
            session.refresh();
        }
        is_away
    });
    view! {
        <PublicPage title="Roster cannot be reached">
            <p class="prose" role="alert">{reason}</p>
            <Button label="Retry" icon=Icon::Refresh variant=ButtonVariant::Primary on_click=move || session.refresh() />
        </PublicPage>
        <super::connection::ConnectionBanner />
    }
}
