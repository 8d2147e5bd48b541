//! Counts accounts by level and by activity.

use domain::time::DAY_MS;
use domain::usage::LevelCount;
use domain::{OrganizationId, Timestamp};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::Columns;

pub(super) async fn levels(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Vec<LevelCount>> {
    let rows = sqlx::query(
        "SELECT l.key, COALESCE(l.name, '') AS name, COUNT(*) AS accounts
         FROM accounts a LEFT JOIN roles l ON l.id = a.level_id
         WHERE a.organization_id = $1 AND a.kind = 'user' AND a.deleted_at IS NULL AND a.deactivated_at IS NULL
         GROUP BY l.key, l.name, l.level_rank ORDER BY COALESCE(l.level_rank, 0) DESC",
    )
    .bind(organization.to_string())
    .fetch_all(connection)
    .await?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    rows.iter()
        .map(|row| {
            Ok(LevelCount {
                key: row.maybe_text("key")?,
                name: row.text("name")?,
                accounts: count(row.number("accounts")?),
            })
        })
        .collect()
}

/// Users active within so long, and users who joined.
pub(super) struct Activity {
    pub(super) day: u64,
    pub(super) week: u64,
    pub(super) month: u64,
    pub(super) joined_month: u64,
}

pub(super) async fn activity(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    at: Timestamp,
) -> Outcome<Activity> {
    let since = |days: i64| at.plus(-days * DAY_MS).millis();
    let row = sqlx::query(
        "SELECT CAST(COALESCE(SUM(CASE WHEN last_active_at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS active_day,
                CAST(COALESCE(SUM(CASE WHEN last_active_at > $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS active_week,
                CAST(COALESCE(SUM(CASE WHEN last_active_at > $4 THEN 1 ELSE 0 END), 0) AS BIGINT) AS active_month,
                CAST(COALESCE(SUM(CASE WHEN activated_at > $4 THEN 1 ELSE 0 END), 0) AS BIGINT) AS joined_month
         FROM accounts WHERE organization_id = $1 AND kind = 'user' AND deleted_at IS NULL",
    )
    .bind(organization.to_string())
    .bind(since(1))
    .bind(since(7))
    .bind(since(30))
    .fetch_one(connection)
    .await?;
    let count = |name: &str| row.number(name).map(|number| u64::try_from(number).unwrap_or_default());
    Ok(Activity {
        day: count("active_day")?,
        week: count("active_week")?,
        month: count("active_month")?,
        joined_month: count("joined_month")?,
    })
}
