//! Changes of roles and groups: tried out on all accounts that they can touch.

use domain::differences::Differences;
use domain::effective::{GroupHolding, Holdings, RoleBook};
use domain::grants::GrantWhat;
use domain::groups::{GroupChange, GroupKind};
use domain::previews::{GroupTies, Waiting};
use domain::reach;
use domain::roles::{OWNER_ROLE, Role, RoleChange, RoleDefinition, RoleRemoval, role_permissions};
use domain::world::World;
use domain::{GroupId, RoleId};
use sqlx::AnyConnection;

use super::Turn;
use super::links::{self, After};
use super::store::{self, Touched};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::{groups, objects, roles};

/// A role of which the caller holds all that it gives, as changing it needs.
async fn own_role(connection: &mut AnyConnection, caller: &Caller, id: RoleId) -> Outcome<Role> {
    let role = roles::store::holders::lookup(connection, caller.organization.id, id, caller.at).await?;
    if role.built_in {
        return Err(Failure::BuiltIn);
    }
    caller.require_reach(&caller.book.expand(&role.permissions))?;
    Ok(role)
}

pub(super) async fn role(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    id: RoleId,
    change: RoleChange,
) -> Outcome<Differences> {
    let faults = change.faults(caller.book.catalogue());
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let role = own_role(connection, caller, id).await?;
    let permissions = change.permissions.map(role_permissions).unwrap_or_else(|| role.permissions.clone());
    caller.require_within(&reach::of_role_change(&caller.book, &role.permissions, &permissions))?;
    let book = book_with(caller, |roles| {
        roles
            .iter_mut()
            .filter(|known| known.key == role.key)
            .for_each(|known| known.permissions.clone_from(&permissions));
    });
    let after = After { book, change: &|_| {} };
    let (book, key) = (caller.book.clone(), role.key.clone());
    let change = move |world: &mut World| world.change_role(&book, &key, &permissions);
    of_role(app, connection, caller, &role, &after, change).await
}

pub(super) async fn role_removal(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    id: RoleId,
    removal: RoleRemoval,
) -> Outcome<Differences> {
    let role = own_role(connection, caller, id).await?;
    if let Some(key) = &removal.move_to {
        let to = caller.book.role(key).filter(|to| to.key != role.key);
        let to = to.ok_or_else(|| Failure::field("move_to", "unknown_role", "There is no such role to move to."))?;
        if to.level_rank.is_some() || to.key == OWNER_ROLE {
            return Err(Failure::field(
                "move_to",
                "not_allowed",
                "Neither a level nor Owner is given to many like this.",
            ));
        }
        caller.require_within(&reach::of_role_removal(&caller.book, &role.permissions, Some(key)))?;
    }
    let book = book_with(caller, |roles| roles.retain(|known| known.key != role.key));
    let instead = removal.move_to.clone();
    let after = After { book, change: &|holdings| replace_role(holdings, &role.key, instead.as_deref()) };
    let key = role.key.clone();
    let change = move |world: &mut World| world.replace_role(&key, removal.move_to.as_deref());
    of_role(app, connection, caller, &role, &after, change).await
}

/// The roles as a change makes them.
fn book_with(caller: &Caller, change: impl FnOnce(&mut Vec<RoleDefinition>)) -> RoleBook {
    let mut roles: Vec<_> = caller.book.roles().cloned().collect();
    change(&mut roles);
    RoleBook::new(roles, caller.book.baseline().to_vec(), caller.book.catalogue().clone())
}

/// Gives an account, and the groups it is in, another role for one that is deleted.
fn replace_role(holdings: &mut Holdings, gone: &str, instead: Option<&str>) {
    let Some(instead) = instead else { return };
    for grant in holdings.grants.iter_mut().filter(|grant| grant.what == GrantWhat::Role(gone.to_owned())) {
        grant.what = GrantWhat::Role(instead.to_owned());
    }
    let roles = holdings.groups.iter_mut().flat_map(|holding| &mut holding.roles);
    roles.filter(|key| *key == gone).for_each(|key| instead.clone_into(key));
}

