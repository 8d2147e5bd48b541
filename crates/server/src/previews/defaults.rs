//! Changes of what new accounts get: tried out on one that is not there yet.

use domain::accounts::{AccountKind, AccountState};
use domain::defaults::Defaults;
use domain::differences::{Differences, Shift};
use domain::effective::{GroupHolding, Holdings, effective};
use domain::grants::{Grant, GrantWhat};
use domain::permission_set::PermissionSet;
use domain::reach::Reach;
use domain::{FieldError, GroupId};
use sqlx::AnyConnection;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::organization::defaults;
use crate::{groups, objects};

pub(super) async fn differences(
    connection: &mut AnyConnection,
    app: &App,
    caller: &Caller,
    wanted: &Defaults,
) -> Outcome<Differences> {
    let mut faults = wanted.faults(&caller.book);
    let all = groups::store::roles::all(connection, caller.organization.id).await?;
    let is_known = |id: &GroupId| all.iter().any(|group| group.group.id == *id && !group.is_everyone);
    for (index, _) in wanted.groups.iter().enumerate().filter(|(_, id)| !is_known(id)) {
        let fault = FieldError::new("groups", "unknown_group", "There is no such group.".to_owned());
        faults.push(fault.at(index));
    }
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let standing = defaults::store::read(connection, caller.organization.id).await?;
    let is_new = |id: &&GroupId| standing.groups.iter().all(|(group, _)| group.id != **id);
    let added: Vec<GroupId> = wanted.groups.iter().filter(is_new).copied().collect();
    objects::require_joining(connection, caller, &added, None).await?;
    let now = Defaults {
        groups: standing.groups.into_iter().map(|(group, _)| group.id).collect(),
        permissions: standing.permissions.into_iter().map(|(key, _)| key).collect(),
        level: caller.organization.default_level.clone(),
    };
    let profile_level = app.profile(&caller.organization.profile).and_then(|profile| profile.default_level.clone());
    let held = |defaults: &Defaults| {
        effective(&new_account(defaults, &all, profile_level.as_ref()), &caller.book, caller.at).set().clone()
    };
    let (before, after) = (held(&now), held(wanted));
    let gained = after.without(&before);
    let keys: Vec<String> = gained.iter().map(|number| caller.book.index().key(number).to_owned()).collect();
    caller.require_within(&Reach::gift(keys, None))?;
    Ok(Differences { gains: shifts(&gained), losses: shifts(&before.without(&after)), ..Differences::default() })
}

/// A user account that was invited with nothing but the defaults, and accepted.
fn new_account(defaults: &Defaults, groups: &[GroupHolding], profile_level: Option<&String>) -> Holdings {
    let is_in = |group: &&GroupHolding| group.is_everyone || defaults.groups.contains(&group.group.id);
    let grant = |key: &String| Grant { what: GrantWhat::Permission(key.clone()), valid_until: None };
    Holdings {
        kind: AccountKind::User,
        state: AccountState::active_since(domain::Timestamp::default()),
        level: defaults.level.as_ref().or(profile_level).cloned(),
        grants: defaults.permissions.iter().map(grant).collect(),
        groups: groups.iter().filter(is_in).cloned().collect(),
    }
}

fn shifts(permissions: &PermissionSet) -> Vec<Shift> {
    let shift = |permission| Shift { permission, ..Shift::default() };
    permissions.iter().map(shift).collect()
}
