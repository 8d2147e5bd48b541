//! Somebody else is signed in than the invited person.

use domain::invitations::InvitationPreview;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Invitation;
use crate::features::session::use_session;
use crate::form::FormState;
use crate::ui::{Button, ButtonVariant, LinkButton};

/// Says who is signed in, and makes way for the invited person.
#[component]
pub(super) fn SomeoneElse(invitation: Invitation, form: FormState, preview: InvitationPreview) -> impl IntoView {
    let session = use_session();
    let present = preview.signed_in_as.unwrap_or_default();
    let text = ["You are signed in as ", &present, ". This invitation is for ", &preview.email, "."].concat();
    let sign_out = move || {
        if !form.begin() {
            return;
        }
        spawn_local(async move {
            match session.sign_out().await {
                Ok(()) => {
                    form.end();
                    invitation.look();
                }
                Err(error) => form.fail(error),
            }
        });
    };
    view! {
        <p>{text}</p>
        <Button label="Sign out and continue" variant=ButtonVariant::Primary busy=form.busy() on_click=sign_out />
        <LinkButton label="Stay signed in and go to Roster" href="/" />
    }
}
