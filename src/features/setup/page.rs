//! The page behind the link that the server printed.

use domain::secret::{Secret, SecretKind};
use domain::setup::SetupView;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::form::SetupForm;
use crate::features::session::{SessionState, use_session};
use crate::load::Loader;
use crate::shell::{PublicPage, forget_fragment, fragment};
use crate::ui::{ButtonVariant, LinkButton};

/// Set-up, or why it cannot be done here.
#[component]
pub(crate) fn SetupPage() -> impl IntoView {
    let hash = use_location().hash;
    let link = RwSignal::new(Link::of(&fragment()));
    // In memory from here on: the address bar is seen by others and kept in the history. The link opened once more in the same
    // tab changes nothing but the fragment.
    Effect::new(move |_| {
        let now = hash.with(|hash| Link::of(hash.trim_start_matches('#')));
        if now != Link::Missing {
            forget_fragment();
            if link.with_untracked(|known| *known != now) {
                link.set(now);
            }
        }
    });
    let setup = Loader::<SetupView>::new("/api/v1/setup");
    let draw = move |view: SetupView| {
        if view.done {
            return view! { <SetUpAlready /> }.into_any();
        }
        let view = StoredValue::new(view);
        let drawn = move || match link.get() {
            Link::Missing => view! { <LinkTakenOut /> }.into_any(),
            Link::Incomplete => view! { <LinkIncomplete /> }.into_any(),
            Link::Whole(token) => {
                view! { <SetupForm token=token setup=view.get_value() reload=move || setup.reload() /> }.into_any()
            }
        };
        drawn.into_any()
    };
    view! {
        <PublicPage title="Set up Roster" wide=true>
            {setup.draw(draw)}
        </PublicPage>
    }
}

/// What stands behind the `#` of the address.
#[derive(Clone, PartialEq)]
enum Link {
    /// Nothing: the page was loaded again, or opened without the link.
    Missing,
    /// Something that is no set-up link.
    Incomplete,
    /// The token.
    Whole(String),
}

impl Link {
    fn of(fragment: &str) -> Self {
        match read_token(fragment) {
            Some(token) => Self::Whole(token),
            None if fragment.trim().is_empty() => Self::Missing,
            None => Self::Incomplete,
        }
    }
}

/// The token of a set-up link, if it is whole.
fn read_token(fragment: &str) -> Option<String> {
    let secret = Secret::parse(fragment.trim()).ok()?;
    (secret.kind() == SecretKind::Setup).then(|| secret.reveal().to_owned())
}

#[component]
fn SetUpAlready() -> impl IntoView {
    let session = use_session();
    let is_in = Memo::new(move |_| matches!(session.state(), SessionState::SignedIn(_)));
    move || {
        if is_in.get() {
            view! {
                <p class="prose">"Set-up is done, and you are signed in."</p>
                <LinkButton label="Open Roster" href="/" variant=ButtonVariant::Primary />
            }
            .into_any()
        } else {
            view! {
                <p class="prose">"Set-up is done: an organization exists here. Whoever was invited signs in."</p>
                <LinkButton label="Sign in" href="/sign-in" variant=ButtonVariant::Primary />
            }
            .into_any()
        }
    }
}

/// The page was loaded again, or opened without the link.
#[component]
fn LinkTakenOut() -> impl IntoView {
    view! {
        <div class="prose">
            <p>
                "Open the set-up link once more: it is taken out of the address as soon as it is opened, so that nobody else reads it there. The server printed it on a line that begins with "
                <code>"Set up:"</code> ". It works until set-up is done, or the server is started anew."
            </p>
            <p class="muted">"The link is lost? Start the server again, and it prints a new one."</p>
        </div>
    }
}

#[component]
fn LinkIncomplete() -> impl IntoView {
    view! {
        <div class="prose">
            <p>
                "This is not the whole set-up link. The server printed it when it started, on a line that begins with " <code>"Set up:"</code>
                ". Copy all of it, up to the last letter, and open it again."
            </p>
            <p class="muted">"The link is lost? Start the server again, and it prints a new one."</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use domain::secret::{Secret, SecretKind};

    use super::read_token;

    #[test]
    fn only_a_whole_set_up_link_is_taken() {
        let setup = Secret::new(SecretKind::Setup, [7; 32]).reveal().to_owned();
        let invitation = Secret::new(SecretKind::Invitation, [7; 32]).reveal().to_owned();
        assert_eq!(read_token(&setup), Some(setup.clone()));
        for text in ["", "rstw_", &setup[..setup.len() - 1], &invitation] {
            assert_eq!(read_token(text), None, "{text}");
        }
    }
}
