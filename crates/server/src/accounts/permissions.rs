//! `GET accounts/{id}/permissions`: what was given to an account, and what it may do by that, and why.

use axum::extract::State;
use domain::accounts::{AccountState, ShownStatus};
use domain::effective::{Holdings, effective};
use domain::grants::AccountPermissions;
use domain::me::HeldPermission;

use super::{path_id, store};
use crate::app::App;
use crate::caller::{self, Caller};
use crate::failure::Outcome;
use crate::http::path::Path;
use crate::http::respond::Json;

pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Outcome<Json<AccountPermissions>> {
    let mut connection = app.db.reader().acquire().await?;
    let account = store::lookup(&mut connection, caller.organization.id, path_id(&id)?, caller.at).await?;
    let holdings = caller::holdings_of(&mut connection, account.id).await?;
    let status = account.shown_status(caller.at);
    let held = |holdings: &Holdings| {
        HeldPermission::all(&effective(holdings, &caller.book, caller.at), caller.book.catalogue())
    };
    let permissions = held(&holdings);
    let is_active = status == ShownStatus::Active;
    let permissions_when_active = match is_active {
        true => Vec::new(),
        false => held(&Holdings { state: AccountState::active_since(account.created_at), ..holdings }),
    };
    let nothing_because = (!is_active).then(|| word(&app, &caller, status));
    let grants = store::permissions::grants(&mut connection, account.id).await?;
    let memberships = store::permissions::memberships(&mut connection, caller.organization.id, account.id).await?;
    Ok(Json(AccountPermissions {
        level: account.level,
        grants,
        memberships,
        permissions,
        nothing_because,
        permissions_when_active,
    }))
}

/// What the profile calls a status.
fn word(app: &App, caller: &Caller, status: ShownStatus) -> String {
    match (status, app.profile(&caller.organization.profile)) {
        (ShownStatus::Deactivated, Some(profile)) => profile.words.deactivated.clone(),
        _ => status.label().to_owned(),
    }
}
