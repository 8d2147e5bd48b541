//! The organization's settings, and what its new accounts get.

pub mod defaults;
mod new_account;
pub mod reader;
pub mod store;

use axum::extract::State;
use axum::http::HeaderMap;
use domain::organization::{Organization, OrganizationChange};
use domain::permissions::ConsolePermission;
use domain::reach::Reach;

use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::carried::Carried;
use crate::http::route::{Needs, RIGHTS, Route};
use crate::version::{self, Versioned};

#[must_use]
pub fn routes() -> Vec<Route> {
    let settings = Needs::Permission(ConsolePermission::SettingsManage);
    let own = vec![
        Route::get("/api/v1/organization", settings, "The organization's settings", show)
            .gives::<Organization>()
            .gives_version(),
        Route::patch("/api/v1/organization", settings, "Change the settings", change)
            .refuses(RIGHTS)
            .reads(Carried::Version)
            .reads(Carried::Basis)
            .takes::<OrganizationChange>()
            .gives::<Organization>()
            .gives_version(),
    ];
    own.into_iter().chain(defaults::routes()).chain(new_account::routes()).collect()
}

async fn show(State(app): State<App>, caller: Caller) -> Outcome<Versioned<Organization>> {
    let mut connection = app.db.reader().acquire().await?;
    let taken = store::seats_taken(&mut connection, caller.organization.id).await?;
    Ok(Versioned(caller.organization.view(taken)))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(change): Body<OrganizationChange>,
) -> Outcome<Versioned<Organization>> {
    let (seen, basis) = (version::required(&headers)?, version::basis(&headers)?);
    let levels: Vec<_> =
        caller.book.roles().filter(|role| role.level_rank.is_some()).map(|role| role.key.as_str()).collect();
    let faults = change.faults(&levels);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    // The default level is part of what new accounts get, which previews show.
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::SettingsManage, basis).await?;
    let is_other = change.default_level != caller.organization.default_level;
    let level = change.default_level.as_deref().filter(|_| is_other).and_then(|key| caller.book.role(key));
    if let Some(level) = level {
        caller.require_within(&Reach::gift(caller.book.expand(&level.permissions), None))?;
    }
    let before = caller.organization.clone();
    store::change(&mut tx, &before, &change, seen).await?;
    let id = before.id;
    let taken = store::seats_taken(&mut tx, id).await?;
    let after = store::find(&mut tx, id).await?.ok_or(Failure::NotFound)?.view(taken);
    let event = Event::new("organization.changed", id).before(&before.view(taken)).after(&after);
    audit::store::record(&mut tx, id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(Versioned(after))
}
