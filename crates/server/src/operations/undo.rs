//! `POST operations/{id}/undo`: each account becomes what it was, unless somebody else has changed it since.

use axum::extract::State;
use axum::http::StatusCode;
use domain::bulk::{BulkAnswer, BulkOutcome, BulkResult, Decider};
use domain::effective::GroupHolding;
use domain::permissions::ConsolePermission;
use domain::{AccountId, Code, OperationId};

use super::store::{self, Item, Operation};
use super::{LevelState, Subject};
use crate::accounts::bulk::store::{self as accounts, Loaded};
use crate::accounts::bulk::{Change, decider, holding_of};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::gate::now_and_then;
use crate::http::path::Path;
use crate::http::respond::Json;
use crate::objects::{Giver, Joining};
use crate::roles;
use crate::store::Tx;

pub(super) async fn undo(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Outcome<Json<BulkAnswer>> {
    let id: OperationId = id.parse().map_err(|_| Failure::NotFound)?;
    let needs = super::CHANGES_MANY.iter().copied().find(|permission| caller.effective.holds(*permission));
    let needs = needs.ok_or(Failure::NotFound)?;
    let (mut tx, caller) = caller.begin_change(&app, needs, None).await?;
    let operation = store::take(&mut tx, caller.organization.id, id, caller.at).await?;
    caller.require(operation.permission)?;
    let ids: Vec<AccountId> = operation.items.iter().map(|item| item.account).collect();
    let loaded = accounts::load(&mut tx, caller.organization.id, &ids, caller.at).await?;
    let found = find_subject(&mut tx, &caller, &operation.subject).await?;
    let joined = if let Subject::Group { id } = &operation.subject { vec![*id] } else { Vec::new() };
    let joining = Joining::read(&mut tx, Giver::all_of(&caller), &joined).await?;
    let mut decider = decider(&mut tx, &caller).await?;
    let (mut results, mut changes) = (Vec::with_capacity(ids.len()), Vec::new());
    for (place, item) in operation.items.iter().enumerate() {
        now_and_then(place).await;
        let decided = match (&found, loaded.get(&item.account)) {
            (Some(found), Some(account)) => restore(&mut decider, &joining, &operation, found, account, item),
            _ => Err(Code::NotFound),
        };
        let (outcome, code) = match &decided {
            Ok(_) => (BulkOutcome::Ok, None),
            Err(code) => (BulkOutcome::Error, Some(*code)),
        };
        results.push(BulkResult { account_id: item.account, outcome, code });
        changes.extend(decided.ok());
    }
    if changes.is_empty() {
        // Whoever may undo none of it leaves it to those who may.
        return Ok(Json(BulkAnswer { operation_id: None, results }));
    }
    if decider.gives_full_access {
        caller.require_confirmed()?;
    }
    accounts::write(&mut tx, &operation.subject, &changes, caller.account_id, caller.at).await?;
    let changed: Vec<AccountId> = changes.iter().map(|change| change.id).collect();
    accounts::raise_versions(&mut tx, &changed).await?;
    let mut events = vec![Event::new("operation.undone", id)];
    let event =
        |change: &Change| Event::new("account.change_undone", change.id).before(&change.before).after(&change.after);
    events.extend(changes.iter().map(event));
    audit::store::record_all(&mut tx, caller.organization.id, &(&caller).into(), caller.at, events).await?;
    let answer = BulkAnswer { operation_id: None, results };
    caller.save_answer(&mut tx, StatusCode::OK, None, &answer).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// The subject as it is today.
enum Found {
    Group(GroupHolding),
    Other,
}

/// None where the role or group of an operation is gone.
async fn find_subject(tx: &mut Tx, caller: &Caller, subject: &Subject) -> Outcome<Option<Found>> {
    match subject {
        Subject::Group { id } => match holding_of(tx, caller, *id).await {
            Ok(group) => Ok(Some(Found::Group(group))),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        },
        Subject::Role { key, id } => match roles::store::id_of(tx, caller.organization.id, key).await {
            Ok(now) => Ok((now == *id).then_some(Found::Other)),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        },
        Subject::Permission { .. } | Subject::Level | Subject::Status => Ok(Some(Found::Other)),
    }
}

fn restore(
    decider: &mut Decider<'_>,
    joining: &Joining<'_>,
    operation: &Operation,
    found: &Found,
    account: &Loaded,
    item: &Item,
) -> Result<Change, Code> {
    let (subject, now) = (&operation.subject, &account.target.holdings);
    if account.version != item.version || now.state.deleted_at.is_some() {
        return Err(Code::Stale);
    }
    // Managing groups is one right over all members; anything else is asked by kind, as of the change itself.
    let is_by_kind = operation.permission != ConsolePermission::GroupsManage;
    if is_by_kind && !decider.effective.holds(now.kind.managed_by()) {
        return Err(Code::Forbidden);
    }
    let group = if let Found::Group(group) = found { Some(group) } else { None };
    let after = subject.restored(now, &item.before, group, decider.at);
    let gained = group.and_then(|group| after.joined_beyond(now, group.group.id));
    if gained.zip(group).is_some_and(|(until, group)| !joining.may_add(group.group.id, until)) {
        return Err(Code::Escalation);
    }
    decider.decide(&account.target, &after)?;
    let level = item.before.level.as_ref().map(|_| LevelState { key: now.level.clone() });
    Ok(Change {
        id: item.account,
        version: account.version,
        handle: account.handle.clone(),
        before: account.moment(subject, level),
        after: item.before.clone(),
    })
}
