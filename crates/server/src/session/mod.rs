//! Signing in and out, and what the console learns of who it serves.

mod confirm;
mod log_out;
pub mod refused;
pub mod sign_in;
pub mod store;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::Code;
use domain::effective::RoleBook;
use domain::levels::{self, Level};
use domain::permissions::ConsolePermission;
use domain::secret::{SECRET_DIGITS, base62};
use domain::session::{ConfirmRequest, SessionAccount, SessionOrganization, SessionView, SignInRequest, lacking};
use domain::time::HOUR_MS;
use domain::{OrganizationId, PersonId, Timestamp};
use serde::Deserialize;
use store::SignIn;

use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::{self, Caller, Origin, SessionCredential};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::carried::Carried;
use crate::http::cookies;
use crate::http::respond::Json;
use crate::http::route::{COOKIES, Needs, Route};
use crate::store::Tx;
use crate::{objects, organization, random, secrets};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/session", Needs::Nobody, "Sign in", sign_in::sign_in)
            .refuses(&[Code::WrongCredentials, Code::TooMany])
            .sends(COOKIES)
            .takes::<SignInRequest>()
            .gives::<SessionView>(),
        Route::get("/api/v1/session", Needs::Session, "Who is signed in, and what they may do", show)
            .reads(Carried::Tag)
            .gives::<SessionView>(),
        Route::delete("/api/v1/session", Needs::Nobody, "Sign out", sign_out).sends(COOKIES),
        Route::put(
            "/api/v1/session/organization",
            Needs::Session,
            "Change to another organization of one's own",
            switch,
        )
        .refuses(&[Code::NotFound, Code::WrongCredentials, Code::ConfirmationRequired])
        .sends(COOKIES)
        .takes::<SwitchRequest>()
        .gives::<SessionView>(),
        Route::post(
            "/api/v1/session/confirmation",
            Needs::Session,
            "Prove the own password once more, before something sensitive",
            confirm::confirm,
        )
        .refuses(&[Code::WrongCredentials])
        .sends(COOKIES)
        .takes::<ConfirmRequest>(),
        Route::post(
            "/api/logout/{email}",
            Needs::Permission(ConsolePermission::SessionsRevoke),
            "End every session of a person in the organization",
            log_out::log_out,
        )
        .refuses(&[Code::Escalation]),
    ]
}

/// `PUT session/organization`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SwitchRequest {
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