async fn of_role(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    role: &Role,
    after: &After<'_>,
    change: impl FnOnce(&mut World) + Send + 'static,
) -> Outcome<Differences> {
    let all = groups::store::roles::all(connection, caller.organization.id).await?;
    let carrying: Vec<&GroupHolding> = all.iter().filter(|group| group.roles.contains(&role.key)).collect();
    let touched = match carrying.iter().any(|group| group.is_everyone) {
        true => Touched::All,
        false => Touched::Holders { role: Some(role), groups: carrying.iter().map(|group| group.group.id).collect() },
    };
    try_out(app, connection, caller, (&all, &touched), after, change).await
}

pub(super) async fn group(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    id: GroupId,
    change: GroupChange,
) -> Outcome<Differences> {
    let faults = change.faults(&caller.book);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let before = groups::store::lookup(connection, caller.organization.id, id, caller.at).await?;
    if before.kind == GroupKind::Everyone && (change.name.is_some() || change.description.is_some()) {
        return Err(Failure::BuiltIn);
    }
    let before: Vec<String> = before.roles.into_iter().map(|role| role.key).collect();
    let after = change.roles.unwrap_or_else(|| before.clone());
    of_group(app, connection, caller, id, &before, &after).await
}

pub(super) async fn group_removal(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    id: GroupId,
) -> Outcome<Differences> {
    let group = groups::store::lookup(connection, caller.organization.id, id, caller.at).await?;
    if group.kind == GroupKind::Everyone {
        return Err(Failure::BuiltIn);
    }
    let before: Vec<String> = group.roles.into_iter().map(|role| role.key).collect();
    of_group(app, connection, caller, id, &before, &[]).await
}

/// What goes with a group beside what it gives: the same that its deletion takes along.
pub(super) async fn group_ties(connection: &mut AnyConnection, caller: &Caller, id: GroupId) -> Outcome<GroupTies> {
    let (is_default, services) = groups::store::ties::of_group(connection, id).await?;
    let (objects, orphans) = objects::store::ties::of_group(connection, caller.organization.id, id, caller.at).await?;
    Ok(GroupTies { objects, orphans, services, is_default })
}

async fn of_group(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    id: GroupId,
    before: &[String],
    after: &[String],
) -> Outcome<Differences> {
    caller.require_within(&reach::of_group_change(&caller.book, before, after))?;
    let all = groups::store::roles::all(connection, caller.organization.id).await?;
    let touched = match all.iter().any(|group| group.is_everyone && group.group.id == id) {
        true => Touched::All,
        false => Touched::Holders { role: None, groups: vec![id] },
    };
    let of_group = |holdings: &mut Holdings| {
        let holding = holdings.groups.iter_mut().find(|holding| holding.group.id == id);
        holding.into_iter().for_each(|holding| holding.roles = after.to_vec());
    };
    let then = After { book: (*caller.book).clone(), change: &of_group };
    let roles = after.to_vec();
    let change = move |world: &mut World| world.change_group(id, &roles);
    let found = try_out(app, connection, caller, (&all, &touched), &then, change).await?;
    let (is_default, _) = groups::store::ties::of_group(connection, id).await?;
    Ok(Differences { reaches_new_accounts: is_default && before != after, ..found })
}

async fn try_out(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    (groups, touched): (&[GroupHolding], &Touched<'_>),
    then: &After<'_>,
    change: impl FnOnce(&mut World) + Send + 'static,
) -> Outcome<Differences> {
    let before = store::world(app, connection, caller, groups, touched).await?;
    let waiting = store::waiting(connection, caller, touched).await?;
    let invited = store::invited(connection, caller, touched).await?;
    let new_links = links::outdated_by(connection, caller, &invited, then).await?;
    // Adding up a hundred thousand accounts takes a while in which other requests are served.
    let compare = move || {
        let mut after = before.clone();
        change(&mut after);
        before.differences(&after)
    };
    let waiting = Waiting { new_links, ..waiting };
    Ok(Differences { waiting, ..app.pass.work(compare).await? })
}
