//! Accounts: the list, one of them, and changing it.

pub mod bulk;
mod change;
pub mod counts;
pub mod kept;
mod list;
mod permissions;
pub mod query;
mod reach;

pub mod store;

use axum::extract::State;
use domain::AccountId;
use domain::Code;
use domain::accounts::{Account, AccountChange, AccountPage};
use domain::bulk::{BulkAnswer, BulkRequest};
use domain::grants::AccountPermissions;
use domain::permissions::ConsolePermission;

use self::query::ListParameters;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::carried::Carried;
use crate::http::path::Path;
use crate::http::route::{Needs, RIGHTS, Route};
use crate::invitations;
use crate::version::Versioned;

/// What changing an account takes: the first for people, the second for service accounts.
const MANAGE: &[ConsolePermission] = &[ConsolePermission::AccountsManage, ConsolePermission::ServiceAccountsManage];

#[must_use]
pub fn routes() -> Vec<Route> {
    let view = Needs::Permission(ConsolePermission::AccountsView);
    vec![
        Route::get("/api/v1/accounts", view, "List accounts: search, filters, sort, keyset pages", list::list)
            .takes_query::<ListParameters>()
            .reads(Carried::Tag)
            .gives::<AccountPage>(),
        Route::get("/api/v1/accounts/{id}", view, "One account", show).gives::<Account>().gives_version(),
        Route::get("/api/v1/accounts/{id}/permissions", view, "What an account holds, and why", permissions::show)
            .gives::<AccountPermissions>(),
        Route::patch("/api/v1/accounts/{id}", Needs::AnyOf(MANAGE), "Change name, level or status", change::change)
            .refuses(RIGHTS)
            .refuses(&[Code::LastOwner, Code::OwnAccount, Code::LevelKept, Code::NoSeat])
            .reads(Carried::Version)
            .takes::<AccountChange>()
            .gives::<Account>()
            .gives_version(),
        Route::post("/api/v1/accounts/bulk", Needs::AnyOf(bulk::NEEDS), "One act on many accounts", bulk::bulk)
            .refuses(RIGHTS)
            .refuses(&[Code::BuiltIn])
            .reads(Carried::Basis)
            .reads(Carried::IdempotencyKey)
            .also("accounts.invite to resend, else the right to manage accounts of their kind")
            .takes::<BulkRequest>()
            .gives::<BulkAnswer>(),
    ]
}

/// The id of an address; another text is nothing that exists.
///
/// # Errors
/// `NotFound` when it is no id.
pub fn path_id(text: &str) -> Outcome<AccountId> {
    text.parse().map_err(|_| Failure::NotFound)
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Outcome<Versioned<Account>> {
    let mut connection = app.db.reader().acquire().await?;
    let mut account = store::lookup(&mut connection, caller.organization.id, path_id(&id)?, caller.at).await?;
    reach::mark(&mut connection, &caller, std::slice::from_mut(&mut account)).await?;
    invitations::mark_outdated(&mut connection, &caller, std::slice::from_mut(&mut account)).await?;
    Ok(Versioned(account))
}
