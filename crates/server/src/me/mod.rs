//! One's own profile: what everyone may see and change of themselves (F17).

mod store;

use axum::extract::State;
use axum::http::HeaderMap;
use domain::Code;
use domain::me::{HeldPermission, Me, MeChange};
use store::OwnAccount;

use crate::accounts::store as accounts;
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::carried::Carried;
use crate::http::route::{Needs, Route};
use crate::store::Tx;
use crate::version::Versioned;
use crate::{session, version};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/me", Needs::SignedIn, "The own account, and what it may do and why", show)
            .gives::<Me>()
            .gives_version(),
        Route::patch("/api/v1/me", Needs::Session, "Change the own name and user name", change)
            .refuses(&[Code::NameTaken, Code::ConfirmationRequired])
            .reads(Carried::Version)
            .takes::<MeChange>()
            .gives::<Me>()
            .gives_version(),
    ]
}

async fn show(State(app): State<App>, caller: Caller) -> Outcome<Versioned<Me>> {
    let mut connection = app.db.reader().acquire().await?;
    let account = accounts::lookup(&mut connection, caller.organization.id, caller.account_id, caller.at).await?;
    Ok(Versioned(Me { account, permissions: held(&caller) }))
}

fn held(caller: &Caller) -> Vec<HeldPermission> {
    HeldPermission::all(&caller.effective, caller.book.catalogue())
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(change): Body<MeChange>,
) -> Outcome<Versioned<Me>> {
    let seen = version::required(&headers)?;
    let person = caller.person()?.clone();
    let user_name = change.user_name_after(person.user_name.as_deref());
    if user_name != person.user_name.as_deref() {
        // It is a name to sign in with.
        caller.require_confirmed()?;
    }
    let mut tx = app.db.begin().await?;
    let own = store::lock_all(&mut tx, person.id).await?;
    let (caller, _) = caller.with_credential(&mut tx).await?;
    accounts::raise_version(&mut tx, caller.organization.id, caller.account_id, seen, caller.at).await?;
    if let Some(user_name) = &change.user_name
        && Some(user_name.as_str()) != person.user_name.as_deref()
        && session::store::is_user_name_taken(&mut tx, user_name.as_str()).await?
    {
        return Err(Failure::NameTaken("user_name"));
    }
    let name = change.display_name.as_ref().map_or(person.display_name.as_str(), |name| name.as_str());
    store::set_names(&mut tx, person.id, name, user_name).await?;
    for account in own {
        rename(&mut tx, &caller, &account, &change, user_name).await?;
    }
    let account = accounts::lookup(&mut tx, caller.organization.id, caller.account_id, caller.at).await?;
    tx.commit().await?;
    Ok(Versioned(Me { account, permissions: held(&caller) }))
}

/// Brings the person's names to one of their accounts, in whichever organization: each has its own list and its own log.
async fn rename(
    tx: &mut Tx,
    caller: &Caller,
    own: &OwnAccount,
    change: &MeChange,
    user_name: Option<&str>,
) -> Outcome<()> {
    let before = accounts::lookup(tx, own.organization, own.id, caller.at).await?;
    // A name that an administrator gave in this organization stays until the person chooses another.
    let name = change.display_name.as_ref().map_or(before.display_name.as_str(), |name| name.as_str());
    accounts::set_name(tx, &before, name, user_name).await?;
    if own.id != caller.account_id {
        store::raise_version(tx, own.id).await?;
    }
    let actor = Actor { account: Some(own.id), ..caller.into() };
    audit::store::record(tx, own.organization, &actor, caller.at, Event::new("me.changed", own.id).after(change)).await
}
