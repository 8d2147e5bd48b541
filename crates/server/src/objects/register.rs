//! `PUT` and `DELETE objects/{type}/{external_id}`: the product registers what it has, and people restrict and open it.

use axum::extract::State;
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode};
use domain::objects::{AccessLevel, EXTERNAL_ID_CHARS_MAX, Object, ObjectChange, is_external_id};
use domain::permissions::ConsolePermission;

use super::store::access::Subject;
use super::store::{self, ObjectRow, Written};
use super::{Address, gift_of, profile};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::http::respond::Json;
use crate::store::Tx;
use crate::{random, version};

/// Registers an object or changes it. A change of one that is there carries the version seen, except where nothing that
/// people decide is changed: a product may tell the name and the owner again and again.
pub(super) async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
    headers: HeaderMap,
    Body(change): Body<ObjectChange>,
) -> Outcome<(StatusCode, Json<Object>)> {
    let seen = headers.contains_key(IF_MATCH).then(|| version::required(&headers)).transpose()?;
    let (mut tx, caller) = caller.begin_plain(&app).await?;
    let before = store::find(&mut tx, &caller, &address).await?;
    // Whether it is there is told to nobody who may neither see nor register it.
    let may = before.as_ref().is_some_and(|row| row.may_share);
    if !may {
        caller.require(ConsolePermission::ObjectsManage)?;
    }
    require_owner(&mut tx, &caller, &change).await?;
    let status = match &before {
        Some(before) => {
            change_known(&mut tx, &caller, before, &change, seen).await?;
            StatusCode::OK
        }
        None => {
            register(&mut tx, &app, &caller, &address, &change).await?;
            StatusCode::CREATED
        }
    };
    let after = store::find(&mut tx, &caller, &address).await?.ok_or(Failure::NotFound)?.object;
    let before = before.map(|row| row.object);
    if before.as_ref() != Some(&after) {
        let event = match &before {
            Some(before) => Event::new("object.changed", name(&address)).before(before),
            None => Event::new("object.registered", name(&address)),
        };
        let event = event.after(&after);
        audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
        caller.save_answer(&mut tx, status, None, &after).await?;
        tx.commit().await?;
    }
    Ok((status, Json(after)))
}

/// What the audit log calls an object.
pub(super) fn name((kind, external_id): &Address) -> String {
    format!("{kind}/{external_id}")
}

async fn require_owner(tx: &mut Tx, caller: &Caller, change: &ObjectChange) -> Outcome<()> {
    let Some(owner) = change.owner else { return Ok(()) };
    let unknown = || Failure::field("owner", "unknown_account", "There is no such account.");
    let is_known = store::access::is_known(tx, caller.organization.id, Subject::Account(owner)).await?;
    if is_known { Ok(()) } else { Err(unknown()) }
}

async fn register(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    (kind, external_id): &Address,
    change: &ObjectChange,
) -> Outcome<()> {
    let types = &profile(app, caller)?.object_types;
    if types.iter().all(|term| term.key != *kind) {
        let known = types.iter().map(|term| term.key.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Failure::field("type", "unknown_type", &format!("Types of this organization: {known}.")));
    }
    if !is_external_id(external_id) {
        let message = format!("1 to {EXTERNAL_ID_CHARS_MAX} printable characters without blanks, /, ?, # and %.");
        return Err(Failure::field("external_id", "invalid", &message));
    }
    let name = change.name.as_ref().ok_or_else(|| Failure::field("name", "required", "Name the object."))?;
    let written = Written { name: name.as_str(), owner: change.owner, restricted: change.restricted.unwrap_or(false) };
    store::insert(tx, caller.organization.id, random::id(caller.at)?, (kind, external_id), &written, caller.at).await
}

async fn change_known(
    tx: &mut Tx,
    caller: &Caller,
    before: &ObjectRow,
    change: &ObjectChange,
    seen: Option<i64>,
) -> Outcome<()> {
    let object = &before.object;
    let owner = change.owner.or(object.owner.as_ref().map(|owner| owner.id));
    let written = Written {
        name: change.name.as_ref().map_or(object.name.as_str(), |name| name.as_str()),
        owner,
        restricted: change.restricted.unwrap_or(object.restricted),
    };
    if written == Written::of(object) {
        return Ok(());
    }
    let opens = object.restricted && !written.restricted;
    if opens || written.owner != Written::of(object).owner {
        let gift = gift_of(tx, caller, before.id).await?;
        if !gift.may(|sharer, held| sharer.may_give(held, AccessLevel::Modify, None)) {
            return Err(Failure::Escalation("your own access to this object, which ends".to_owned()));
        }
    }
    match seen {
        Some(seen) if seen != object.version => return Err(Failure::Stale(None)),
        None if written.restricted != object.restricted => return Err(Failure::VersionRequired),
        // Only who registers objects may speak for the product.
        None => caller.require(ConsolePermission::ObjectsManage).map_err(|_| Failure::VersionRequired)?,
        Some(_) => {}
    }
    store::update(tx, before.id, &written).await
}

/// Forgets an object with all its accesses. To Roster it is then as if it had never been registered.
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Outcome<StatusCode> {
    let seen = version::required(&headers)?;
    let (mut tx, caller) = caller.begin_plain(&app).await?;
    caller.require(ConsolePermission::ObjectsManage)?;
    let row = store::find(&mut tx, &caller, &address).await?.ok_or(Failure::NotFound)?;
    if row.object.version != seen {
        return Err(Failure::Stale(None));
    }
    store::delete(&mut tx, row.id).await?;
    let event = Event::new("object.forgotten", name(&address)).before(&row.object);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
