//! Counts accounts, under the filters of a list.

use domain::OrganizationId;
use domain::accounts::{AccountSort, ShownStatus, StatusCounts};
use sqlx::AnyConnection;

use super::{condition_joins, conditions, holding, status};
use crate::accounts::query::ListQuery;
use crate::failure::Outcome;
use crate::store::{Columns, Dialect, query_with};

/// How many accounts fit the filter of a list.
///
/// # Errors
/// When the store does not answer.
pub async fn total(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    query: &ListQuery,
) -> Outcome<u64> {
    // A count has no order: it goes by the index that has levels.
    let query = ListQuery { sort: AccountSort::Name, ..query.clone() };
    let (conditions, mut values) = conditions(dialect, organization, &query);
    let held = holding::conditions(connection, &query, &mut values).await?;
    let sql = format!("SELECT COUNT(*) AS total FROM accounts a {} WHERE {conditions}{held}", condition_joins(&query));
    let row = query_with(sql, values).fetch_one(connection).await?;
    Ok(u64::try_from(row.number("total")?).unwrap_or_default())
}

/// How many accounts have each status, of those that fit the filter of a list apart from its status.
///
/// # Errors
/// When the store does not answer.
pub async fn status_counts(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    query: &ListQuery,
) -> Outcome<StatusCounts> {
    // As in `total`.
    let query = ListQuery { status: None, sort: AccountSort::Name, ..query.clone() };
    let (conditions, mut values) = conditions(dialect, organization, &query);
    values.push(query.at.into());
    let now = format!("${}", values.len());
    let held = holding::conditions(connection, &query, &mut values).await?;
    let count = |status: ShownStatus| {
        format!("COUNT(CASE WHEN {} THEN 1 END) AS {}", status::condition(status, &now), status.as_str())
    };
    let counts = ShownStatus::FILTERS.map(count).join(", ");
    // An invitation is looked up only where it can matter: most accounts are in, and nothing is looked up for NULL.
    let sql = format!(
        "SELECT {counts} FROM accounts a LEFT JOIN invitations i ON i.account_id = CASE WHEN a.activated_at IS NULL THEN a.id END {} WHERE {conditions}{held}",
        condition_joins(&query)
    );
    let row = query_with(sql, values).fetch_one(connection).await?;
    let count = |status: ShownStatus| row.number(status.as_str()).map(|count| u64::try_from(count).unwrap_or_default());
    Ok(StatusCounts {
        active: count(ShownStatus::Active)?,
        pending: count(ShownStatus::Pending)?,
        invitation_expired: count(ShownStatus::InvitationExpired)?,
        invitation_failed: count(ShownStatus::InvitationFailed)?,
        access_expired: count(ShownStatus::AccessExpired)?,
        deactivated: count(ShownStatus::Deactivated)?,
    })
}
