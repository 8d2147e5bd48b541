//! `POST session/confirmation`: the own password once more, before something sensitive (S12).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::EmailAddress;
use domain::session::ConfirmRequest;

use super::sign_in::{Credentials, check};
use super::store;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::organization;

/// Guesses are counted, and their answer costs the same, as at the sign-in.
pub(super) async fn confirm(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(request): Body<ConfirmRequest>,
) -> Outcome<StatusCode> {
    let (person, session) = (caller.person()?, caller.session()?);
    app.attempts.take(caller.origin.ip, caller.at).map_err(|retry_after_s| Failure::TooMany { retry_after_s })?;
    let name = EmailAddress::parse(&person.email).map_or_else(|_| person.email.clone(), |email| email.key().to_owned());
    let credentials = Credentials { name, password: request.password };
    let proved = check(&app, &caller.origin, &headers, &credentials, caller.at).await?;
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, caller.organization.id).await?;
    store::confirm(&mut tx, &session.hash, caller.at).await?;
    store::forget_guesses(&mut tx, &proved.bucket).await?;
    let event = Event::new("session.confirmed", caller.account_id);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
