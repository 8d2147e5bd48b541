//! `POST /api/logout/{email}`: ends every session of a person in the caller's organization, at once (F84).

use axum::extract::State;
use axum::http::StatusCode;
use domain::EmailAddress;
use domain::permissions::ConsolePermission;

use super::store;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::path::Path;

pub(super) async fn log_out(State(app): State<App>, caller: Caller, Path(email): Path<String>) -> Outcome<StatusCode> {
    let address = EmailAddress::parse(&email).map_err(|_| Failure::NotFound)?;
    let (mut tx, caller) = caller.begin_plain(&app).await?;
    caller.require(ConsolePermission::SessionsRevoke)?;
    let organization = caller.organization.id;
    let account = store::user_account(&mut tx, organization, address.key()).await?.ok_or(Failure::NotFound)?;
    let holdings = caller::holdings_of(&mut tx, account).await?;
    caller.require_reach(&holdings.given(&caller.book))?;
    let ended = store::end_all(&mut tx, account, caller.at).await?;
    let event = Event::new("session.ended_by_other", account).after(&serde_json::json!({ "sessions": ended }));
    audit::store::record(&mut tx, organization, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
