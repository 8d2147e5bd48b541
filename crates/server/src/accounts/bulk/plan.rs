//! What an act would do to each account: for the apply as for the dry run.

use std::collections::HashMap;

use domain::accounts::{AccountKind, ShownStatus};
use domain::bulk::{ActContext, BulkKind, BulkOutcome, BulkResult, Decider};
use domain::effective::Holdings;
use domain::full_access::full_access_end;
use domain::invitations::mail_allowance;
use domain::{AccountId, Code, Timestamp};
use sqlx::AnyConnection;

use super::act::Act;
use super::store::{self, Loaded};
use super::{Part, Right};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Outcome;
use crate::http::gate::now_and_then;
use crate::operations::{LevelState, Moment, Subject};
use crate::{invitations, organization};

/// What is to be written for one account.
pub struct Change {
    pub id: AccountId,
    /// Of the account before.
    pub version: i64,
    /// The e-mail key of a user.
    pub handle: String,
    pub before: Moment,
    pub after: Moment,
}

/// All results, in the order of the request, and what is to be written.
pub(super) struct Plan {
    pub(super) results: Vec<BulkResult>,
    pub(super) acts: Vec<(Act, Vec<Change>)>,
    /// Whether any of it gives full access, or sends a link that does.
    pub(super) gives_full_access: bool,
}

pub(super) async fn plan(connection: &mut AnyConnection, app: &App, caller: &Caller, parts: &[Part]) -> Outcome<Plan> {
    let mut plan = Plan { results: Vec::new(), acts: Vec::new(), gives_full_access: false };
    let mut decider = decider(connection, caller).await?;
    for part in parts {
        let act = Act::resolve(connection, caller, &part.action).await?;
        let loaded = store::load(connection, caller.organization.id, &part.ids, caller.at).await?;
        let mails = allowances_for(connection, app, caller, part, &loaded).await?;
        let mut changes = Vec::new();
        for (place, id) in part.ids.iter().enumerate() {
            now_and_then(place).await;
            let decided = match loaded.get(id) {
                None => Err(Code::NotFound),
                Some(account) if part.is_stale(place, account.version) => Err(Code::Stale),
                Some(account) => {
                    let after = decide(&mut decider, caller, (&act, part.right), account, mails.as_ref());
                    after.map(|after| after.map(|after| change(caller, &act, account, &after)))
                }
            };
            let (outcome, code) = match &decided {
                Ok(Some(_)) => (BulkOutcome::Ok, None),
                Ok(None) => (BulkOutcome::Unchanged, None),
                Err(code) => (BulkOutcome::Error, Some(*code)),
            };
            plan.results.push(BulkResult { account_id: *id, outcome, code });
            changes.extend(decided.ok().flatten());
        }
        plan.acts.push((act, changes));
    }
    plan.gives_full_access = decider.gives_full_access;
    Ok(plan)
}

/// An account that a change would not leave as it is.
pub struct Outlook {
    pub id: AccountId,
    pub before: Holdings,
    pub after: Holdings,
}

/// What a selection would come to, before the change.
#[derive(Default)]
pub struct Outlooks {
    pub changed: Vec<Outlook>,
    /// Accounts that would be refused, with their kind where they are there at all.
    pub refused: Vec<(AccountId, Option<AccountKind>, Code)>,
}

/// What the accounts would hold that the parts change, for a preview, and which of them would be refused.
///
/// # Errors
/// When the act as a whole is not allowed, or names what is not there.
pub async fn outlook(connection: &mut AnyConnection, app: &App, caller: &Caller, parts: &[Part]) -> Outcome<Outlooks> {
    let mut found = Outlooks::default();
    let mut decider = decider(connection, caller).await?;
    for part in parts.iter().filter(|part| !part.ids.is_empty()) {
        let act = Act::resolve(connection, caller, &part.action).await?;
        let loaded = store::load(connection, caller.organization.id, &part.ids, caller.at).await?;
        let mails = allowances_for(connection, app, caller, part, &loaded).await?;
        for (place, id) in part.ids.iter().enumerate() {
            now_and_then(place).await;
            let Some(account) = loaded.get(id) else {
                found.refused.push((*id, None, Code::NotFound));
                continue;
            };
            let before = &account.target.holdings;
            match decide(&mut decider, caller, (&act, part.right), account, mails.as_ref()) {
                Ok(Some(after)) => found.changed.push(Outlook { id: *id, before: before.clone(), after }),
                Ok(None) => {}
                Err(code) => found.refused.push((*id, Some(before.kind), code)),
            }
        }
    }
    Ok(found)
}

