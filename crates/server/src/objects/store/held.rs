//! Reads all access that accounts have to objects: as owners, by accesses of their own, and by those of their groups.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::invitations::HeldAccess;
use domain::objects::AccessLevel;
use domain::{AccountId, GroupId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::access::level;
use crate::failure::Outcome;
use crate::store::{Columns, fetch_for};

/// A group that an account is in, Everyone included, and until when.
pub type GroupUntil = (GroupId, Option<Timestamp>);

/// The accesses of accounts, given with their groups. An object that is open to all is not among them.
///
/// # Errors
/// When the store does not answer.
pub async fn of_accounts(
    connection: &mut AnyConnection,
    accounts: &BTreeMap<AccountId, Vec<GroupUntil>>,
    at: Timestamp,
) -> Outcome<HashMap<AccountId, Vec<HeldAccess>>> {
    let ids: Vec<AccountId> = accounts.keys().copied().collect();
    let mut found: HashMap<AccountId, Vec<HeldAccess>> = HashMap::new();
    let owned = fetch_for(connection, &[], &ids, |ids| {
        format!("SELECT o.id AS object_id, o.owner_id FROM objects o WHERE o.owner_id IN ({ids})")
    })
    .await?;
    for row in &owned {
        found.entry(row.id("owner_id")?).or_default().push((row.id("object_id")?, AccessLevel::Modify, None));
    }
    let own = fetch_for(connection, &[at.into()], &ids, |ids| {
        format!(
            "SELECT x.account_id, x.object_id, x.level, x.valid_until FROM object_access x
             WHERE (x.valid_until IS NULL OR x.valid_until > $1) AND x.account_id IN ({ids})"
        )
    })
    .await?;
    for row in &own {
        found.entry(row.id("account_id")?).or_default().push(access(row)?);
    }
    let groups: BTreeSet<GroupId> = accounts.values().flatten().map(|(group, _)| *group).collect();
    let by_group = of_groups(connection, &groups.into_iter().collect::<Vec<_>>(), at).await?;
    for (account, groups) in accounts {
        for (group, until) in groups {
            let accesses = by_group.get(group).into_iter().flatten();
            let capped =
                accesses.map(|(object, level, end)| (*object, *level, [*end, *until].into_iter().flatten().min()));
            found.entry(*account).or_default().extend(capped);
        }
    }
    Ok(found)
}

async fn of_groups(
    connection: &mut AnyConnection,
    groups: &[GroupId],
    at: Timestamp,
) -> Outcome<HashMap<GroupId, Vec<HeldAccess>>> {
    let rows = fetch_for(connection, &[at.into()], groups, |ids| {
        format!(
            "SELECT x.group_id, x.object_id, x.level, x.valid_until FROM object_access x
             WHERE (x.valid_until IS NULL OR x.valid_until > $1) AND x.group_id IN ({ids})"
        )
    })
    .await?;
    let mut found: HashMap<GroupId, Vec<HeldAccess>> = HashMap::new();
    for row in &rows {
        found.entry(row.id("group_id")?).or_default().push(access(row)?);
    }
    Ok(found)
}

fn access(row: &AnyRow) -> Outcome<HeldAccess> {
    Ok((row.id("object_id")?, level(&row.text("level")?)?, row.maybe_time("valid_until")?))
}
