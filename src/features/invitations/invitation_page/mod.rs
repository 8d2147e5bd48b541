//! The page behind an invitation link, for the invited person. Opening it changes nothing.

mod accept;
mod closed;
mod decline;
mod facts;
mod someone_else;

use domain::Code;
use domain::invitations::{InvitationPreview, InvitationToken, LinkState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use self::accept::OpenInvitation;
use self::closed::{ClosedInvitation, Declined, Incomplete};
use crate::api::{ApiError, Change};
use crate::shell::PublicPage;
use crate::ui::{Button, Icon, Skeleton};

/// What is known of the link.
#[derive(Clone, PartialEq)]
enum View {
    Asking,
    Known(InvitationPreview),
    /// No invitation has this token.
    Incomplete,
    Declined(String),
    Failed(String),
}

/// The link in the address, and what it opens.
#[derive(Clone, Copy)]
struct Invitation {
    /// It stays in the address until it is used up, so that the page can be loaded again.
    token: Memo<String>,
    view: RwSignal<View>,
}

impl Invitation {
    fn body(self) -> InvitationToken {
        InvitationToken { token: self.token.get_untracked() }
    }

    /// Asks what the link opens now.
    fn look(self) {
        spawn_local(async move {
            let asked = self.body();
            let answer = Change::post("/api/v1/invitations/preview").send::<_, InvitationPreview>(&asked).await;
            if self.token.try_get_untracked() == Some(asked.token) {
                self.view.try_set(match answer {
                    Ok(preview) => View::Known(preview),
                    Err(error) if error.code() == Some(Code::NotFound) => View::Incomplete,
                    Err(error) => View::Failed(error.message()),
                });
            }
        });
    }

    /// Shows how the link is now, if that is why it failed. False for everything else.
    fn is_overtaken(self, error: &ApiError) -> bool {
        let is_overtaken = matches!(error.code(), Some(Code::LinkDead | Code::SignedInAsOther | Code::NotFound));
        if is_overtaken {
            self.look();
        }
        is_overtaken
    }

    fn declined(self, organization: String) {
        self.view.set(View::Declined(organization));
    }
}

/// Accepts or declines an invitation, or says why neither can be done.
#[component]
pub(crate) fn InvitationPage() -> impl IntoView {
    let hash = use_location().hash;
    let token = Memo::new(move |_| hash.with(|hash| hash.trim_start_matches('#').trim().to_owned()));
    let invitation = Invitation { token, view: RwSignal::new(View::Asking) };
    // Another link opened in the same tab changes nothing but the fragment.
    Effect::new(move |_| {
        if token.with(String::is_empty) {
            invitation.view.set(View::Incomplete);
        } else {
            invitation.view.set(View::Asking);
            invitation.look();
        }
    });
    let title = Signal::derive(move || invitation.view.with(title));
    view! {
        <PublicPage title=title>
            {move || match invitation.view.get() {
                View::Asking => view! { <Skeleton lines=5 /> }.into_any(),
                View::Known(preview) if preview.state == LinkState::Open => {
                    view! { <OpenInvitation invitation=invitation preview=preview /> }.into_any()
                }
                View::Known(preview) => view! { <ClosedInvitation invitation=invitation preview=preview /> }.into_any(),
                View::Incomplete => view! { <Incomplete /> }.into_any(),
                View::Declined(organization) => view! { <Declined organization=organization /> }.into_any(),
                View::Failed(reason) => view! { <Unknown invitation=invitation reason=reason /> }.into_any(),
            }}
        </PublicPage>
    }
}

fn title(view: &View) -> String {
    match view {
        View::Known(preview) => match preview.state {
            LinkState::Open => ["Join ", &preview.organization].concat(),
            LinkState::Expired => "This link has expired".to_owned(),
            LinkState::Replaced => "There is a newer link".to_owned(),
            LinkState::Outdated => "You need a new link".to_owned(),
            LinkState::Used => "Accepted already".to_owned(),
            LinkState::Withdrawn => "Invitation withdrawn".to_owned(),
            LinkState::Declined => "Invitation declined".to_owned(),
        },
        View::Declined(_) => "Invitation declined".to_owned(),
        View::Incomplete => "This link is not complete".to_owned(),
        View::Asking | View::Failed(_) => "Invitation".to_owned(),
    }
}

#[component]
fn Unknown(invitation: Invitation, reason: String) -> impl IntoView {
    view! {
        <p class="prose" role="alert">{reason}</p>
        <Button label="Retry" icon=Icon::Refresh on_click=move || invitation.look() />
    }
}
