//! `PATCH tokens/{id}`: another name, or fewer scopes.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::tokens::{Token, TokenChange};

use super::{mint, path_id, reach, store};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::version::{self, Versioned};

pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(change): Body<TokenChange>,
) -> Outcome<Versioned<Token>> {
    let (id, seen) = (path_id(&id)?, version::required(&headers)?);
    // A token of another name does what it did: those in memory stay good.
    let (mut tx, caller) = match change.scopes {
        Some(_) => caller.begin_tokens(&app).await?,
        None => caller.begin_plain(&app).await?,
    };
    let before = store::lookup(&mut tx, caller.organization.id, id).await?;
    reach::require_change(&mut tx, &caller, &before.account).await?;
    let mut faults = change.faults(&before);
    if faults.is_empty() {
        let account = accounts::store::lookup(&mut tx, caller.organization.id, before.account.id, caller.at).await?;
        // Of scopes that it has the account may have lost some since; they stay, and give nothing.
        let added = change.scopes.as_deref().filter(|_| before.scopes.is_none());
        faults = mint::scope_faults(&mut tx, &caller, &account, added).await?;
    }
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let name = change.name.map_or_else(|| before.name.clone(), |name| name.to_string());
    let named = Token { name, ..before.clone() };
    store::change(&mut tx, caller.organization.id, &named, change.scopes.as_deref(), seen).await?;
    let after = store::lookup(&mut tx, caller.organization.id, id).await?;
    let event = Event::new("token.changed", id).before(&mint::audited(&before)).after(&mint::audited(&after));
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(Versioned(after))
}
