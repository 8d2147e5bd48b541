//! Signing in and out, and what the console learns of who it serves.

mod confirm;
mod log_out;
pub mod sign_in;
pub mod store;

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::effective::RoleBook;
use domain::levels::{self, Level};
use domain::permissions::ConsolePermission;
use domain::secret::{SECRET_DIGITS, base62};
use domain::session::{ConfirmRequest, SessionAccount, SessionOrganization, SessionView, SignInRequest, lacking};
use domain::time::HOUR_MS;
use domain::{OrganizationId, PersonId, Timestamp};
use serde::Deserialize;

use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::{self, Caller, Origin};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::carried::Carried;
use crate::http::cookies;
use crate::http::guard::MaybeCaller;
use crate::http::respond::Json;
use crate::http::route::{Needs, Route};
use crate::{objects, organization, random, secrets};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/session", Needs::Nobody, "Sign in", sign_in::sign_in)
            .takes::<SignInRequest>()
            .gives::<SessionView>(),
        Route::get("/api/v1/session", Needs::Session, "Who is signed in, and what they may do", show)
            .reads(Carried::Tag)
            .gives::<SessionView>(),
        Route::delete("/api/v1/session", Needs::Nobody, "Sign out", sign_out),
        Route::put(
            "/api/v1/session/organization",
            Needs::Session,
            "Change to another organization of one's own",
            switch,
        )
        .takes::<SwitchRequest>()
        .gives::<SessionView>(),
        Route::post(
            "/api/v1/session/confirmation",
            Needs::Session,
            "Prove the own password once more, before something sensitive",
            confirm::confirm,
        )
        .takes::<ConfirmRequest>(),
        Route::post(
            "/api/logout/{email}",
            Needs::Permission(ConsolePermission::SessionsRevoke),
            "End every session of a person in the organization",
            log_out::log_out,
        ),
    ]
}

/// `PUT session/organization`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SwitchRequest {
    #[schema(value_type = String)]
    organization_id: OrganizationId,
}

