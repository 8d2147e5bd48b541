//! Usage: the numbers of the organization dashboard (F112).

mod store;

use axum::extract::State;
use domain::accounts::AccountKind;
use domain::permissions::ConsolePermission;
use domain::usage::UsageSummary;

use crate::accounts::query::ListQuery;
use crate::accounts::store as accounts;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Outcome;
use crate::http::respond::Json;
use crate::http::route::{Needs, Route};
use crate::organization;

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/api/v1/usage/summary",
            Needs::Permission(ConsolePermission::UsageView),
            "Accounts by status, level and activity",
            summary,
        )
        .gives::<UsageSummary>(),
    ]
}

async fn summary(State(app): State<App>, caller: Caller) -> Outcome<Json<UsageSummary>> {
    let mut connection = app.db.reader().acquire().await?;
    let id = caller.organization.id;
    let all = ListQuery::all(AccountKind::User, caller.at);
    let status_counts = accounts::status_counts(&mut connection, app.db.dialect, id, &all).await?;
    let levels = store::levels(&mut connection, id).await?;
    let activity = store::activity(&mut connection, id, caller.at).await?;
    Ok(Json(UsageSummary {
        status_counts,
        levels,
        active_1d: activity.day,
        active_7d: activity.week,
        active_30d: activity.month,
        joined_30d: activity.joined_month,
        seats: caller.organization.seats,
        seats_taken: organization::store::seats_taken(&mut connection, id).await?,
    }))
}
