//! Reads what access to objects groups bring their members, and what of it somebody has already.

use std::collections::HashMap;

use domain::access::{AccessHolding, GroupAccess, ObjectHoldings};
use domain::{AccountId, GroupId, ObjectId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::access::level;
use super::own_groups;
use crate::failure::Outcome;
use crate::store::{Columns, fetch_for};

/// What an account has of objects: as their owner, by accesses of its own and by those of its groups. Those without are
/// missing.
pub(in crate::objects) async fn held(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    account: AccountId,
    objects: &[ObjectId],
    at: Timestamp,
) -> Outcome<HashMap<ObjectId, ObjectHoldings>> {
    let (first, groups) = ([at.into(), organization.into(), account.into()], own_groups("$3"));
    let rows = fetch_for(connection, &first, objects, |ids| {
        format!(
            "SELECT o.id, o.restricted, CASE WHEN o.owner_id = $3 THEN 1 ELSE 0 END AS is_owner, x.group_id, x.level, x.valid_until
             FROM objects o LEFT JOIN object_access x ON x.object_id = o.id AND (x.valid_until IS NULL OR x.valid_until > $1)
                  AND (x.account_id = $3 OR x.group_id IN ({groups}))
             WHERE o.organization_id = $2 AND o.id IN ({ids})"
        )
    })
    .await?;
    let mut found: HashMap<ObjectId, ObjectHoldings> = HashMap::new();
    for row in &rows {
        let object = found.entry(row.id("id")?).or_insert(ObjectHoldings {
            restricted: row.number("restricted")? == 1,
            is_owner: row.number("is_owner")? == 1,
            accesses: Vec::new(),
        });
        if let Some(text) = row.maybe_text("level")? {
            let (group, valid_until) = (row.maybe_id("group_id")?, row.maybe_time("valid_until")?);
            object.accesses.push(AccessHolding { group, level: level(&text)?, valid_until });
        }
    }
    Ok(found)
}

/// The access that each of some groups brings its members, with the objects as they are for an account. Groups that
/// bring none are missing.
pub(in crate::objects) async fn of_groups(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    account: AccountId,
    groups: &[GroupId],
    at: Timestamp,
) -> Outcome<HashMap<GroupId, Vec<GroupAccess>>> {
    let rows = fetch_for(connection, &[at.into()], groups, |ids| {
        format!(
            "SELECT x.group_id, x.object_id, x.level, x.valid_until FROM object_access x
             WHERE (x.valid_until IS NULL OR x.valid_until > $1) AND x.group_id IN ({ids})"
        )
    })
    .await?;
    let mut objects = rows.iter().map(|row| row.id("object_id")).collect::<Outcome<Vec<ObjectId>>>()?;
    objects.sort();
    objects.dedup();
    let held = held(connection, organization, account, &objects, at).await?;
    let mut found: HashMap<GroupId, Vec<GroupAccess>> = HashMap::new();
    for row in &rows {
        let object = held.get(&row.id("object_id")?).cloned().unwrap_or_default();
        let access =
            GroupAccess { level: level(&row.text("level")?)?, valid_until: row.maybe_time("valid_until")?, object };
        found.entry(row.id("group_id")?).or_default().push(access);
    }
    Ok(found)
}
