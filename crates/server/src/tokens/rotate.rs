//! `POST tokens/{id}/rotate`: a successor with the same limits, beside which the old one works on for a while.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::accounts::AccountKind;
use domain::text::Name;
use domain::time::HOUR_MS;
use domain::tokens::{MintedToken, NewToken, OVERLAP_HOURS_DEFAULT, RotateToken, RotatedToken, Token};

use super::{mint, path_id, reach, store};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::http::respond::Json;

pub(super) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(request): Body<RotateToken>,
) -> Outcome<Response> {
    let id = path_id(&id)?;
    let (mut tx, caller) = caller.begin_tokens(&app).await?;
    let before = store::lookup(&mut tx, caller.organization.id, id).await?;
    reach::require_view(&caller, &before.account)?;
    let account = accounts::store::lookup(&mut tx, caller.organization.id, before.account.id, caller.at).await?;
    // The answer has a secret: of a person's tokens only that person gets one, as when it is made.
    match account.kind {
        AccountKind::User => mint::require_mint(&caller, &account)?,
        AccountKind::Service => reach::require_change(&mut tx, &caller, &before.account).await?,
    }
    caller.require_confirmed()?;
    let end = request.end(&before, caller.at);
    if account.kind == AccountKind::Service && !caller.is_own(account.id) {
        mint::require_gift(&mut tx, &caller, account.id, before.scopes.as_deref(), end).await?;
    }
    let mut faults = request.faults(&caller.organization.tokens, end, caller.at);
    faults.extend(why_not(&before, caller.at));
    faults.extend(mint::too_many(&mut tx, account.id, caller.at).await?);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let name = Name::parse(&before.name).map_err(|error| Failure::Internal(format!("a token's name: {error}")))?;
    let new = NewToken {
        name,
        expires_at: end,
        scopes: before.scopes.clone(),
        networks: before.networks.clone(),
        on_behalf: before.on_behalf,
    };
    mint::require_no_wider(&caller, account.id, &new)?;
    let (successor, secret) = mint::write(&mut tx, &caller, before.account.id, before.account.kind, &new).await?;
    let overlap_hours = request.overlap_hours.unwrap_or(OVERLAP_HOURS_DEFAULT);
    let ends_at = caller.at.plus(i64::from(overlap_hours) * HOUR_MS);
    store::set_successor(&mut tx, id, successor, ends_at).await?;
    let token = store::lookup(&mut tx, caller.organization.id, successor).await?;
    let after = store::lookup(&mut tx, caller.organization.id, id).await?;
    let events = vec![
        Event::new("token.created", successor).after(&mint::audited(&token)),
        Event::new("token.rotated", id).before(&mint::audited(&before)).after(&mint::audited(&after)),
    ];
    audit::store::record_all(&mut tx, caller.organization.id, &(&caller).into(), caller.at, events).await?;
    tx.commit().await?;
    let answer = RotatedToken { minted: MintedToken { token, secret }, before: after };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Why a token has no successor: it has ended, or has one.
fn why_not(token: &Token, at: domain::Timestamp) -> Option<domain::FieldError> {
    let fault = |code, words: &str| Some(domain::FieldError::new("id", code, words.to_owned()));
    if !token.works(at) {
        return fault("ended", "This token has ended. Generate a new one.");
    }
    token.replaced_by.and_then(|_| fault("rotated", "This token has a successor already. Rotate that one."))
}
