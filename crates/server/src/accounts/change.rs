//! `PATCH accounts/{id}`: name, level and status of somebody else.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::AccountId;
use domain::accounts::{Account, AccountChange, AccountKind, AccountStatus, StatusChange};
use domain::organization::has_seat;
use domain::permissions::ConsolePermission;

use super::{path_id, store};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::organization::store::{self as organizations, OrganizationRow};
use crate::roles;
use crate::service_accounts;
use crate::store::Tx;
use crate::version::{self, Versioned};

pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(change): Body<AccountChange>,
) -> Outcome<Versioned<Account>> {
    let (id, seen) = (path_id(&id)?, version::required(&headers)?);
    let needs = needs(&app, &caller, id).await?;
    let (mut tx, caller) = caller.begin_change(&app, needs, None).await?;
    let organization = caller.organization.clone();
    let before = store::lookup(&mut tx, organization.id, id, caller.at).await?;
    if before.deleted_at.is_some() {
        return Err(Failure::NotFound);
    }
    let mut faults = change.faults(before.kind);
    faults.extend(service_accounts::owner_fault(&mut tx, organization.id, change.owner).await?);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let holdings = caller::holdings_of(&mut tx, id).await?;
    caller.require_reach(&holdings.given(&caller.book))?;
    store::raise_version(&mut tx, organization.id, id, seen, caller.at).await?;
    if let Some(name) = &change.display_name {
        store::set_name(&mut tx, &before, name.as_str(), before.user_name.as_deref()).await?;
    }
    service_accounts::store::set_details(&mut tx, id, change.description.as_deref(), change.owner).await?;
    if let Some(level) = &change.level {
        set_level(&mut tx, &caller, &before, level).await?;
    }
    match change.status {
        Some(StatusChange::Deactivated) if before.status != AccountStatus::Deactivated => {
            deactivate(&mut tx, &caller, &organization, &before, holdings.is_lasting_owner()).await?
        }
        Some(StatusChange::Active) if before.status == AccountStatus::Deactivated => {
            activate(&mut tx, &organization, &before).await?
        }
        _ => {}
    }
    let after = store::lookup(&mut tx, organization.id, id, caller.at).await?;
    audit::store::record(
        &mut tx,
        organization.id,
        &(&caller).into(),
        caller.at,
        Event::new("account.changed", id).before(&before).after(&after),
    )
    .await?;
    tx.commit().await?;
    Ok(Versioned(after))
}

/// What changing an account takes: service accounts are managed by a permission of their own.
async fn needs(app: &App, caller: &Caller, id: AccountId) -> Outcome<ConsolePermission> {
    let mut connection = app.db.reader().acquire().await?;
    let account = store::lookup(&mut connection, caller.organization.id, id, caller.at).await?;
    let needs = account.kind.managed_by();
    caller.require(needs)?;
    Ok(needs)
}

async fn set_level(tx: &mut Tx, caller: &Caller, account: &Account, key: &str) -> Outcome<()> {
    if caller.is_own(account.id) {
        return Err(Failure::OwnAccount);
    }
    let level = caller.book.role(key).filter(|role| role.level_rank.is_some() && account.kind == AccountKind::User);
    let level = level.ok_or_else(|| Failure::field("level", "unknown_level", "Choose one of the levels."))?;
    caller.require_reach(&caller.book.expand(&level.permissions))?;
    let id = roles::store::id_of(tx, caller.organization.id, key).await?;
    store::set_level(tx, account.id, id, caller.account_id).await
}

async fn deactivate(
    tx: &mut Tx,
    caller: &Caller,
    organization: &OrganizationRow,
    account: &Account,
    is_owner: bool,
) -> Outcome<()> {
    if caller.is_own(account.id) {
        return Err(Failure::OwnAccount);
    }
    if account.status == AccountStatus::Pending {
        return Err(Failure::field("status", "pending", "An invitation that is open is withdrawn, not deactivated."));
    }
    if is_owner && !store::has_other_owner(tx, organization.id, account.id).await? {
        return Err(Failure::LastOwner);
    }
    store::set_deactivated(tx, account.id, Some(caller.at)).await
}

async fn activate(tx: &mut Tx, organization: &OrganizationRow, account: &Account) -> Outcome<()> {
    let taken = organizations::seats_taken(tx, organization.id).await?;
    if account.kind == AccountKind::User && !has_seat(organization.seats, taken) {
        return Err(Failure::NoSeat);
    }
    store::set_deactivated(tx, account.id, None).await
}