/// What decides on the accounts of one request, with the Owners and seats there are.
///
/// # Errors
/// When the store does not answer.
pub async fn decider<'a>(connection: &mut AnyConnection, caller: &'a Caller) -> Outcome<Decider<'a>> {
    let organization = &caller.organization;
    let seats_left = match organization.seats {
        Some(seats) => Some(seats.saturating_sub(organization::store::seats_taken(connection, organization.id).await?)),
        None => None,
    };
    Ok(Decider {
        actors: caller.parties().iter().map(|party| party.account).collect(),
        effective: &caller.effective,
        book: &caller.book,
        at: caller.at,
        owners: store::owners(connection, organization.id).await?,
        seats_left,
        gives_full_access: false,
    })
}

/// When each address may get its full number of mails again; none where the act sends no mail.
async fn allowances_for(
    connection: &mut AnyConnection,
    app: &App,
    caller: &Caller,
    part: &Part,
    loaded: &HashMap<AccountId, Loaded>,
) -> Outcome<Option<HashMap<String, Timestamp>>> {
    if part.action.kind != BulkKind::Resend || !app.has_mail {
        return Ok(None);
    }
    let handles: Vec<String> = loaded.values().map(|account| account.handle.clone()).collect();
    invitations::store::allowances(connection, caller.organization.id, &handles).await.map(Some)
}

/// What an account holds after the act; none where it is so already.
fn decide(
    decider: &mut Decider<'_>,
    caller: &Caller,
    (act, right): (&Act, Right),
    account: &Loaded,
    mails: Option<&HashMap<String, Timestamp>>,
) -> Result<Option<Holdings>, Code> {
    let now = &account.target.holdings;
    if now.state.shown(caller.at) == ShownStatus::Deleted {
        return Err(Code::NotFound);
    }
    if right == Right::ByKind && !caller.effective.holds(now.kind.managed_by()) {
        return Err(Code::Forbidden);
    }
    let context = ActContext { book: &caller.book, group: act.group.as_ref(), at: caller.at };
    let Some(after) = act.action.apply(&context, now)? else { return Ok(None) };
    if mails.is_some_and(|full| mail_allowance(full.get(&account.handle).copied(), caller.at).is_none()) {
        return Err(Code::TooMany);
    }
    decider.decide(&account.target, &after)?;
    // A new link opens all that its account was given.
    let opens_all = || full_access_end(&after, &caller.book, caller.at).is_some();
    decider.gives_full_access |= act.action.kind == BulkKind::Resend && opens_all();
    Ok(Some(after))
}

/// What is to be written for an account.
fn change(caller: &Caller, act: &Act, account: &Loaded, after: &Holdings) -> Change {
    let now = &account.target.holdings;
    let touches_level = now.level != after.level;
    let level = |holdings: &Holdings| touches_level.then(|| LevelState { key: holdings.level.clone() });
    Change {
        id: account.target.id,
        version: account.version,
        handle: account.handle.clone(),
        before: act.subject.as_ref().map(|subject| account.moment(subject, level(now))).unwrap_or_default(),
        after: act.moment(caller, level(after)),
    }
}

impl Loaded {
    /// The account now, as far as a subject goes.
    #[must_use]
    pub fn moment(&self, subject: &Subject, level: Option<LevelState>) -> Moment {
        let empty = Moment { level, ..Moment::default() };
        match subject {
            Subject::Role { .. } | Subject::Permission { .. } => {
                let what = subject.granted();
                let grants = self.grants.iter().filter(|(granted, _)| Some(granted) == what.as_ref());
                Moment { grants: grants.map(|(_, row)| row.clone()).collect(), ..empty }
            }
            Subject::Group { id } => {
                let membership = self.memberships.iter().find(|(group, _)| group == id);
                Moment { membership: membership.map(|(_, row)| row.clone()), ..empty }
            }
            Subject::Level => empty,
            Subject::Status => Moment { deactivated_at: self.target.holdings.state.deactivated_at, ..empty },
        }
    }
}
