//! `objects/{type}/{external_id}/access`: who has access to an object; given and taken by whoever may modify it (F51).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::objects::{ACCESS_PER_OBJECT_MAX, AccessChange, Candidates, ObjectAccess};
use domain::openapi::{AnyId, Search};
use domain::page::SEARCH_CHARS_MAX;
use domain::text::fold;
use domain::{AccountId, GroupId};
use serde::Deserialize;
use sqlx::AnyConnection;
use utoipa::IntoParams;

use super::register::name;
use super::store::access::{self as accesses, Subject};
use super::store::{ObjectRow, raise_version};
use super::{Address, gift_of, require_share, visible};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Current, Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::http::respond::Json;
use crate::store::Tx;
use crate::version::{self, Versioned};

pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
) -> Outcome<Versioned<ObjectAccess>> {
    let mut connection = app.db.reader().acquire().await?;
    let row = visible(&mut connection, &caller, &address).await?;
    view(&mut connection, &caller, row).await.map(Versioned)
}

async fn view(connection: &mut AnyConnection, caller: &Caller, row: ObjectRow) -> Outcome<ObjectAccess> {
    let items = accesses::list(connection, row.id, caller.at).await?;
    Ok(ObjectAccess { object: row.object, items, may_share: row.may_share })
}

/// An object that the caller may share, with its accesses as they were seen.
///
/// # Errors
/// `Stale`, with the accesses as they are, when one of them or the object was changed since.
async fn as_seen(tx: &mut Tx, caller: &Caller, address: &Address, seen: i64) -> Outcome<ObjectRow> {
    let row = visible(tx, caller, address).await?;
    require_share(&row)?;
    if row.object.version == seen {
        return Ok(row);
    }
    let now = view(tx, caller, row).await?;
    Err(Failure::Stale(Some(Current::Access(Box::new(now)))))
}

/// An answer that tells the version after a change of an access.
fn versioned(answer: impl IntoResponse, seen: i64) -> Response {
    let mut response = answer.into_response();
    version::tag(&mut response, seen + 1);
    response
}

pub(super) async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
    headers: HeaderMap,
    Body(change): Body<AccessChange>,
) -> Outcome<Response> {
    let seen = version::required(&headers)?;
    let faults = change.faults(caller.at);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let (mut tx, caller) = caller.begin_plain(&app).await?;
    let row = as_seen(&mut tx, &caller, &address, seen).await?;
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
    let gift = gift_of(&mut tx, &caller, row.id).await?;
    let had = before.as_ref().map(|access| (access.level, access.valid_until));
    if !gift.may(|sharer, held| sharer.may_change(held, had, change.level, change.valid_until)) {
        return Err(Failure::Escalation("your own access to this object, or its end".to_owned()));
    }
    if before.is_none() && row.object.accesses >= ACCESS_PER_OBJECT_MAX as u64 {
        let message =
            format!("An object has {ACCESS_PER_OBJECT_MAX} accesses at most. Give access to a group instead.");
        return Err(Failure::field("account", "too_many", &message));
    }
    accesses::set(&mut tx, row.id, subject, &change, caller.account_id, caller.at).await?;
    raise_version(&mut tx, row.id).await?;
    let after = accesses::find(&mut tx, row.id, subject, caller.at).await?.ok_or(Failure::NotFound)?;
    let event = match &before {
        Some(before) => Event::new("object.access_changed", name(&address)).before(before),
        None => Event::new("object.access_granted", name(&address)),
    };
    let event = event.after(&after);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    caller.save_answer(&mut tx, StatusCode::OK, Some(seen + 1), &after).await?;
    tx.commit().await?;
    Ok(versioned(Json(after), seen))
}

/// Whose access is taken away: one of both.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectQuery {
    /// Id of an account.
    #[param(inline, value_type = Option<AnyId>)]
    account: Option<AccountId>,
    /// Id of a group.
    #[param(inline, value_type = Option<AnyId>)]
    group: Option<GroupId>,
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
    headers: HeaderMap,
    Parameters(query): Parameters<SubjectQuery>,
) -> Outcome<Response> {
    let seen = version::required(&headers)?;
    let subject = Subject::of(query.account, query.group)
        .ok_or_else(|| Failure::field("account", "required", "Name an account or a group, one of both."))?;
    let (mut tx, caller) = caller.begin_plain(&app).await?;
    let row = as_seen(&mut tx, &caller, &address, seen).await?;
    let before = accesses::find(&mut tx, row.id, subject, caller.at).await?.ok_or(Failure::NotFound)?;
    accesses::delete(&mut tx, row.id, subject).await?;
    raise_version(&mut tx, row.id).await?;
    let event = Event::new("object.access_revoked", name(&address)).before(&before);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(versioned(StatusCode::NO_CONTENT, seen))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct CandidatesQuery {
    /// Part of a name or address.
    #[serde(default)]
    #[param(inline, value_type = Option<Search>)]
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
    require_share(&row)?;
    let search = fold(query.q.trim());
    let organization = caller.organization.id;
    let found = accesses::candidates(&mut connection, app.db.dialect, organization, &search, caller.at).await?;
    Ok(Json(found))
}
