//! By what a request says who it comes from: a session of the console, or an API token.

use std::sync::Arc;

use domain::effective::{Effective, Holdings};
use domain::session::CONFIRMATION_MS;
use domain::{AccountId, Timestamp, TokenId};

use super::known_tokens::KnownToken;

/// See the module.
#[derive(Clone)]
pub enum Credential {
    Session(SessionCredential),
    Token(Arc<KnownToken>),
}

/// A session of the console.
#[derive(Clone, Debug)]
pub struct SessionCredential {
    pub hash: String,
    /// The sign-in.
    pub began_at: Timestamp,
    /// When the password was proved last: at the sign-in, or since.
    pub proved_at: Timestamp,
    pub(super) last_seen_at: Timestamp,
}

impl SessionCredential {
    /// Whether the password was proved a short while ago (S12).
    #[must_use]
    pub const fn is_confirmed(&self, at: Timestamp) -> bool {
        at.since(self.proved_at) < CONFIRMATION_MS
    }
}

impl Credential {
    #[must_use]
    pub fn token_id(&self) -> Option<TokenId> {
        match self {
            Self::Session(_) => None,
            Self::Token(token) => Some(token.id),
        }
    }

    /// Whether it is a token cut down to some of its account's permissions.
    #[must_use]
    pub fn is_scoped(&self) -> bool {
        matches!(self, Self::Token(token) if token.scopes.is_some())
    }
}

/// The person for whom a service acts (F103).
#[derive(Clone, Debug)]
pub struct OnBehalf {
    pub account: AccountId,
    /// The handle: an e-mail key.
    pub handle: String,
    pub holdings: Arc<Holdings>,
    /// What the person holds.
    pub effective: Arc<Effective>,
    /// What the service's token holds by itself.
    pub of_service: Arc<Effective>,
}

impl OnBehalf {
    /// What both hold: all that the request may do.
    #[must_use]
    pub fn shared(&self) -> Effective {
        self.of_service.shared_with(&self.effective)
    }
}

/// One of those whose rights a request takes.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    pub account: AccountId,
    pub holdings: &'a Holdings,
    pub effective: &'a Effective,
}
