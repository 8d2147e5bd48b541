//! `PATCH accounts/{id}`: name, level, status and end of somebody else.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::accounts::{Account, AccountChange, AccountKind, AccountStatus, StatusChange};
use domain::effective::Holdings;
use domain::full_access::gains_full_access;
use domain::organization::has_seat;
use domain::permissions::ConsolePermission;
use domain::reach::{self, Reach};
use domain::{AccountId, Timestamp};

use super::{path_id, store};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::invitations;
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
    let mut faults = change.faults(before.kind, caller.at);
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
    set_rights(&mut tx, &caller, &before, &holdings, &change).await?;
    let mut after = store::lookup(&mut tx, organization.id, id, caller.at).await?;
    audit::store::record(
        &mut tx,
        organization.id,
        &(&caller).into(),
        caller.at,
        Event::new("account.changed", id).before(&before).after(&after),
    )
    .await?;
    invitations::mark_outdated(&mut tx, &caller, std::slice::from_mut(&mut after)).await?;
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

/// Level, status and end. Who comes back, or stays for longer, is given what they hold anew (I7).
async fn set_rights(
    tx: &mut Tx,
    caller: &Caller,
    before: &Account,
    holdings: &Holdings,
    change: &AccountChange,
) -> Outcome<()> {
    if let Some(level) = &change.level {
        if before.status.keeps_level() && change.status != Some(StatusChange::Active) {
            return Err(Failure::LevelKept);
        }
        set_level(tx, caller, before, level).await?;
    }
    let is_owner = holdings.is_lasting_owner();
    match change.status {
        Some(StatusChange::Deactivated) if before.status != AccountStatus::Deactivated => {
            deactivate(tx, caller, before, is_owner).await?
        }
        Some(StatusChange::Active) if before.status == AccountStatus::Deactivated => {
            activate(tx, &caller.organization, before).await?
        }
        _ => {}
    }
    if let Some(end) = change.valid_until.filter(|end| *end != before.valid_until) {
        set_end(tx, caller, before, end, is_owner).await?;
    }
    let after = caller::holdings_of(tx, before.id).await?;
    let asked = reach::of_account_change(&caller.book, holdings, &after, caller.at);
    asked.iter().try_for_each(|reach| caller.require_within(reach))?;
    // What it has as everyone has is given by nobody, and works again all the same.
    if gains_full_access(holdings, &after, &caller.book, caller.at) { caller.require_confirmed() } else { Ok(()) }
}

async fn set_level(tx: &mut Tx, caller: &Caller, account: &Account, key: &str) -> Outcome<()> {
    if caller.is_own(account.id) {
        return Err(Failure::OwnAccount);
    }
    let level = caller.book.role(key).filter(|role| role.level_rank.is_some() && account.kind == AccountKind::User);
    let level = level.ok_or_else(|| Failure::field("level", "unknown_level", "Choose one of the levels."))?;
    caller.require_within(&Reach::gift(caller.book.expand(&level.permissions), None))?;
    let id = roles::store::id_of(tx, caller.organization.id, key).await?;
    store::set_level(tx, account.id, id, caller.account_id).await
}

async fn deactivate(tx: &mut Tx, caller: &Caller, account: &Account, is_owner: bool) -> Outcome<()> {
    if caller.is_own(account.id) {
        return Err(Failure::OwnAccount);
    }
    if account.status == AccountStatus::Pending {
        return Err(Failure::field("status", "pending", "An invitation that is open is withdrawn, not deactivated."));
    }
    if is_owner {
        require_other_owner(tx, account, caller).await?;
    }
    store::set_deactivated(tx, account.id, Some(caller.at)).await
}

/// The last Owner has no end (I1), and nobody sets their own.
async fn set_end(
    tx: &mut Tx,
    caller: &Caller,
    account: &Account,
    end: Option<Timestamp>,
    is_owner: bool,
) -> Outcome<()> {
    if caller.is_own(account.id) {
        return Err(Failure::OwnAccount);
    }
    if is_owner && end.is_some() {
        require_other_owner(tx, account, caller).await?;
    }
    store::set_valid_until(tx, account.id, end).await
}

async fn require_other_owner(tx: &mut Tx, account: &Account, caller: &Caller) -> Outcome<()> {
    match store::has_other_owner(tx, caller.organization.id, account.id).await? {
        true => Ok(()),
        false => Err(Failure::LastOwner),
    }
}

async fn activate(tx: &mut Tx, organization: &OrganizationRow, account: &Account) -> Outcome<()> {
    let taken = organizations::seats_taken(tx, organization.id).await?;
    if account.kind == AccountKind::User && !has_seat(organization.seats, taken) {
        return Err(Failure::NoSeat);
    }
    store::set_deactivated(tx, account.id, None).await
}
