//! What is done with tokens: the question that is open, and the requests behind it.

use std::sync::Arc;

use domain::problem::Code;
use domain::tokens::{
    BulkRevoke, MintedToken, RevokeToken, RotateToken, RotatedToken, SecretText, Token, TokenChange, TokenRevocation,
};
use gloo_net::http::Method;
use leptos::prelude::*;

use super::narrow_dialog::NarrowDialog;
use super::revoke_dialog::RevokeDialog;
use super::rotate_dialog::RotateDialog;
use super::secret_dialog::SecretDialog;
use super::token_form::Offered;
use super::words::{TOKENS, path};
use crate::api::{ApiError, Change};
use crate::features::session::{Session, use_session};
use crate::ui::{Messages, use_messages};

/// What stands before or after an act on one token.
#[derive(Clone)]
pub(super) enum Question {
    Narrow(Arc<Token>),
    Rotate(Arc<Token>),
    Revoke(Arc<Token>),
    /// Just made: its secret is shown once.
    Secret(Arc<MintedToken>),
}

/// Where acts on tokens are carried out.
#[derive(Clone, Copy)]
pub(super) struct TokenActs {
    pub(super) question: RwSignal<Option<Question>>,
    pub(super) session: Session,
    pub(super) messages: Messages,
    /// Runs when tokens were changed.
    on_changed: Callback<()>,
}

impl TokenActs {
    pub(super) fn new(on_changed: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            question: RwSignal::new(None),
            session: use_session(),
            messages: use_messages(),
            on_changed: Callback::new(move |()| on_changed()),
        }
    }

    pub(super) fn ask(self, question: Question) {
        self.question.set(Some(question));
    }

    pub(super) fn close(self) {
        self.question.try_set(None);
    }

    pub(super) fn changed(self) {
        self.on_changed.try_run(());
    }

    /// The sentence for a failure; whoever is signed out is sent to sign in.
    pub(super) fn told(self, error: &ApiError) -> String {
        match error.code() {
            Some(Code::NotSignedIn) => self.session.end(),
            Some(Code::Stale | Code::NotFound) => self.changed(),
            _ => {}
        }
        error.first_message()
    }
}

/// The dialog of the question that is open.
#[component]
pub(super) fn Questions(
    /// Where the answer is carried out.
    acts: TokenActs,
    /// What the account of all these tokens may do. Default: it is read where it is needed.
    #[prop(optional)]
    offered: Option<Offered>,
) -> impl IntoView {
    move || {
        acts.question.get().map(|question| match question {
            Question::Narrow(token) => view! { <NarrowDialog acts=acts token=token offered=offered /> }.into_any(),
            Question::Rotate(token) => view! { <RotateDialog acts=acts token=token /> }.into_any(),
            Question::Revoke(token) => view! { <RevokeDialog acts=acts token=token /> }.into_any(),
            Question::Secret(minted) => {
                view! { <SecretDialog minted=minted on_close=move || acts.close() /> }.into_any()
            }
        })
    }
}

/// Gives a token another name, or less to do.
pub(super) async fn change(token: &Token, change: &TokenChange) -> Result<Token, ApiError> {
    Change::new(Method::PATCH, &path(token)).version(token.version).send(change).await
}

/// Ends a token at once. Whoever has its secret may, whatever else they may do.
pub(super) async fn revoke(token: &Token, reason: &str, secret: Option<SecretText>) -> Result<(), ApiError> {
    let request = RevokeToken { reason: reason.trim().to_owned(), secret };
    Change::new(Method::DELETE, &path(token)).tell(&request).await
}

/// Makes the successor of a token.
pub(super) async fn rotate(token: &Token, request: &RotateToken) -> Result<RotatedToken, ApiError> {
    Change::post(&[&path(token), "/rotate"].concat()).once().send(request).await
}

/// Ends many tokens, or says what that would do.
pub(super) async fn revoke_all(request: &BulkRevoke) -> Result<TokenRevocation, ApiError> {
    Change::post(&[TOKENS, "/revoke"].concat()).send(request).await
}