/// Who is signed in; nothing new for whoever has the answer already, by its tag.
async fn show(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Outcome<Response> {
    let view = serde_json::to_string(&view(&app, &caller).await?);
    let body = view.map_err(|error| Failure::Internal(error.to_string()))?;
    let tag = format!("\"{}\"", secrets::hash(&body));
    if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    Ok(([(CONTENT_TYPE, "application/json".to_owned()), (ETAG, tag)], body).into_response())
}

/// Ends the session, also one that is over already, and tells the browser to forget what it holds.
async fn sign_out(State(app): State<App>, MaybeCaller(caller): MaybeCaller) -> Outcome<Response> {
    if let Some(caller) = caller {
        let session = caller.session()?;
        let mut tx = app.db.begin().await?;
        organization::store::lock(&mut tx, caller.organization.id).await?;
        store::end(&mut tx, &session.hash, caller.at).await?;
        audit::store::record(
            &mut tx,
            caller.organization.id,
            &(&caller).into(),
            caller.at,
            Event::new("session.ended", caller.account_id),
        )
        .await?;
        tx.commit().await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert("clear-site-data", axum::http::HeaderValue::from_static("\"cache\""));
    for cookie in cookies::signed_out() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn switch(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(request): Body<SwitchRequest>,
) -> Outcome<Response> {
    let mut connection = app.db.reader().acquire().await?;
    let organization = Some(request.organization_id);
    let (person, session) = (caller.person()?.id, caller.session()?);
    let own = store::active_account(&mut connection, person, organization, caller.at).await?;
    own.ok_or(Failure::NotFound)?;
    drop(connection);
    let begun = Begun { person, organization, since: session.began_at, proved_at: session.proved_at, guesses: None };
    start_from(&app, &caller.origin, &headers, begun, caller.at).await
}

/// Whose session begins, where, and since when its lifetime counts.
struct Begun {
    person: PersonId,
    organization: Option<OrganizationId>,
    since: Timestamp,
    /// When the password was proved last.
    proved_at: Timestamp,
    /// By what the guesses were counted that are forgotten now.
    guesses: Option<String>,
}

/// Starts a session of a person who proved who they are, in one organization of theirs; an older session of the same
/// browser ends. Answers with what the console needs, and the cookies.
///
/// # Errors
/// `WrongCredentials` when the person has no active account.
pub async fn start(
    app: &App,
    origin: &Origin,
    headers: &HeaderMap,
    person: PersonId,
    organization: Option<OrganizationId>,
    at: Timestamp,
) -> Outcome<Response> {
    start_from(app, origin, headers, Begun { person, organization, since: at, proved_at: at, guesses: None }, at).await
}

async fn start_from(app: &App, origin: &Origin, headers: &HeaderMap, begun: Begun, at: Timestamp) -> Outcome<Response> {
    let Begun { person, organization, since, proved_at, guesses } = begun;
    let session = base62(&random::bytes::<32>()?, SECRET_DIGITS);
    let account = {
        let mut connection = app.db.reader().acquire().await?;
        store::active_account(&mut connection, person, organization, at).await?
    };
    let Some(account) = account else {
        // The password was right, and none of the person's accounts is active.
        sign_in::note_refusal(app, origin, Some(person), at);
        return Err(Failure::WrongCredentials);
    };
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, account.organization).await?;
    if store::is_signed_out_since(&mut tx, account.id, proved_at).await? {
        return Err(Failure::ConfirmationRequired);
    }
    if let Some(old) = cookies::get(headers, cookies::SESSION) {
        store::end(&mut tx, &secrets::hash(old), at).await?;
    }
    let user_agent = headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let expires_at = since.plus(app.session_limits.absolute_ms);
    let new = store::NewSession {
        id_hash: secrets::hash(&session),
        person,
        account: &account,
        origin,
        user_agent,
        created_at: since,
        expires_at,
    };
    store::insert(&mut tx, &new, at).await?;
    if let Some(bucket) = guesses {
        store::forget_guesses(&mut tx, &bucket).await?;
    }
    audit::store::record(
        &mut tx,
        account.organization,
        &Actor::account(account.id, origin),
        at,
        Event::new("session.started", account.id),
    )
    .await?;
    tx.commit().await?;
    let caller = caller::session::find(app, &session, origin).await?.ok_or(Failure::WrongCredentials)?;
    let mut response = Json(view(app, &caller).await?).into_response();
    for cookie in cookies::signed_in(&session, &sign_in::device_cookie(app, headers, person)?, app.session_limits) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The levels of a role book, highest first.
#[must_use]
pub fn levels(book: &RoleBook) -> Vec<Level> {
    let mut levels: Vec<Level> = book
        .roles()
        .filter_map(|role| {
            let permissions = book.expand(&role.permissions);
            role.level_rank.map(|rank| Level {
                key: role.key.clone(),
                name: role.name.clone(),
                description: role.description.clone(),
                rank,
                permissions,
            })
        })
        .collect();
    levels.sort_by_key(|level| std::cmp::Reverse(level.rank));
    levels
}

async fn view(app: &App, caller: &Caller) -> Outcome<SessionView> {
    let row = &caller.organization;
    let profile =
        app.profile(&row.profile).ok_or_else(|| Failure::Internal(format!("profile {} is not loaded", row.profile)))?;
    let levels = levels(&caller.book);
    let mut connection = app.db.reader().acquire().await?;
    let seats_left = match row.seats {
        Some(seats) => Some(seats.saturating_sub(organization::store::seats_taken(&mut connection, row.id).await?)),
        None => None,
    };
    let has_objects = objects::store::has_any(&mut connection, caller).await?;
    let person = caller.person()?.clone();
    let organizations = organization::store::of_person(&mut connection, person.id, caller.at).await?;
    Ok(SessionView {
        person,
        account: SessionAccount {
            id: caller.account_id,
            is_owner: caller.effective.is_owner(),
            level: caller.level.clone(),
        },
        organization: SessionOrganization {
            id: row.id,
            name: row.name.clone(),
            level_word: profile.words.level.clone(),
            deactivated_word: profile.words.deactivated.clone(),
            default_level: levels::default_level(
                &levels,
                row.default_level.as_deref(),
                profile.default_level.as_deref(),
            )
            .map(|level| level.key.clone()),
            levels,
            seats_left,
            invitation_ttl_hours: u32::try_from(row.invitation_ttl_ms / HOUR_MS).unwrap_or(u32::MAX),
            has_mail: app.has_mail,
            tokens: row.tokens,
        },
        permissions: caller.effective.keys().map(str::to_owned).collect(),
        organizations,
        has_objects,
        lacking: lacking(&caller.effective, &caller.book),
    })
}
