//! One's own profile: what everyone may see and change of themselves (F17).

mod store;

use axum::extract::State;
use axum::http::HeaderMap;
use domain::me::{HeldPermission, Me, MeChange};

use crate::accounts::store as accounts;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::respond::Json;
use crate::http::route::{Needs, Route};
use crate::{organization, session, version};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/me", Needs::SignedIn, "The own account, and what it may do and why", show).gives::<Me>(),
        Route::patch("/api/v1/me", Needs::SignedIn, "Change the own name and user name", change)
            .takes::<MeChange>()
            .gives::<Me>(),
    ]
}

async fn show(State(app): State<App>, caller: Caller) -> Outcome<Json<Me>> {
    let mut connection = app.db.reader().acquire().await?;
    let account = accounts::lookup(&mut connection, caller.organization.id, caller.account_id, caller.at).await?;
    Ok(Json(Me { account, permissions: held(&caller) }))
}

fn held(caller: &Caller) -> Vec<HeldPermission> {
    HeldPermission::all(&caller.effective, caller.book.catalogue())
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(change): Body<MeChange>,
) -> Outcome<Json<Me>> {
    let seen = version::required(&headers)?;
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, caller.organization.id).await?;
    accounts::raise_version(&mut tx, caller.organization.id, caller.account_id, seen, caller.at).await?;
    if let Some(user_name) = &change.user_name
        && Some(user_name.as_str()) != caller.person.user_name.as_deref()
        && session::store::is_user_name_taken(&mut tx, user_name.as_str()).await?
    {
        return Err(Failure::NameTaken("user_name"));
    }
    let name = change.display_name.as_ref().map_or(caller.person.display_name.as_str(), |name| name.as_str());
    let user_name = change.user_name.as_ref().map(|name| name.as_str()).or(caller.person.user_name.as_deref());
    store::set_names(&mut tx, caller.person.id, name, user_name).await?;
    let before = accounts::lookup(&mut tx, caller.organization.id, caller.account_id, caller.at).await?;
    accounts::set_name(&mut tx, &before, name, user_name).await?;
    let account = accounts::lookup(&mut tx, caller.organization.id, caller.account_id, caller.at).await?;
    audit::store::record(
        &mut tx,
        caller.organization.id,
        &(&caller).into(),
        caller.at,
        Event::new("me.changed", caller.account_id).after(&change),
    )
    .await?;
    tx.commit().await?;
    Ok(Json(Me { account, permissions: held(&caller) }))
}
