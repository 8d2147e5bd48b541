//! Service accounts: made, changed and deleted. Lists, roles and groups are those of all accounts.

mod create;
mod remove;
pub mod store;

pub use create::owner_fault;

use axum::extract::State;
use domain::Code;
use domain::accounts::DeleteAccount;
use domain::permissions::ConsolePermission;
use domain::service_accounts::{Availability, CreatedServiceAccount, NewServiceAccount, ServiceAccountId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::carried::Carried;
use crate::http::query::Parameters;
use crate::http::respond::Json;
use crate::http::route::{Needs, RIGHTS, Route};

#[must_use]
pub fn routes() -> Vec<Route> {
    let manage = Needs::Permission(ConsolePermission::ServiceAccountsManage);
    vec![
        Route::post("/api/v1/service-accounts", manage, "Create a service account", create::create)
            .succeeds_with(&[201])
            .refuses(RIGHTS)
            .refuses(&[Code::NameTaken])
            .reads(Carried::IdempotencyKeyOfSecret)
            .takes::<NewServiceAccount>()
            .gives::<CreatedServiceAccount>(),
        Route::get(
            "/api/v1/service-accounts/availability",
            manage,
            "Whether an id of a service account is free",
            availability,
        )
        .takes_query::<Asked>()
        .gives::<Availability>(),
        Route::delete("/api/v1/accounts/{id}", manage, "Delete a service account for good", remove::remove)
            .refuses(RIGHTS)
            .refuses(&[Code::OwnAccount])
            .reads(Carried::Version)
            .takes::<DeleteAccount>(),
    ]
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// As it was typed.
    account_id: String,
}

async fn availability(
    State(app): State<App>,
    caller: Caller,
    Parameters(asked): Parameters<Asked>,
) -> Outcome<Json<Availability>> {
    let account_id = ServiceAccountId::parse(&asked.account_id)
        .map_err(|error| Failure::field("account_id", error.code(), &error.to_string()))?;
    let mut connection = app.db.reader().acquire().await?;
    let available = !store::is_taken(&mut connection, caller.organization.id, &account_id).await?;
    Ok(Json(Availability { account_id, available }))
}
