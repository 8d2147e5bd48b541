//! `DELETE roles/{id}`: refused while somebody holds the role, or its holders get another one in the same transaction.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::AccountId;
use domain::permissions::ConsolePermission;
use domain::reach;
use domain::roles::{OWNER_ROLE, Role, RoleRemoval};

use super::change::own_role;
use super::{path_id, store};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::store::Tx;
use crate::version;

pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    removal: Option<Body<RoleRemoval>>,
) -> Outcome<StatusCode> {
    let (id, seen) = (path_id(&id)?, version::required(&headers)?);
    let removal = removal.map(|Body(removal)| removal).unwrap_or_default();
    let basis = version::basis(&headers)?;
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::RolesManage, basis).await?;
    let organization = caller.organization.id;
    let role = own_role(&mut tx, &caller, id, seen).await?;
    store::change::forget_over(&mut tx, organization, &role.key, caller.at).await?;
    let moved = match &removal.move_to {
        Some(key) => move_holders(&mut tx, &caller, &role, key).await?,
        None if role.accounts + role.groups > 0 => {
            let holders = store::holders::named(&mut tx, organization, &role, caller.at).await?;
            return Err(Failure::InUse(Box::new(holders)));
        }
        None => Vec::new(),
    };
    store::change::delete(&mut tx, id).await?;
    caller.require_no_gain(&app, &mut tx).await?;
    let mut events = vec![Event::new("role.deleted", id).before(&role).after(&removal)];
    let (before, after) = (serde_json::json!({ "role": role.key }), serde_json::json!({ "role": removal.move_to }));
    events.extend(
        moved.into_iter().map(|account| Event::new("account.role_moved", account).before(&before).after(&after)),
    );
    audit::store::record_all(&mut tx, organization, &(&caller).into(), caller.at, events).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the holders another role: one that a group can carry too, and within what the caller holds.
async fn move_holders(tx: &mut Tx, caller: &Caller, from: &Role, key: &str) -> Outcome<Vec<AccountId>> {
    let roles = store::list(tx, caller.organization.id).await?;
    let to = roles.iter().find(|role| role.key == key && role.id != from.id);
    let to = to.ok_or_else(|| Failure::field("move_to", "unknown_role", "There is no such role to move to."))?;
    if to.level_rank.is_some() || to.key == OWNER_ROLE {
        return Err(Failure::field("move_to", "not_allowed", "Neither a level nor Owner is given to many like this."));
    }
    caller.require_within(&reach::of_role_removal(&caller.book, &from.permissions, Some(key)))?;
    store::change::move_holders(tx, caller.organization.id, from, to).await
}
