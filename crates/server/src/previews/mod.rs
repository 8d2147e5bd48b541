//! `POST previews`: who gains and who loses what by a change, before it is made.

mod accounts;
mod defaults;
mod kept;
mod links;
mod store;
mod world;

use std::ops::Deref;

use axum::extract::State;
use domain::Code;
use domain::differences::Differences;
use domain::permissions::ConsolePermission;
use domain::previews::{Preview, PreviewRequest, PreviewedChange};
use sqlx::AnyConnection;

pub use kept::KeptWorlds;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::LargeBody;
use crate::http::gate::Pass;
use crate::http::respond::Json;
use crate::http::route::{Needs, Route};

/// Each kind of change needs one of them.
const NEEDS: &[ConsolePermission] = &[
    ConsolePermission::RolesManage,
    ConsolePermission::GroupsManage,
    ConsolePermission::AccountsManage,
    ConsolePermission::ServiceAccountsManage,
    ConsolePermission::AccountsInvite,
    ConsolePermission::SettingsManage,
];

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/previews", Needs::AnyOf(NEEDS), "Who gains and who loses what by a change", preview)
            .refuses(&[Code::Escalation, Code::NotFound, Code::BuiltIn])
            .also("the permission of the change itself")
            .takes::<PreviewRequest>()
            .gives::<Preview>(),
    ]
}

async fn preview(
    State(app): State<App>,
    caller: Caller,
    LargeBody(request): LargeBody<PreviewRequest>,
) -> Outcome<Json<Preview>> {
    let change = request.change().map_err(|fault| Failure::Invalid(vec![fault]))?;
    caller.require_one_of(change.needs())?;
    let app = &Turn { app: &app, pass: app.gate.enter(caller.account_id).await? };
    // The basis was read before anything else: what changes from now on makes the apply stale.
    let basis = caller.organization.rights_revision.to_string();
    let mut connection = app.db.reader().acquire().await?;
    let mut group = None;
    let found = match change {
        PreviewedChange::Defaults(wanted) => {
            let found = defaults::differences(&mut connection, app, &caller, &wanted).await?;
            return Ok(Json(Preview { is_for_new_accounts: true, ..found.preview(&caller.book, basis, &[]) }));
        }
        PreviewedChange::Role(id, change) => world::role(app, &mut connection, &caller, id, change).await?,
        PreviewedChange::RoleRemoval(id, removal) => {
            world::role_removal(app, &mut connection, &caller, id, removal).await?
        }
        PreviewedChange::Group(id, change) => world::group(app, &mut connection, &caller, id, change).await?,
        PreviewedChange::GroupRemoval(id) => {
            let found = world::group_removal(app, &mut connection, &caller, id).await?;
            group = Some(world::group_ties(&mut connection, &caller, id).await?);
            found
        }
        PreviewedChange::Members(group, change) => {
            accounts::members(&mut connection, app, &caller, group, change).await?
        }
        PreviewedChange::Bulk(request) => accounts::bulk(&mut connection, app, &caller, request).await?,
    };
    let names = examples(&mut connection, &caller, &found).await?;
    Ok(Json(Preview { group, ..found.preview(&caller.book, basis, &names) }))
}

/// The server, for somebody whose turn it is to have a preview computed.
struct Turn<'a> {
    app: &'a App,
    pass: Pass,
}

impl Deref for Turn<'_> {
    type Target = App;

    fn deref(&self) -> &App {
        self.app
    }
}

/// The names of the examples, for those who may see accounts.
async fn examples(
    connection: &mut AnyConnection,
    caller: &Caller,
    found: &Differences,
) -> Outcome<Vec<domain::accounts::AccountRef>> {
    match caller.effective.holds(ConsolePermission::AccountsView) {
        true => store::names(connection, caller.organization.id, &found.examples()).await,
        false => Ok(Vec::new()),
    }
}
