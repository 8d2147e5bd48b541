//! Roles, levels among them, and the catalogue of permissions.

pub mod books;
mod change;
mod remove;
pub mod store;

use axum::extract::State;
use domain::Code;
use domain::RoleId;
use domain::page::Page;
use domain::permissions::{ConsolePermission, PermissionEntry};
use domain::roles::{NewRole, Role, RoleChange, RoleHolders, RoleRemoval};

use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::carried::Carried;
use crate::http::path::Path;
use crate::http::respond::Json;
use crate::http::route::{Needs, RIGHTS, Route};
use crate::version::Versioned;

/// Who gives something, or makes something of which more is given, chooses it from the lists of roles, groups and
/// permissions: names, and how many have each. Who has it is for those who may see accounts.
pub const CHOOSE: &[ConsolePermission] = &[
    ConsolePermission::AccountsView,
    ConsolePermission::AccountsInvite,
    ConsolePermission::AccountsManage,
    ConsolePermission::ServiceAccountsManage,
    ConsolePermission::GroupsManage,
    ConsolePermission::RolesManage,
    ConsolePermission::SettingsManage,
];

#[must_use]
pub fn routes() -> Vec<Route> {
    let choose = Needs::AnyOf(CHOOSE);
    let view = Needs::Permission(ConsolePermission::AccountsView);
    let manage = Needs::Permission(ConsolePermission::RolesManage);
    vec![
        Route::get("/api/v1/roles", choose, "Roles and levels, with how many hold each", list).gives_page_of::<Role>(),
        Route::post("/api/v1/roles", manage, "Create a role, or a copy of one", change::create)
            .succeeds_with(&[201])
            .refuses(RIGHTS)
            .refuses(&[Code::NameTaken])
            .reads(Carried::IdempotencyKey)
            .takes::<NewRole>()
            .gives::<Role>()
            .gives_version(),
        Route::get("/api/v1/roles/{id}", view, "One role", show).gives::<Role>().gives_version(),
        Route::patch("/api/v1/roles/{id}", manage, "Change a role", change::change)
            .refuses(RIGHTS)
            .refuses(&[Code::NameTaken, Code::BuiltIn])
            .reads(Carried::Version)
            .reads(Carried::Basis)
            .takes::<RoleChange>()
            .gives::<Role>()
            .gives_version(),
        Route::delete("/api/v1/roles/{id}", manage, "Delete a role, and give its holders another", remove::remove)
            .refuses(RIGHTS)
            .refuses(&[Code::InUse, Code::BuiltIn])
            .reads(Carried::Version)
            .reads(Carried::Basis)
            .may_take::<RoleRemoval>(),
        Route::get("/api/v1/roles/{id}/holders", view, "Who holds a role", holders).gives::<RoleHolders>(),
        Route::get("/api/v1/permissions", choose, "The catalogue of permissions", permissions)
            .gives_page_of::<PermissionEntry>(),
    ]
}

/// The id of an address; another text is nothing that exists.
fn path_id(text: &str) -> Outcome<RoleId> {
    text.parse().map_err(|_| Failure::NotFound)
}

async fn list(State(app): State<App>, caller: Caller) -> Outcome<Json<Page<Role>>> {
    let mut connection = app.db.reader().acquire().await?;
    let mut items = store::list(&mut connection, caller.organization.id).await?;
    store::holders::count(&mut connection, caller.organization.id, &mut items, caller.at).await?;
    Ok(Json(Page { total: items.len() as u64, items, next_cursor: None }))
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Outcome<Versioned<Role>> {
    let mut connection = app.db.reader().acquire().await?;
    let role = store::holders::lookup(&mut connection, caller.organization.id, path_id(&id)?, caller.at).await?;
    Ok(Versioned(role))
}

async fn holders(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Outcome<Json<RoleHolders>> {
    let mut connection = app.db.reader().acquire().await?;
    let organization = caller.organization.id;
    let role = store::holders::lookup(&mut connection, organization, path_id(&id)?, caller.at).await?;
    Ok(Json(store::holders::named(&mut connection, organization, &role, caller.at).await?))
}

async fn permissions(caller: Caller) -> Json<Page<PermissionEntry>> {
    let items = caller.book.catalogue().0.clone();
    Json(Page { total: items.len() as u64, items, next_cursor: None })
}
