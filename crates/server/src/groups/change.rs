//! `PATCH groups/{id}` and `DELETE groups/{id}`: roles are put on and taken off within what the caller holds.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::groups::{Group, GroupChange, GroupKind};
use domain::permissions::ConsolePermission;
use domain::reach;
use domain::{GroupId, RoleId};

use super::{path_id, store};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Current, Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::roles;
use crate::store::Tx;
use crate::version::{self, Versioned};

/// A group at the version seen.
async fn group_as_seen(tx: &mut Tx, caller: &Caller, id: GroupId, seen: i64) -> Outcome<Group> {
    let group = store::lookup(tx, caller.organization.id, id, caller.at).await?;
    if group.version == seen { Ok(group) } else { Err(Failure::Stale(Some(Current::Group(Box::new(group))))) }
}

fn keys(group: &Group) -> Vec<String> {
    group.roles.iter().map(|role| role.key.clone()).collect()
}

pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(change): Body<GroupChange>,
) -> Outcome<Versioned<Group>> {
    let (id, seen) = (path_id(&id)?, version::required(&headers)?);
    let basis = version::basis(&headers)?;
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::GroupsManage, basis).await?;
    let faults = change.faults(&caller.book);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let before = group_as_seen(&mut tx, &caller, id, seen).await?;
    if before.kind == GroupKind::Everyone && (change.name.is_some() || change.description.is_some()) {
        return Err(Failure::BuiltIn);
    }
    let mut after = before.clone();
    if let Some(name) = &change.name {
        let is_other = name.key() != domain::text::fold(&before.name);
        if is_other && store::is_taken(&mut tx, caller.organization.id, &name.key()).await? {
            return Err(Failure::NameTaken("name"));
        }
        after.name = name.to_string();
    }
    after.description = change.description.unwrap_or(after.description);
    store::change::update(&mut tx, &after).await?;
    if let Some(keys) = &change.roles {
        set_roles(&mut tx, &app, &caller, &before, keys).await?;
    }
    let after = store::lookup(&mut tx, caller.organization.id, id, caller.at).await?;
    let event = Event::new("group.changed", id).before(&before).after(&after);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(Versioned(after))
}

async fn set_roles(tx: &mut Tx, app: &App, caller: &Caller, before: &Group, keys: &[String]) -> Outcome<()> {
    caller.require_within(&reach::of_group_change(&caller.book, &self::keys(before), keys))?;
    let all = roles::store::list(tx, caller.organization.id).await?;
    let ids: Vec<RoleId> = all.iter().filter(|role| keys.contains(&role.key)).map(|role| role.id).collect();
    store::change::set_roles(tx, before.id, &ids).await?;
    caller.require_no_gain(app, tx).await
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Outcome<StatusCode> {
    let (id, seen) = (path_id(&id)?, version::required(&headers)?);
    let basis = version::basis(&headers)?;
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::GroupsManage, basis).await?;
    let group = group_as_seen(&mut tx, &caller, id, seen).await?;
    if group.kind == GroupKind::Everyone {
        return Err(Failure::BuiltIn);
    }
    caller.require_within(&reach::of_group_change(&caller.book, &keys(&group), &[]))?;
    store::change::delete(&mut tx, id).await?;
    let event = Event::new("group.deleted", id).before(&group);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
