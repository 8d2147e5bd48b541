//! `POST accounts/bulk`: one act on many accounts in one transaction, with one result for each.

mod act;
mod plan;
pub mod store;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::bulk::{BulkAction, BulkAnswer, BulkKind, BulkRequest};
use domain::permissions::ConsolePermission;
use domain::previews::MembersChange;
use domain::{AccountId, GroupId};

pub use act::holding_of;
pub use plan::{Change, Outlook, Outlooks, decider, outlook};

use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::LargeBody;
use crate::http::respond::Json;
use crate::invitations;
use crate::operations::{self, store::Item, store::Operation};
use crate::store::Tx;
use crate::version;
use act::Act;
use plan::Plan;

/// What a request needs: resending is inviting, everything else is managing, people or service accounts.
pub(super) const NEEDS: &[ConsolePermission] =
    &[ConsolePermission::AccountsManage, ConsolePermission::ServiceAccountsManage, ConsolePermission::AccountsInvite];

/// As many accounts as are changed without waiting for a turn at the gate.
pub const FREE_MAX: usize = 200;

pub(super) async fn bulk(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    LargeBody(request): LargeBody<BulkRequest>,
) -> Outcome<Json<BulkAnswer>> {
    let faults = request.faults(caller.at);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let needs = match request.action.kind {
        BulkKind::Resend => ConsolePermission::AccountsInvite,
        _ => manages(&caller),
    };
    caller.require(needs)?;
    // Before any connection is taken: nobody holds one who waits.
    let is_large = request.ids.len() > FREE_MAX;
    let _turn = if is_large { Some(app.gate.enter(caller.account_id).await?) } else { None };
    let is_dry_run = request.dry_run;
    let part = Part::of(request);
    if is_dry_run {
        let mut connection = app.db.reader().acquire().await?;
        let plan = plan::plan(&mut connection, &app, &caller, &[part]).await?;
        return Ok(Json(BulkAnswer { operation_id: None, results: plan.results }));
    }
    let basis = version::basis(&headers)?;
    let (tx, caller) = caller.begin_change(&app, needs, basis).await?;
    run(&app, tx, &caller, needs, &[part]).await.map(Json)
}

/// Which kind of accounts a caller manages, people first where it is both or none.
fn manages(caller: &Caller) -> ConsolePermission {
    let (people, services) = (ConsolePermission::AccountsManage, ConsolePermission::ServiceAccountsManage);
    let is_services = !caller.effective.holds(people) && caller.effective.holds(services);
    if is_services { services } else { people }
}

/// By what right an act is done to accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// By one that was asked for already and holds for all of them, such as managing groups.
    Whole,
    /// By the right to manage accounts of their kind, asked of each.
    ByKind,
}

/// One act and the accounts it is done to.
pub struct Part {
    pub action: BulkAction,
    pub ids: Vec<AccountId>,
    /// As in `BulkRequest`.
    pub versions: Vec<Option<i64>>,
    pub right: Right,
}

impl Part {
    /// What is done to the members of a group, for the change and for its preview: some come, and others go.
    #[must_use]
    pub fn of_members(group: GroupId, change: MembersChange) -> [Self; 2] {
        let part = |kind, ids, valid_until| Self {
            action: BulkAction { group: Some(group), valid_until, ..BulkAction::plain(kind) },
            ids,
            versions: Vec::new(),
            right: Right::Whole,
        };
        [part(BulkKind::AddGroup, change.add, change.valid_until), part(BulkKind::RemoveGroup, change.remove, None)]
    }

    /// A whole request: resending is inviting, whomever; everything else is managing, by kind.
    #[must_use]
    pub fn of(request: BulkRequest) -> Self {
        let right = if request.action.kind == BulkKind::Resend { Right::Whole } else { Right::ByKind };
        Self { action: request.action, ids: request.ids, versions: request.versions, right }
    }

    /// Whether the account at a place was seen with another version than it has now.
    fn is_stale(&self, place: usize, version: i64) -> bool {
        self.versions.get(place).copied().flatten().is_some_and(|seen| seen != version)
    }
}

/// Does the parts of one request, all about the same role, group or permission, and commits; where nothing changes,
/// nothing is written.
///
/// # Errors
/// When the act as a whole is not allowed, or names what is not there; what stands against one account is its result.
pub async fn run(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    needs: ConsolePermission,
    parts: &[Part],
) -> Outcome<BulkAnswer> {
    let Plan { results, acts, gives_full_access } = plan::plan(&mut tx, app, caller, parts).await?;
    if acts.iter().all(|(_, changes)| changes.is_empty()) {
        return Ok(BulkAnswer { operation_id: None, results });
    }
    if gives_full_access {
        caller.require_confirmed()?;
    }
    let (mut events, mut items, mut subject) = (Vec::new(), Vec::new(), None);
    for (act, changes) in acts {
        match &act.subject {
            Some(of) => store::write(&mut tx, of, &changes, caller.account_id, caller.at).await?,
            None => invitations::resend_all(&mut tx, app, caller, &changes).await?,
        }
        let ids: Vec<AccountId> = changes.iter().map(|change| change.id).collect();
        store::raise_versions(&mut tx, &ids).await?;
        for change in changes {
            let event = Event::new(act.event(), change.id).before(&change.before);
            events.push(event.after(&(&act.action, &change.after.level)));
            items.push(Item { account: change.id, version: change.version + 1, before: change.before });
        }
        subject = act.subject.or(subject);
    }
    audit::store::record_all(&mut tx, caller.organization.id, &caller.into(), caller.at, events).await?;
    let operation_id = match subject {
        Some(subject) => {
            let operation = Operation { subject, permission: needs, items };
            Some(operations::store::insert(&mut tx, caller, &operation).await?)
        }
        None => None,
    };
    let answer = BulkAnswer { operation_id, results };
    caller.save_answer(&mut tx, StatusCode::OK, None, &answer).await?;
    tx.commit().await?;
    app.outbox_wake.notify_one();
    Ok(answer)
}

impl Act {
    /// As the audit log calls it.
    const fn event(&self) -> &'static str {
        match self.action.kind {
            BulkKind::AddRole => "account.role_added",
            BulkKind::RemoveRole => "account.role_removed",
            BulkKind::AddGroup => "account.group_added",
            BulkKind::RemoveGroup => "account.group_removed",
            BulkKind::AddPermission => "account.permission_added",
            BulkKind::RemovePermission => "account.permission_removed",
            BulkKind::SetLevel => "account.level_set",
            BulkKind::Activate => "account.activated",
            BulkKind::Deactivate => "account.deactivated",
            BulkKind::Resend => "invitation.resent",
        }
    }
}
