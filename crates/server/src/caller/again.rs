//! Checks a request's session or token again under the organization's lock, so that a sign-out, a revocation or a narrowing
//! that was answered before the change began applies to it.

use std::sync::Arc;

use domain::tokens::TokenFault;

use super::credential::Credential;
use super::known_tokens::KnownToken;
use super::{Caller, store};
use crate::failure::{Failure, Outcome};
use crate::store::Tx;
use crate::tokens::store as tokens;

impl Caller {
    /// Refuses if the session or token has ended since the request arrived. Call it while holding the organization's lock, which
    /// ending either one takes too. Returns the caller with the token's current scopes, and whether they have changed.
    ///
    /// # Errors
    /// `NotSignedIn` for a session, `InvalidToken` for a token.
    pub async fn with_credential(self, tx: &mut Tx) -> Outcome<(Self, bool)> {
        match &self.credential {
            Credential::Session(session) => {
                store::require_going_on(tx, &session.hash, self.at).await?;
                Ok((self, false))
            }
            Credential::Token(token) if token.tokens_revision == self.organization.tokens_revision => Ok((self, false)),
            Credential::Token(token) => {
                let now = self.token_now(tx, token).await?;
                let has_changed = now.scopes != token.scopes;
                Ok((Self { credential: Credential::Token(Arc::new(now)), ..self }, has_changed))
            }
        }
    }

    async fn token_now(&self, tx: &mut Tx, known: &KnownToken) -> Outcome<KnownToken> {
        let row = tokens::find_by_hash(tx, &known.hash).await?;
        let row = row.ok_or(Failure::InvalidToken(TokenFault::Unknown))?;
        if let Some(fault) = row.state.fault(Some(self.origin.ip), self.at) {
            return Err(Failure::InvalidToken(fault));
        }
        if self.on_behalf.is_some() && !row.on_behalf {
            return Err(Failure::InvalidToken(TokenFault::OnBehalf));
        }
        Ok(known.with(row.state, row.scopes, self.organization.tokens_revision))
    }
}
