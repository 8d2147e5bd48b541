//! The groups and roles of the demo, and what each account gets of them.

use domain::groups::{GroupKind, NewGroup};
use domain::profile::Profile;
use domain::roles::role_key;
use domain::time::DAY_MS;
use domain::{AccountId, GroupId, OrganizationId, RoleId, Timestamp};

use super::dice::Dice;
use super::store::{self, Rows};
use super::words::GROUPS;
use super::{Size, fault, name};
use crate::failure::Outcome;
use crate::store::{Tx, Value};
use crate::{groups, random};

/// Roles that accounts of a demo get which has none of its own.
const FEW_ROLES: [&str; 3] = ["alerts", "data", "trending"];
/// Of so many grants one is a single permission.
const PERMISSION_EVERY: u64 = 5;
/// Of so many grants one has an end.
const END_EVERY: u64 = 10;

/// What accounts may get.
pub(super) struct Rights {
    groups: Vec<GroupId>,
    /// Keys of the roles made.
    roles: Vec<String>,
    /// Keys of the product's permissions.
    permissions: Vec<String>,
    holdings: Option<u32>,
}

impl Rights {
    /// Makes groups, and roles that they carry.
    pub(super) async fn make(
        tx: &mut Tx,
        organization: OrganizationId,
        profile: &Profile,
        size: &Size,
        at: Timestamp,
    ) -> Outcome<Self> {
        let permissions: Vec<String> = profile.permissions.iter().map(|entry| entry.key.clone()).collect();
        let mut ids = Vec::new();
        for number in 0..usize::try_from(size.groups).unwrap_or_default() {
            let id = random::id(at)?;
            let new = NewGroup { name: name(&numbered(number, ""))?, description: String::new() };
            groups::store::insert(tx, organization, id, GroupKind::Group, &new, at).await?;
            ids.push(id);
        }
        let roles = make_roles(tx, organization, &permissions, size.roles, at).await?;
        put_on_groups(tx, organization, &roles, &ids).await?;
        let roles = roles.into_iter().map(|(_, key)| key).collect();
        Ok(Self { groups: ids, roles, permissions, holdings: size.holdings })
    }

    /// Gives an account its groups, roles and permissions. They are neighbours in their lists, so that nothing is given
    /// twice.
    pub(super) fn give(&self, rows: &mut Rows, dice: &mut Dice, account: AccountId, at: Timestamp) {
        let start = dice.below(self.groups.len() as u64);
        let memberships = self.holdings.map_or_else(|| dice.below(3), |holdings| u64::from(holdings / 2));
        for group in neighbours(&self.groups, start, memberships) {
            rows.memberships.push(vec![account.into(), (*group).into(), at.into()]);
        }
        let Some(holdings) = self.holdings else {
            if dice.below(20) == 0 {
                rows.grants.push(grant(account, "role", dice.pick(&FEW_ROLES), None, at));
            }
            return;
        };
        let grants = u64::from(holdings.div_ceil(2));
        let singles = if self.roles.is_empty() { grants } else { grants / PERMISSION_EVERY };
        let until = (dice.below(END_EVERY) == 0).then(|| at.plus(800 * DAY_MS));
        for key in neighbours(&self.roles, dice.roll(), grants - singles) {
            rows.grants.push(grant(account, "role", key, until, at));
        }
        for key in neighbours(&self.permissions, dice.roll(), singles) {
            rows.grants.push(grant(account, "permission", key, until, at));
        }
    }
}

fn grant(account: AccountId, what: &str, key: &str, until: Option<Timestamp>, at: Timestamp) -> Vec<Value> {
    vec![account.into(), what.into(), key.into(), until.into(), "manual".into(), at.into()]
}

/// So many of a list, or all of it where it is shorter, from a place on and then from its start.
fn neighbours<T>(list: &[T], start: u64, count: u64) -> impl Iterator<Item = &T> {
    let length = list.len().max(1);
    let start = usize::try_from(start % length as u64).unwrap_or_default();
    list.iter().cycle().skip(start).take(usize::try_from(count).unwrap_or_default().min(list.len()))
}

/// "Support", and after the last of the words "Platform 2".
fn numbered(number: usize, suffix: &str) -> String {
    let word = GROUPS.get(number % GROUPS.len()).copied().unwrap_or_default();
    match number / GROUPS.len() {
        0 => format!("{word}{suffix}"),
        round => format!("{word}{suffix} {}", round + 1),
    }
}

/// Makes roles of one to six permissions each; their ids and keys.
async fn make_roles(
    tx: &mut Tx,
    organization: OrganizationId,
    permissions: &[String],
    count: u32,
    at: Timestamp,
) -> Outcome<Vec<(RoleId, String)>> {
    let mut dice = Dice(7);
    let (mut made, mut rows, mut given): (Vec<(RoleId, String)>, _, _) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..usize::try_from(count).unwrap_or_default() {
        let (id, name) = (random::id(at)?, name(&numbered(number, " access"))?);
        let key = role_key(&name, |key| made.iter().any(|(_, known)| known == key));
        rows.push(vec![
            id.into(),
            organization.into(),
            key.as_str().into(),
            name.to_string().into(),
            name.key().into(),
            "".into(),
            0_i64.into(),
            at.into(),
        ]);
        let (start, size) = (dice.roll(), 1 + dice.below(6));
        given.extend(neighbours(permissions, start, size).map(|key| vec![id.into(), key.as_str().into()]));
        made.push((id, key));
    }
    store::insert_roles(tx, rows, given).await?;
    Ok(made)
}

/// Each group carries one to three of the roles; Everyone the first.
async fn put_on_groups(
    tx: &mut Tx,
    organization: OrganizationId,
    roles: &[(RoleId, String)],
    ids: &[GroupId],
) -> Outcome<()> {
    let Some((first, _)) = roles.first() else { return Ok(()) };
    let everyone = groups::store::everyone_id(tx, organization).await?.ok_or_else(|| fault("no Everyone"))?;
    let mut rows = vec![vec![everyone.into(), (*first).into()]];
    let mut dice = Dice(11);
    for group in ids {
        let (start, count) = (dice.roll(), 1 + dice.below(3));
        rows.extend(neighbours(roles, start, count).map(|(role, _)| vec![(*group).into(), (*role).into()]));
    }
    store::put_on_groups(tx, rows).await
}