/// Ends the session, also one that is over already, and tells the browser to forget what it holds. What a request at the same
/// moment makes of the session ends with it: all that goes back to the same sign-in.
async fn sign_out(State(app): State<App>, origin: Origin, headers: HeaderMap) -> Outcome<Response> {
    if let Some(session) = cookies::get(&headers, cookies::SESSION) {
        end_sign_in(&app, &origin, &secrets::hash(session)).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies::signed_out() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn end_sign_in(app: &App, origin: &Origin, session_hash: &str) -> Outcome<()> {
    let found = {
        let mut connection = app.db.reader().acquire().await?;
        store::sign_in_of(&mut connection, session_hash).await?
    };
    let Some(sign_in) = found else { return Ok(()) };
    let at = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::lock_person(&mut tx, sign_in.person).await?;
    let living = store::living(&mut tx, &sign_in, at).await?;
    for (organization, _) in &living {
        organization::store::lock(&mut tx, *organization).await?;
    }
    store::end_sign_in(&mut tx, &sign_in, None, at).await?;
    for (organization, account) in &living {
        let event = Event::new("session.ended", account);
        audit::store::record(&mut tx, *organization, &Actor::account(*account, origin), at, event).await?;
    }
    if !living.is_empty() {
        tx.commit().await?;
    }
    Ok(())
}

async fn switch(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(request): Body<SwitchRequest>,
) -> Outcome<Response> {
    let mut connection = app.db.reader().acquire().await?;
    let organization = request.organization_id;
    let own = store::active_account(&mut connection, caller.person()?.id, Some(organization), caller.at).await?;
    own.ok_or(Failure::NotFound)?;
    drop(connection);
    enter(&app, &caller, &headers, organization).await
}

/// Whose session begins, where, and on what proof.
struct Begun {
    person: PersonId,
    organization: Option<OrganizationId>,
    proof: Proof,
}

/// On what a session begins.
enum Proof {
    /// A password that was entered for it, or chosen a moment ago.
    Password(Option<Entered>),
    /// Another session, in whose place it comes: it is as old as that one, and the password was proved when it was there.
    Session(SessionCredential),
}

/// A password that was entered and was right: what is to be written once its person is in.
struct Entered {
    /// By what the guesses were counted that are forgotten now.
    bucket: String,
    chars: usize,
    chars_known: Option<usize>,
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
    start_from(app, origin, headers, Begun { person, organization, proof: Proof::Password(None) }, at).await
}

/// Starts the caller's session in another organization of theirs. It is no sign-in: its lifetime counts from the old one's
/// beginning, and the password is as long ago as it was.
///
/// # Errors
/// `NotSignedIn` when the old session has ended meanwhile; `ConfirmationRequired` when somebody has signed the person out of
/// the organization since they proved the password; `NotFound` when they have no active account in it.
pub async fn enter(app: &App, caller: &Caller, headers: &HeaderMap, organization: OrganizationId) -> Outcome<Response> {
    let proof = Proof::Session(caller.session()?.clone());
    let begun = Begun { person: caller.person()?.id, organization: Some(organization), proof };
    start_from(app, &caller.origin, headers, begun, caller.at).await
}

async fn start_from(app: &App, origin: &Origin, headers: &HeaderMap, begun: Begun, at: Timestamp) -> Outcome<Response> {
    let Begun { person, organization, proof } = begun;
    let (since, proved_at, nobody) = match &proof {
        Proof::Password(_) => (at, at, Failure::WrongCredentials),
        Proof::Session(session) => (session.began_at, session.proved_at, Failure::NotFound),
    };
    let account = {
        let mut connection = app.db.reader().acquire().await?;
        store::active_account(&mut connection, person, organization, at).await?
    };
    let Some(account) = account else {
        if let Proof::Password(_) = proof {
            // It was right, and none of the person's accounts is active.
            app.refused_sign_ins.note(Some(person), origin, at);
        }
        return Err(nobody);
    };
    let mut tx = app.db.begin().await?;
    store::lock_person(&mut tx, person).await?;
    let older = match &proof {
        Proof::Session(session) => Some(store::living_sign_in(&mut tx, &session.hash, at).await?),
        Proof::Password(_) => None,
    };
    organization::store::lock(&mut tx, account.organization).await?;
    // It may have been deactivated, or signed out, before the lock was there.
    let account = store::active_account(&mut tx, person, Some(account.organization), at).await?.ok_or(nobody)?;
    if store::is_signed_out_since(&mut tx, account.id, proved_at).await? {
        return Err(Failure::ConfirmationRequired);
    }
    let session = base62(&random::bytes::<32>()?, SECRET_DIGITS);
    let user_agent = headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let new = store::NewSession {
        id_hash: secrets::hash(&session),
        sign_in: older.as_ref(),
        person,
        account: &account,
        origin,
        user_agent,
        created_at: since,
        proved_at,
        expires_at: since.plus(app.session_limits.absolute_ms),
    };
    store::insert(&mut tx, &new, at).await?;
    end_older(&mut tx, headers, older.as_ref(), &new.id_hash, at).await?;
    if let Proof::Password(Some(Entered { bucket, chars, chars_known })) = proof {
        store::forget_guesses(&mut tx, &bucket).await?;
        store::note_password_chars(&mut tx, person, chars_known, chars).await?;
    }
    let event = Event::new("session.started", account.id);
    audit::store::record(&mut tx, account.organization, &Actor::account(account.id, origin), at, event).await?;
    tx.commit().await?;
    // Whatever ended it in the moment since then has the last word.
    let caller = caller::session::find(app, &session, origin).await?.ok_or(Failure::NotSignedIn)?;
    let mut response = Json(view(app, &caller).await?).into_response();
    for cookie in cookies::signed_in(&session, &sign_in::device_cookie(app, headers, person)?, app.session_limits) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Ends what the new session comes in place of: the one that it was made from, else the one that this browser had.
async fn end_older(tx: &mut Tx, headers: &HeaderMap, older: Option<&SignIn>, new: &str, at: Timestamp) -> Outcome<()> {
    if let Some(sign_in) = older {
        return store::end_sign_in(tx, sign_in, Some(new), at).await;
    }
    let Some(cookie) = cookies::get(headers, cookies::SESSION) else { return Ok(()) };
    match store::sign_in_of(tx, &secrets::hash(cookie)).await? {
        Some(sign_in) => store::end_sign_in(tx, &sign_in, None, at).await,
        None => Ok(()),
    }
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
