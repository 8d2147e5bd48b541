//! The product's and the organization's name; a menu of organizations for those who are in several.

use domain::OrganizationId;
use domain::organization::OrganizationRef;
use domain::session::SessionView;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use serde::Serialize;

use crate::api::Change;
use crate::features::session::{Session, use_session};
use crate::ui::{ButtonVariant, MenuButton, MenuItem, Messages, use_leave, use_messages};

#[derive(Serialize)]
struct Switch {
    organization_id: OrganizationId,
}

/// What stands at the upper left.
#[component]
pub(super) fn Brand() -> impl IntoView {
    let session = use_session();
    let name = Memo::new(move |_| session.with(|view| view.organization.name.clone()));
    let has_several = Memo::new(move |_| session.with(|view| view.organizations.len() > 1));
    view! {
        <div class="shell-brand">
            <a class="brand-home" href="/" aria-label="Roster, first page">
                <span class="brand-mark" aria-hidden="true"></span>
                <span class="brand-name">"Roster"</span>
            </a>
            {move || {
                if has_several.get() {
                    view! { <OrganizationMenu name=name /> }.into_any()
                } else {
                    view! { <span class="brand-organization truncate" data-tip=name>{name}</span> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn OrganizationMenu(name: Memo<String>) -> impl IntoView {
    let (session, messages, navigate, leave) = (use_session(), use_messages(), use_navigate(), use_leave());
    let items = move || {
        let (present, all) =
            untrack(|| session.view().map(|view| (Some(view.organization.id), view.organizations)).unwrap_or_default());
        let navigate = navigate.clone();
        let item = move |organization: OrganizationRef| {
            let navigate = navigate.clone();
            let id = organization.id;
            MenuItem::radio(organization.name, present == Some(id), move || {
                if present != Some(id) {
                    let navigate = navigate.clone();
                    leave.first_ask(move || {
                        navigate("/", Default::default());
                        switch(session, messages, id);
                    });
                }
            })
        };
        let heading = std::iter::once(MenuItem::heading("Organizations"));
        heading.chain(all.into_iter().map(item)).collect::<Vec<_>>()
    };
    view! { <MenuButton label=name variant=ButtonVariant::Quiet items=items /> }
}

fn switch(session: Session, messages: Messages, organization_id: OrganizationId) {
    spawn_local(async move {
        let change = Change::new(Method::PUT, "/api/v1/session/organization");
        match change.send::<_, SessionView>(&Switch { organization_id }).await {
            Ok(view) => {
                messages.success(["You are now in ", &view.organization.name, "."].concat(), None);
                session.start(view);
            }
            Err(error) => messages.failed(error.message(), None),
        }
    });
}
