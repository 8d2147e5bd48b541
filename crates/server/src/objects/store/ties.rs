//! Counts the objects that a group has access to, and those that nobody else can modify.

use domain::{GroupId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::{is_orphan, is_orphan_by};
use crate::failure::Outcome;
use crate::store::{Columns, query_with};

/// The objects that a group has access to, and how many of them would become orphans without it.
///
/// # Errors
/// When the store does not answer.
pub async fn of_group(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    group: GroupId,
    at: Timestamp,
) -> Outcome<(u64, u64)> {
    let without = is_orphan_by("(x.group_id IS NULL OR x.group_id <> $3)");
    let sql = format!(
        "SELECT COUNT(*) AS objects, COALESCE(SUM(CASE WHEN {without} AND NOT {} THEN 1 ELSE 0 END), 0) AS orphans
         FROM objects o WHERE o.organization_id = $2
         AND o.id IN (SELECT y.object_id FROM object_access y WHERE y.group_id = $3 AND (y.valid_until IS NULL OR y.valid_until > $1))",
        is_orphan()
    );
    let row = query_with(sql, vec![at.into(), organization.into(), group.into()]).fetch_one(connection).await?;
    let count = |name: &str| -> Outcome<u64> { Ok(u64::try_from(row.number(name)?).unwrap_or_default()) };
    Ok((count("objects")?, count("orphans")?))
}
