//! Declining an invitation, after one question.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Invitation;
use crate::api::Change;
use crate::ui::{Button, ButtonVariant, ConfirmDialog};

/// The button and its question.
#[component]
pub(super) fn Decline(invitation: Invitation, organization: String) -> impl IntoView {
    let (asking, busy) = (RwSignal::new(false), RwSignal::new(false));
    let failure = RwSignal::new(None::<String>);
    let text =
        ["You will not join ", &organization, ", and the link stops working. You can be invited again."].concat();
    let decline = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let organization = organization.clone();
        spawn_local(async move {
            match Change::post("/api/v1/invitations/decline").tell(&invitation.body()).await {
                Ok(()) => invitation.declined(organization),
                Err(error) if invitation.is_overtaken(&error) => {
                    asking.try_set(false);
                }
                Err(error) => {
                    failure.try_set(Some(error.message()));
                }
            }
            busy.try_set(false);
        });
    };
    let decline = Callback::new(move |()| decline());
    view! {
        <Button label="Decline" variant=ButtonVariant::Quiet on_click=move || asking.set(true) />
        {move || {
            asking
                .get()
                .then(|| {
                    view! {
                        <ConfirmDialog
                            title="Decline invitation?"
                            text=text.clone()
                            confirm="Decline"
                            danger=true
                            busy=busy
                            error=failure
                            on_confirm=decline
                            on_close=move || asking.set(false)
                        />
                    }
                })
        }}
    }
}
