//! Counts what hangs on a group beside its members and roles.

use domain::GroupId;
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::{Columns, query_with};

/// Whether new accounts join a group, and how many service accounts it owns.
///
/// # Errors
/// When the store does not answer.
pub async fn of_group(connection: &mut AnyConnection, group: GroupId) -> Outcome<(bool, u64)> {
    let sql = "SELECT (SELECT COUNT(*) FROM default_groups d WHERE d.group_id = $1) AS defaults,
                      (SELECT COUNT(*) FROM accounts a WHERE a.owner_group_id = $1 AND a.deleted_at IS NULL) AS services";
    let row = query_with(sql.to_owned(), vec![group.into()]).fetch_one(connection).await?;
    Ok((row.number("defaults")? > 0, u64::try_from(row.number("services")?).unwrap_or_default()))
}
