//! Who is signed in: one answer for the whole console.

mod confirm_dialog;
mod follow;
mod new_password;
mod sign_in_page;

use domain::permissions::ConsolePermission;
use domain::session::SessionView;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, ApiError, Change};
use crate::drafts;

pub(crate) use confirm_dialog::{CONFIRM_TITLE, Confirmation, ConfirmationDialog};
pub(crate) use new_password::{NewPassword, PasswordContext};
pub(crate) use sign_in_page::SignInPage;

/// What is known of the session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SessionState {
    /// The question is on its way.
    Asking,
    SignedIn(Box<SessionView>),
    SignedOut,
    /// The server was not reached, or had no answer.
    Failed(String),
}

/// The session of the console, in a context.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    state: RwSignal<SessionState>,
    /// How often it began, ended or was renewed here: what was asked for before is out of date.
    epoch: StoredValue<u32>,
    /// Whether it ended by itself, and not because its person signed out here.
    lapsed: StoredValue<bool>,
}

impl Session {
    /// What is known, reactively.
    pub(crate) fn state(self) -> SessionState {
        self.state.get()
    }

    /// The session, reactively, where somebody is signed in.
    pub(crate) fn view(self) -> Option<SessionView> {
        self.state.with(|state| if let SessionState::SignedIn(view) = state { Some((**view).clone()) } else { None })
    }

    /// Something of the session, reactively; the default where nobody is signed in.
    pub(crate) fn with<T: Default>(self, read: impl FnOnce(&SessionView) -> T) -> T {
        self.state.with(|state| if let SessionState::SignedIn(view) = state { read(view) } else { T::default() })
    }

    /// Whether whoever is signed in holds a permission, reactively.
    pub(crate) fn may(self, permission: ConsolePermission) -> bool {
        self.with(|view| view.may(permission))
    }

    /// Takes the answer of signing in.
    pub(crate) fn start(self, view: SessionView) {
        self.lapsed.set_value(false);
        remember_first(&view);
        self.change(SessionState::SignedIn(Box::new(view)));
    }

    /// Nobody is signed in any more; to be called on every 401 too.
    pub(crate) fn end(self) {
        if self.state.with_untracked(|state| matches!(state, SessionState::SignedIn(_))) {
            self.lapsed.set_value(true);
        }
        self.change(SessionState::SignedOut);
    }

    /// Whether the session ended without its person's doing: what was typed is then to be kept.
    pub(crate) fn has_lapsed(self) -> bool {
        self.lapsed.get_value()
    }

    fn change(self, state: SessionState) {
        self.epoch.update_value(|epoch| *epoch = epoch.wrapping_add(1));
        // What stays the same is not drawn anew.
        if self.state.with_untracked(|now| *now != state) {
            self.state.set(state);
        }
    }

    /// Asks the server again, for what changes with settings or rights.
    pub(crate) fn refresh(self) {
        spawn_local(async move {
            match api::get::<SessionView>("/api/v1/session").await {
                Ok(view) => self.start(view),
                Err(ApiError::Problem(problem)) if problem.status == 401 => self.end(),
                // What is known stays, while the server is away.
                Err(error) => self.state.update(|state| {
                    if *state == SessionState::Asking {
                        *state = SessionState::Failed(error.message());
                    }
                }),
            }
        });
    }

    /// Signs out, here and on the server; without the server the cookie stays, and so does the session.
    pub(crate) async fn sign_out(self) -> Result<(), ApiError> {
        Change::new(gloo_net::http::Method::DELETE, "/api/v1/session").done().await?;
        drafts::forget();
        self.lapsed.set_value(false);
        self.change(SessionState::SignedOut);
        Ok(())
    }
}

/// The cookie that hints that somebody is signed in, as the server sets it beside the session's own. It opens nothing.
const HINT: &str = "__Host-signed_in=1";
/// In the browser's storage: that whoever was signed in last does not begin with the list of accounts.
const FIRST: &str = "first";

/// Remembers whether the list of accounts is worth asking for before the session is known: `boot.js` asks for it, unless it
/// was refused to whoever was signed in here last.
fn remember_first(view: &SessionView) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    let sees_accounts = view.may(ConsolePermission::AccountsView);
    // Without storage the list is asked for and refused, which does no harm.
    if sees_accounts {
        storage.remove_item(FIRST).ok()
    } else {
        storage.set_item(FIRST, "profile").ok()
    };
}

/// Provides the session, and asks for it where somebody may be signed in.
pub(crate) fn provide_session() {
    let session = Session {
        state: RwSignal::new(SessionState::Asking),
        epoch: StoredValue::new(0),
        lapsed: StoredValue::new(false),
    };
    provide_context(session);
    follow::follow(session);
    let cookies = js_sys::Reflect::get(&document(), &"cookie".into()).ok().and_then(|cookies| cookies.as_string());
    if cookies.is_some_and(|cookies| cookies.split("; ").any(|cookie| cookie == HINT)) {
        session.refresh();
    } else {
        session.end();
    }
}

/// The session of the console.
pub(crate) fn use_session() -> Session {
    expect_context()
}
