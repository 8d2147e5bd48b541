//! New-account defaults: what every user account gets when it is made, by whoever invites it (see decision 0009).

pub mod store;

use axum::extract::State;
use axum::http::HeaderMap;
use domain::defaults::{Defaults, DefaultsView};
use domain::permissions::ConsolePermission;
use domain::reach::Reach;
use domain::{AccountId, FieldError, GroupId};

use self::store::Standing;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::groups;
use crate::http::body::Body;
use crate::http::carried::Carried;
use crate::http::respond::Json;
use crate::http::route::{Needs, RIGHTS, Route};
use crate::store::Tx;
use crate::{objects, version};

#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let settings = Needs::Permission(ConsolePermission::SettingsManage);
    vec![
        Route::get("/api/v1/organization/defaults", settings, "What new user accounts get", show)
            .gives::<DefaultsView>(),
        Route::put("/api/v1/organization/defaults", settings, "Change what new user accounts get", change)
            .refuses(RIGHTS)
            .reads(Carried::Version)
            .reads(Carried::Basis)
            .takes::<Defaults>()
            .gives::<DefaultsView>(),
    ]
}

async fn show(State(app): State<App>, caller: Caller) -> Outcome<Json<DefaultsView>> {
    let mut connection = app.db.reader().acquire().await?;
    let standing = store::read(&mut connection, caller.organization.id).await?;
    Ok(Json(view(&standing, caller.organization.default_level.clone(), caller.organization.version)))
}

fn view(standing: &Standing, level: Option<String>, version: i64) -> DefaultsView {
    DefaultsView {
        groups: standing.groups.iter().map(|(group, _)| group.clone()).collect(),
        permissions: standing.permissions.iter().map(|(key, _)| key.clone()).collect(),
        level,
        version,
    }
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(wanted): Body<Defaults>,
) -> Outcome<Json<DefaultsView>> {
    let (seen, basis) = (version::required(&headers)?, version::basis(&headers)?);
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::SettingsManage, basis).await?;
    let faults = wanted.faults(&caller.book);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let organization = caller.organization.id;
    let before = store::read(&mut tx, organization).await?;
    require_added(&mut tx, &caller, &before, &wanted).await?;
    store::set_level(&mut tx, organization, wanted.level.as_deref(), seen).await?;
    store::replace(&mut tx, organization, &merged(&before, &wanted, caller.account_id)).await?;
    let after = store::read(&mut tx, organization).await?;
    let after = view(&after, wanted.level, seen + 1);
    let event = Event::new("organization.defaults_changed", organization)
        .before(&view(&before, caller.organization.default_level.clone(), seen))
        .after(&after);
    audit::store::record(&mut tx, organization, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(Json(after))
}

/// What is added has to be there, and within what the caller holds (I7); what stays was given by somebody who held it.
async fn require_added(tx: &mut Tx, caller: &Caller, before: &Standing, wanted: &Defaults) -> Outcome<()> {
    let joinable = groups::store::find_joinable(tx, caller.organization.id, &wanted.groups).await?;
    let (mut keys, mut added, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (index, id) in wanted.groups.iter().enumerate() {
        match joinable.iter().find(|(known, _)| known == id) {
            Some(_) if before.groups.iter().any(|(group, _)| group.id == *id) => {}
            Some((_, permissions)) => {
                keys.extend(permissions.clone());
                added.push(*id);
            }
            None => {
                let fault = FieldError::new("groups", "unknown_group", "There is no such group.".to_owned());
                errors.push(fault.at(index));
            }
        }
    }
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors));
    }
    let is_new = |key: &&String| before.permissions.iter().all(|(known, _)| known != *key);
    keys.extend(wanted.permissions.iter().filter(is_new).cloned());
    if wanted.level != caller.organization.default_level
        && let Some(level) = wanted.level.as_deref().and_then(|key| caller.book.role(key))
    {
        keys.extend(level.permissions.clone());
    }
    caller.require_within(&Reach::gift(caller.book.expand(&keys), None))?;
    objects::require_joining(tx, caller, &added, None).await
}

/// All that is wanted, each with who made it a default: the caller, of what is new.
fn merged(before: &Standing, wanted: &Defaults, by: AccountId) -> store::Wanted {
    let by = Some(by.to_string());
    let mut groups: Vec<(GroupId, Option<String>)> = wanted.groups.iter().map(|id| (*id, by.clone())).collect();
    let mut permissions: Vec<(String, Option<String>)> =
        wanted.permissions.iter().map(|key| (key.clone(), by.clone())).collect();
    for (id, set_by) in &mut groups {
        if let Some((_, known)) = before.groups.iter().find(|(group, _)| group.id == *id) {
            set_by.clone_from(known);
        }
    }
    for (key, set_by) in &mut permissions {
        if let Some((_, known)) = before.permissions.iter().find(|(known, _)| known == key) {
            set_by.clone_from(known);
        }
    }
    groups.sort();
    groups.dedup();
    permissions.sort();
    permissions.dedup();
    store::Wanted { groups, permissions }
}
