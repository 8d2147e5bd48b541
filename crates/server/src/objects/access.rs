//! `objects/{type}/{external_id}/access`: who has access to an object; given and taken by whoever may modify it (F51).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::objects::{ACCESS_PER_OBJECT_MAX, Access, AccessChange, Candidates, ObjectAccess};
use domain::page::SEARCH_CHARS_MAX;
use domain::text::fold;
use domain::{AccountId, GroupId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::register::name;
use super::store::access::{self as accesses, Subject};
use super::{Address, may_share, require_share, visible};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::query::Parameters;
use crate::http::respond::Json;
use crate::organization;

pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
) -> Outcome<Json<ObjectAccess>> {
    let mut connection = app.db.reader().acquire().await?;
    let row = visible(&mut connection, &caller, &address).await?;
    let items = accesses::list(&mut connection, row.id, caller.at).await?;
    let may_share = may_share(&caller, &row.object);
    Ok(Json(ObjectAccess { object: row.object, items, may_share }))
}

pub(super) async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
    Body(change): Body<AccessChange>,
) -> Outcome<Json<Access>> {
    let faults = change.faults(caller.at);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, caller.organization.id).await?;
    let row = visible(&mut tx, &caller, &address).await?;
    require_share(&caller, &row.object)?;
    let subject = Subject::of(change.account, change.group)
        .ok_or_else(|| Failure::field("account", "required", "Name an account or a group."))?;
    if !accesses::is_known(&mut tx, caller.organization.id, subject).await? {
        let (field, code, what) = match subject {
            Subject::Account(_) => ("account", "unknown_account", "There is no such account."),
            Subject::Group(_) => ("group", "unknown_group", "There is no such group."),
        };
        return Err(Failure::field(field, code, what));
    }
    let before = accesses::find(&mut tx, row.id, subject, caller.at).await?;
    if before.is_none() && row.object.accesses >= ACCESS_PER_OBJECT_MAX as u64 {
        let message =
            format!("An object has {ACCESS_PER_OBJECT_MAX} accesses at most. Give access to a group instead.");
        return Err(Failure::field("account", "too_many", &message));
    }
    accesses::set(&mut tx, row.id, subject, &change, caller.account_id, caller.at).await?;
    let after = accesses::find(&mut tx, row.id, subject, caller.at).await?.ok_or(Failure::NotFound)?;
    let event = match &before {
        Some(before) => Event::new("object.access_changed", name(&address)).before(before),
        None => Event::new("object.access_granted", name(&address)),
    };
    let event = event.after(&after);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(Json(after))
}

/// Whose access is taken away: one of both.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectQuery {
    /// Id of an account.
    #[param(value_type = Option<String>)]
    account: Option<AccountId>,
    /// Id of a group.
    #[param(value_type = Option<String>)]
    group: Option<GroupId>,
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
    Parameters(query): Parameters<SubjectQuery>,
) -> Outcome<StatusCode> {
    let subject = Subject::of(query.account, query.group)
        .ok_or_else(|| Failure::field("account", "required", "Name an account or a group, one of both."))?;
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, caller.organization.id).await?;
    let row = visible(&mut tx, &caller, &address).await?;
    require_share(&caller, &row.object)?;
    let before = accesses::find(&mut tx, row.id, subject, caller.at).await?.ok_or(Failure::NotFound)?;
    accesses::delete(&mut tx, row.id, subject).await?;
    let event = Event::new("object.access_revoked", name(&address)).before(&before);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct CandidatesQuery {
    /// Part of a name or address.
    #[serde(default)]
    q: String,
}

pub(super) async fn candidates(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
    Parameters(query): Parameters<CandidatesQuery>,
) -> Outcome<Json<Candidates>> {
    if query.q.chars().count() > SEARCH_CHARS_MAX {
        return Err(Failure::field("q", "too_long", &format!("{SEARCH_CHARS_MAX} characters at most")));
    }
    let mut connection = app.db.reader().acquire().await?;
    let row = visible(&mut connection, &caller, &address).await?;
    require_share(&caller, &row.object)?;
    let search = fold(query.q.trim());
    let organization = caller.organization.id;
    let found = accesses::candidates(&mut connection, app.db.dialect, organization, &search, caller.at).await?;
    Ok(Json(found))
}
