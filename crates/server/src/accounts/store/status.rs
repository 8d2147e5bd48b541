//! The shown status as a condition of SQL. A test holds it to `AccountState::shown` on every combination.

use domain::accounts::ShownStatus;

/// The condition for accounts `a` and invitations `i` that have a status at the time of the placeholder.
#[must_use]
pub(super) fn condition(status: ShownStatus, now: &str) -> String {
    let is_in = format!(
        "a.deleted_at IS NULL AND a.deactivated_at IS NULL AND (a.valid_until IS NULL OR a.valid_until > {now})"
    );
    // What few accounts are comes first: a count asks all of them.
    let is_invited = format!("a.activated_at IS NULL AND {is_in}");
    let is_failed = "COALESCE(i.delivery, '') = 'failed'";
    let is_late = format!("COALESCE(i.expires_at, {now} + 1) <= {now}");
    match status {
        ShownStatus::Deleted => "a.deleted_at IS NOT NULL".to_owned(),
        ShownStatus::Deactivated => "a.deactivated_at IS NOT NULL AND a.deleted_at IS NULL".to_owned(),
        ShownStatus::AccessExpired => {
            format!("a.valid_until <= {now} AND a.deleted_at IS NULL AND a.deactivated_at IS NULL")
        }
        ShownStatus::InvitationFailed => format!("{is_invited} AND {is_failed}"),
        ShownStatus::InvitationExpired => format!("{is_invited} AND NOT {is_failed} AND {is_late}"),
        ShownStatus::Pending => format!("{is_invited} AND NOT {is_failed} AND NOT ({is_late})"),
        ShownStatus::Active => format!("{is_in} AND a.activated_at IS NOT NULL"),
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::accounts::AccountState;
    use domain::invitations::Delivery;
    use sqlx::Row;

    use super::*;

    const ALL: [ShownStatus; 7] = [
        ShownStatus::Deleted,
        ShownStatus::Deactivated,
        ShownStatus::AccessExpired,
        ShownStatus::InvitationFailed,
        ShownStatus::InvitationExpired,
        ShownStatus::Pending,
        ShownStatus::Active,
    ];

    fn states() -> Vec<AccountState> {
        let times = [None, Some(9), Some(10), Some(11)].map(|millis| millis.map(Timestamp::from_millis));
        let deliveries = [Delivery::Queued, Delivery::Sent, Delivery::Failed];
        let mut states = Vec::new();
        for activated_at in [times[0], times[1]] {
            for deactivated_at in [times[0], times[1]] {
                for deleted_at in [times[0], times[1]] {
                    for valid_until in times {
                        let invitations = times
                            .iter()
                            .flat_map(|end| deliveries.map(|delivery| Some((*end, delivery))))
                            .chain([None]);
                        states.extend(invitations.map(|invitation| AccountState {
                            activated_at,
                            deactivated_at,
                            deleted_at,
                            valid_until,
                            invitation,
                        }));
                    }
                }
            }
        }
        states
    }

    #[tokio::test]
    async fn condition_agrees_with_the_domain_on_every_combination() {
        sqlx::any::install_default_drivers();
        let pool = sqlx::any::AnyPoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        let columns = ALL
            .map(|status| format!("CASE WHEN {} THEN 1 ELSE 0 END AS {}", condition(status, "10"), status.as_str()))
            .join(", ");
        let text = |time: Option<Timestamp>| time.map_or("NULL".to_owned(), |time| time.millis().to_string());
        for state in states() {
            let invitation = match state.invitation {
                Some((end, delivery)) => format!(
                    "LEFT JOIN (SELECT {} AS expires_at, '{}' AS delivery) i ON 1 = 1",
                    text(end),
                    delivery.as_str()
                ),
                None => "LEFT JOIN (SELECT NULL AS expires_at, NULL AS delivery) i ON 1 = 0".to_owned(),
            };
            let sql = format!(
                "SELECT {columns} FROM (SELECT {} AS activated_at, {} AS deactivated_at, {} AS deleted_at, {} AS valid_until) a {invitation}",
                text(state.activated_at),
                text(state.deactivated_at),
                text(state.deleted_at),
                text(state.valid_until)
            );
            let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&pool).await.unwrap();
            let found: Vec<ShownStatus> =
                ALL.into_iter().filter(|status| row.get::<i64, _>(status.as_str()) == 1).collect();
            assert_eq!(found, [state.shown(Timestamp::from_millis(10))], "{state:?}");
        }
    }
}
