//! Set-up: the one-time link, and the organization with its first Owner.

pub mod create;
pub mod store;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Code;
use domain::password::{PASSWORD_CHARS_MIN_ALONE, PasswordError, check_password};
use domain::profile::Profile;
use domain::secret::{Secret, SecretKind};
use domain::session::SessionView;
use domain::setup::{ProfileChoice, SetupRequest, SetupView};

use crate::app::App;
use crate::audit::Actor;
use crate::caller::Origin;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::respond::Json;
use crate::http::route::{COOKIES, Needs, Route};
use crate::{random, secrets, session};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/setup", Needs::Nobody, "Whether set-up is done, and what can be chosen", show)
            .gives::<SetupView>(),
        Route::post("/api/v1/setup", Needs::Nobody, "Set up the organization and its first Owner, once", set_up)
            .refuses(&[Code::AlreadySetUp, Code::NameTaken, Code::TooMany])
            .sends(COOKIES)
            .takes::<SetupRequest>()
            .gives::<SessionView>(),
    ]
}

/// Makes the one-time link when nothing is set up yet; the one printed before no longer works.
///
/// # Errors
/// When the store does not answer.
pub async fn new_link(app: &App) -> Outcome<Option<String>> {
    let mut tx = app.db.begin().await?;
    if store::is_done(&mut tx).await? {
        return Ok(None);
    }
    let secret = Secret::new(SecretKind::Setup, random::bytes()?);
    store::replace_token(&mut tx, &secrets::hash(secret.reveal()), app.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(format!("{}/set-up#{}", app.public_url, secret.reveal())))
}

/// The next link, where nothing is set up yet and the one printed before has ended.
///
/// # Errors
/// When the store does not answer.
pub async fn next_link(app: &App) -> Outcome<Option<String>> {
    let is_due = {
        let mut connection = app.db.reader().acquire().await?;
        store::is_link_due(&mut connection, app.clock.now()).await?
    };
    if is_due { new_link(app).await } else { Ok(None) }
}

async fn show(State(app): State<App>) -> Outcome<Json<SetupView>> {
    let mut connection = app.db.reader().acquire().await?;
    let done = store::is_done(&mut connection).await?;
    let profiles = if done { Vec::new() } else { app.profiles.iter().map(choice).collect() };
    Ok(Json(SetupView { done, profiles, password_chars_min: PASSWORD_CHARS_MIN_ALONE }))
}

fn choice(profile: &Profile) -> ProfileChoice {
    let levels = profile.levels.iter().map(|level| level.name.clone()).collect();
    ProfileChoice {
        key: profile.key.clone(),
        name: profile.name.clone(),
        description: profile.description.clone(),
        levels,
    }
}

async fn set_up(
    State(app): State<App>,
    origin: Origin,
    headers: HeaderMap,
    Body(request): Body<SetupRequest>,
) -> Outcome<Response> {
    let at = app.clock.now();
    app.attempts.take(origin.ip, at).map_err(|retry_after_s| Failure::TooMany { retry_after_s })?;
    let secret = Secret::parse(request.setup_token.trim())
        .ok()
        .filter(|secret| secret.kind() == SecretKind::Setup)
        .ok_or(Failure::AlreadySetUp)?;
    let token_hash = secrets::hash(secret.reveal());
    let profile = app
        .profile(&request.profile)
        .ok_or_else(|| Failure::field("profile", "unknown_profile", "Choose one of the profiles."))?;
    {
        let mut connection = app.db.reader().acquire().await?;
        store::require_token(&mut connection, &token_hash, at).await?;
    }
    let context = ["Roster", request.organization.as_str(), request.email.as_str(), request.display_name.as_str()];
    let fault = |error: PasswordError| Failure::field("password", error.code(), &error.to_string());
    check_password(&request.password, PASSWORD_CHARS_MIN_ALONE, &context).map_err(fault)?;
    app.hasher.check_common(&request.password).await?.map_err(fault)?;
    let chars = request.password.chars();
    let owner = create::NewOwner {
        organization: request.organization,
        email: request.email,
        name: request.display_name,
        password_hash: app.hasher.hash(&request.password).await?,
    };
    let mut tx = app.db.begin().await?;
    store::use_token(&mut tx, &token_hash, at).await?;
    let created = create::organization(&mut tx, profile, &owner, &Actor::nobody(&origin), at).await?;
    session::store::note_password_chars(&mut tx, created.person, None, chars).await?;
    tx.commit().await?;
    session::start(&app, &origin, &headers, created.person, Some(created.organization), at).await
}
