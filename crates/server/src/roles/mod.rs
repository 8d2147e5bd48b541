//! Roles and the catalogue of permissions, for reading.

pub mod books;
pub mod store;

use axum::extract::State;
use domain::page::Page;
use domain::permissions::{ConsolePermission, PermissionEntry};
use domain::roles::Role;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Outcome;
use crate::http::respond::Json;
use crate::http::route::{Needs, Route};

#[must_use]
pub fn routes() -> Vec<Route> {
    let view = Needs::Permission(ConsolePermission::AccountsView);
    vec![
        Route::get("/api/v1/roles", view, "Roles and levels", list).gives_page_of::<Role>(),
        Route::get("/api/v1/permissions", view, "The catalogue of permissions", permissions)
            .gives_page_of::<PermissionEntry>(),
    ]
}

async fn list(State(app): State<App>, caller: Caller) -> Outcome<Json<Page<Role>>> {
    let mut connection = app.db.reader().acquire().await?;
    let items = store::list(&mut connection, caller.organization.id).await?;
    Ok(Json(Page { total: items.len() as u64, items, next_cursor: None }))
}

async fn permissions(caller: Caller) -> Json<Page<PermissionEntry>> {
    let items = caller.book.catalogue().0.clone();
    Json(Page { total: items.len() as u64, items, next_cursor: None })
}
