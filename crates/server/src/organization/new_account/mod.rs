//! What every new user account holds before its invitation adds to it, for those who are about to invite.

mod store;

use axum::extract::State;
use domain::new_accounts::NewAccountView;
use domain::permissions::ConsolePermission;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Outcome;
use crate::http::respond::Json;
use crate::http::route::{Needs, Route};
use crate::organization::defaults;

#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let invite = Needs::Permission(ConsolePermission::AccountsInvite);
    vec![
        Route::get("/api/v1/organization/new-account", invite, "What every new user account holds", show)
            .gives::<NewAccountView>(),
    ]
}

async fn show(State(app): State<App>, caller: Caller) -> Outcome<Json<NewAccountView>> {
    let mut connection = app.db.reader().acquire().await?;
    let organization = &caller.organization;
    let groups = store::groups(&mut connection, organization.id).await?;
    let standing = defaults::store::read(&mut connection, organization.id).await?;
    Ok(Json(NewAccountView {
        baseline: caller.book.baseline().to_vec(),
        groups,
        permissions: standing.permissions.into_iter().map(|(key, _)| key).collect(),
        narrowing: app.profile(&organization.profile).and_then(|profile| profile.narrowing.clone()),
    }))
}
