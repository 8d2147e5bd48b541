//! `POST roles` and `PATCH roles/{id}`: what is given lies within what the caller holds.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::RoleId;
use domain::permissions::ConsolePermission;
use domain::reach::{self, Reach};
use domain::roles::{NewRole, ROLES_MAX, Role, RoleChange, role_key, role_permissions};
use domain::text::{Name, fold};

use super::{path_id, store};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Current, Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::random;
use crate::store::Tx;
use crate::version::{self, Versioned};

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewRole>,
) -> Outcome<(StatusCode, Versioned<Role>)> {
    let faults = new.faults(caller.book.catalogue());
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::RolesManage, None).await?;
    let permissions = role_permissions(new.permissions);
    caller.require_within(&Reach::gift(caller.book.expand(&permissions), None))?;
    require_free_name(&caller, None, &new.name)?;
    if caller.book.roles().count() >= ROLES_MAX {
        return Err(Failure::field("name", "too_many", &format!("An organization has {ROLES_MAX} roles at most.")));
    }
    let role = Role {
        id: random::id(caller.at)?,
        key: role_key(&new.name, |key| caller.book.role(key).is_some()),
        name: new.name.to_string(),
        description: new.description,
        permissions,
        built_in: false,
        level_rank: None,
        accounts: 0,
        service_accounts: 0,
        groups: 0,
        version: 1,
    };
    store::change::insert(&mut tx, caller.organization.id, &role, &new.name, caller.at).await?;
    let event = Event::new("role.created", role.id).after(&role);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    caller.save_answer(&mut tx, StatusCode::CREATED, Some(role.version), &role).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Versioned(role)))
}

fn require_free_name(caller: &Caller, own_key: Option<&str>, name: &Name) -> Outcome<()> {
    let others = caller.book.roles().filter(|role| Some(role.key.as_str()) != own_key);
    match others.map(|role| fold(&role.name)).any(|known| known == name.key()) {
        true => Err(Failure::NameTaken("name")),
        false => Ok(()),
    }
}

/// A role that people made, at the version seen, of which the caller holds all that it gives.
///
/// # Errors
/// `NotFound`, `BuiltIn`, `Stale` with the role as it is, and `Escalation`.
pub(super) async fn own_role(tx: &mut Tx, caller: &Caller, id: RoleId, seen: i64) -> Outcome<Role> {
    let role = store::holders::lookup(tx, caller.organization.id, id, caller.at).await?;
    if role.built_in {
        return Err(Failure::BuiltIn);
    }
    if role.version != seen {
        return Err(Failure::Stale(Some(Current::Role(Box::new(role)))));
    }
    caller.require_reach(&caller.book.expand(&role.permissions))?;
    Ok(role)
}

pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(change): Body<RoleChange>,
) -> Outcome<Versioned<Role>> {
    let (id, seen) = (path_id(&id)?, version::required(&headers)?);
    let faults = change.faults(caller.book.catalogue());
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let basis = version::basis(&headers)?;
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::RolesManage, None).await?;
    // The version first: whoever was overtaken is told by what, and not only that something changed somewhere.
    let before = own_role(&mut tx, &caller, id, seen).await?;
    caller.require_basis(basis)?;
    let mut after = Role { version: before.version + 1, ..before.clone() };
    if let Some(name) = &change.name {
        require_free_name(&caller, Some(&before.key), name)?;
        after.name = name.to_string();
    }
    if let Some(description) = change.description {
        after.description = description;
    }
    if let Some(permissions) = change.permissions {
        after.permissions = role_permissions(permissions);
        caller.require_within(&reach::of_role_change(&caller.book, &before.permissions, &after.permissions))?;
    }
    store::change::update(&mut tx, &after).await?;
    caller.require_no_gain(&app, &mut tx).await?;
    let event = Event::new("role.changed", id).before(&before).after(&after);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(Versioned(after))
}
