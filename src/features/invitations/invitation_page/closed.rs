//! Links that open nothing any more: why, and what can be done.

use domain::invitations::{InvitationPreview, LinkState};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Invitation;
use crate::api::Change;
use crate::ui::{Banner, Button, ButtonVariant, LinkButton, Tone};

/// Expired, replaced, outdated, used, withdrawn or declined.
#[component]
pub(super) fn ClosedInvitation(invitation: Invitation, preview: InvitationPreview) -> impl IntoView {
    let way = match preview.state {
        LinkState::Used if preview.signed_in_as.is_some() => {
            view! { <LinkButton label="Open Roster" href="/" variant=ButtonVariant::Primary /> }.into_any()
        }
        LinkState::Used => {
            view! { <LinkButton label="Sign in" href="/sign-in" variant=ButtonVariant::Primary /> }.into_any()
        }
        state if state.can_ask_for_new_link() => view! {
            <AskForLink invitation=invitation asked=preview.link_requested sender=preview.invited_by.clone() />
        }
        .into_any(),
        _ => ().into_any(),
    };
    view! {
        <p class="prose">{reason(&preview)}</p>
        {way}
    }
}

/// Why the link opens nothing, and what that means.
fn reason(preview: &InvitationPreview) -> String {
    let InvitationPreview { organization, invited_by, email, .. } = preview;
    match preview.state {
        LinkState::Open => String::new(),
        LinkState::Expired => {
            format!(
                "{invited_by} invited {email} to join {organization}, but the link was valid for a limited time only."
            )
        }
        LinkState::Replaced => format!(
            "There is a newer link for {email}, so this one no longer works. Use the newest link you were given, or ask {invited_by} for another."
        ),
        LinkState::Outdated => format!(
            "The access of {email} in {organization} was extended after this link was sent, so it no longer works. Ask {invited_by} for a new link."
        ),
        LinkState::Used => match &preview.signed_in_as {
            None => format!("{email} has joined {organization} with this link. Sign in to go on."),
            Some(present) => {
                format!("{email} has joined {organization} with this link. You are signed in as {present}.")
            }
        },
        LinkState::Withdrawn => {
            format!("The invitation to join {organization} was withdrawn. If that surprises you, ask {invited_by}.")
        }
        LinkState::Declined => {
            format!(
                "The invitation to join {organization} was declined. If you have changed your mind, ask {invited_by} to invite you again."
            )
        }
    }
}

#[component]
fn AskForLink(invitation: Invitation, asked: bool, sender: String) -> impl IntoView {
    let (asked, busy) = (RwSignal::new(asked), RwSignal::new(false));
    let failure = RwSignal::new(None::<String>);
    let ask = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match Change::post("/api/v1/invitations/request-link").tell(&invitation.body()).await {
                Ok(()) => {
                    asked.try_set(true);
                }
                Err(error) if invitation.is_overtaken(&error) => {}
                Err(error) => {
                    failure.try_set(Some(error.message()));
                }
            }
            busy.try_set(false);
        });
    };
    let told = [
        &sender,
        " can see that you would like a new link. You get it from them, or by mail; you can close this page.",
    ];
    let told = told.concat();
    move || {
        if asked.get() {
            view! { <Banner tone=Tone::Success title="A new link was asked for" text=told.clone() announce=true /> }
                .into_any()
        } else {
            view! {
                {move || failure.get().map(|text| view! { <Banner tone=Tone::Danger title=text announce=true /> })}
                <Button label="Ask for a new link" variant=ButtonVariant::Primary busy=busy on_click=ask />
            }
            .into_any()
        }
    }
}

/// The invited person has just declined.
#[component]
pub(super) fn Declined(organization: String) -> impl IntoView {
    let text =
        ["You declined the invitation to join ", &organization, ". Nothing else will happen; you can close this page."]
            .concat();
    view! { <p class="prose" role="status">{text}</p> }
}

/// The token is cut, mistyped, or of an invitation that is long gone.
#[component]
pub(super) fn Incomplete() -> impl IntoView {
    view! {
        <p class="prose">
            "Some programs break long links. Copy the whole link from where you got it, up to its last letter, and open it again. If that does not help, ask whoever invited you for a new one."
        </p>
    }
}

#[cfg(test)]
mod tests {
    use domain::invitations::{InvitationPreview, LinkState, LinkViewer};

    use super::reason;

    #[test]
    fn each_closed_link_says_what_became_of_it() {
        for (state, word) in [
            (LinkState::Expired, "limited time"),
            (LinkState::Replaced, "newer link"),
            (LinkState::Outdated, "new link"),
            (LinkState::Used, "Sign in"),
            (LinkState::Withdrawn, "withdrawn"),
            (LinkState::Declined, "declined"),
        ] {
            let preview = InvitationPreview {
                state,
                viewer: LinkViewer::NotSignedIn,
                organization: "Acme".to_owned(),
                invited_by: "Ana".to_owned(),
                email: "ben@example.com".to_owned(),
                level: None,
                level_word: "Level".to_owned(),
                groups: Vec::new(),
                expires_at: None,
                signed_in_as: None,
                password_chars_min: 15,
                link_requested: false,
            };
            assert!(reason(&preview).contains(word), "{word}");
        }
    }
}
