//! `DELETE accounts/{id}` of a service account (F100): its id is typed again, its tokens end, its name is never used again.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::accounts::{AccountKind, DeleteAccount};
use domain::permissions::ConsolePermission;

use super::store;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::{accounts, tokens, version};

pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(request): Body<DeleteAccount>,
) -> Outcome<StatusCode> {
    let (id, seen) = (accounts::path_id(&id)?, version::required(&headers)?);
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::ServiceAccountsManage, None).await?;
    let before = accounts::store::lookup(&mut tx, caller.organization.id, id, caller.at).await?;
    if before.deleted_at.is_some() || before.kind != AccountKind::Service {
        return Err(Failure::NotFound);
    }
    let holdings = caller::holdings_of(&mut tx, id).await?;
    caller.require_reach(&holdings.given(&caller.book))?;
    if caller.is_own(id) {
        return Err(Failure::OwnAccount);
    }
    caller.require_confirmed()?;
    if !request.fits(&before.handle) {
        let words = format!("Type {} to confirm.", before.handle);
        return Err(Failure::field("confirm", "mismatch", &words));
    }
    accounts::store::raise_version(&mut tx, caller.organization.id, id, seen, caller.at).await?;
    let ended = tokens::store::unrevoked(&mut tx, id).await?;
    tokens::store::revoke(&mut tx, &ended, Some(caller.account_id), "the account was deleted", caller.at).await?;
    store::delete(&mut tx, id, caller.at).await?;
    // What it held is in the audit log as it was.
    let mut events = vec![Event::new("service_account.deleted", id).before(&before)];
    events.extend(ended.into_iter().map(|token| Event::new("token.revoked", token)));
    audit::store::record_all(&mut tx, caller.organization.id, &(&caller).into(), caller.at, events).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
