//! `POST session/confirmation`: the own password once more, before something sensitive (S12).

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::EmailAddress;
use domain::secret::{SECRET_DIGITS, base62};
use domain::session::ConfirmRequest;

use super::sign_in::{Credentials, check, device_cookie};
use super::store;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::address::Guesser;
use crate::http::body::Body;
use crate::http::cookies;
use crate::{organization, random, secrets};

/// Guesses are counted, and their answer costs the same, as at the sign-in. The session goes on under a new id, so that
/// whoever knows the older one does not rise with it (S9).
pub(super) async fn confirm(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(request): Body<ConfirmRequest>,
) -> Outcome<Response> {
    let (person, session) = (caller.person()?, caller.session()?);
    // By the person, who is known: strangers behind the same address do not stand in the way.
    let guesser = Guesser::Person(person.id);
    app.attempts.take(guesser, caller.at).map_err(|retry_after_s| Failure::TooMany { retry_after_s })?;
    let name = EmailAddress::parse(&person.email).map_or_else(|_| person.email.clone(), |email| email.key().to_owned());
    let credentials = Credentials { name, password: request.password };
    let chars = credentials.password.chars();
    let proved = check(&app, &caller.origin, &headers, &credentials, caller.at).await?;
    let mut tx = app.db.begin().await?;
    store::lock_person(&mut tx, person.id).await?;
    organization::store::lock(&mut tx, caller.organization.id).await?;
    let renewed = base62(&random::bytes::<32>()?, SECRET_DIGITS);
    store::renew(&mut tx, &session.hash, &secrets::hash(&renewed), caller.at).await?;
    store::forget_guesses(&mut tx, &proved.bucket).await?;
    store::note_password_chars(&mut tx, person.id, proved.person.password_chars, chars).await?;
    let event = Event::new("session.confirmed", caller.account_id);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    for cookie in cookies::signed_in(&renewed, &device_cookie(&app, &headers, person.id)?, app.session_limits) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
