//! `POST tokens/lookup`: a token was found somewhere; whose is it?

use axum::extract::State;
use domain::secret;
use domain::tokens::{Token, TokenLookup};

use super::{reach, store};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::secrets;
use crate::version::Versioned;

/// The secret is in the request's body alone; the log and the audit row name the token by its id.
pub(super) async fn lookup(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<TokenLookup>,
) -> Outcome<Versioned<Token>> {
    let words =
        "There is no complete API token in this: rsts_ or rstu_, 43 letters and digits, an underscore and 6 more.";
    let secret = secret::find_within(request.secret.reveal()).filter(caller::token::is_token);
    let secret = secret.ok_or_else(|| Failure::field("secret", "malformed", words))?;
    let (mut tx, caller) = caller.begin_plain(&app).await?;
    let row = store::find_by_hash(&mut tx, &secrets::hash(secret.reveal())).await?;
    // Of another organization's token nobody here learns even that it is one.
    let row = row.filter(|row| row.organization == caller.organization.id).ok_or(Failure::NotFound)?;
    let token = store::lookup(&mut tx, caller.organization.id, row.id).await?;
    reach::require_view(&caller, &token.account)?;
    let event = Event::new("token.looked_up", token.id);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(Versioned(token))
}
