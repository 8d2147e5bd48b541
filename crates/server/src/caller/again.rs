//! What a request came with, looked at once more when it holds its organization's lock: whatever was ended or narrowed by a
//! change that was answered before does nothing any more.

use std::sync::Arc;

use domain::tokens::TokenFault;

use super::credential::Credential;
use super::known_tokens::KnownToken;
use super::{Caller, store};
use crate::failure::{Failure, Outcome};
use crate::store::Tx;
use crate::tokens::store as tokens;

impl Caller {
    /// Refuses where the session or the token has ended since the request came in. The lock of the organization is held, as
    /// whoever ends one does. The caller with a token's scopes as they are now, and whether they have become others.
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
