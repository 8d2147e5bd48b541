//! Resending, copying and withdrawing the invitation of one account.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::AccountId;
use domain::accounts::{Account, AccountStatus};
use domain::invitations::{InvitationLink, InvitationOutcome, mail_allowance};
use domain::permissions::ConsolePermission;

use super::link::{look, require_open};
use super::snapshot::{self, Now};
use super::store;
use crate::accounts::bulk::Change;
use crate::accounts::{path_id, store as accounts};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::path::Path;
use crate::http::respond::Json;
use crate::store::Tx;
use crate::version::{self, Versioned};

/// The link of an invitation. The token is in the fragment, which no server, proxy or log ever sees.
#[must_use]
pub fn link(app: &App, account: AccountId, generation: i64) -> String {
    format!("{}/invitation#{}", app.public_url, app.key.invitation(account, generation).reveal())
}

/// Begins an act on an invitation that is open, of an account within what the caller holds once the lock is taken.
async fn begin(app: &App, caller: Caller, id: &str) -> Outcome<(Tx, Caller, Account)> {
    let (mut tx, caller) = caller.begin_plain(app).await?;
    let account = open_invitation(&mut tx, &caller, id).await?;
    Ok((tx, caller, account))
}

async fn open_invitation(tx: &mut Tx, caller: &Caller, id: &str) -> Outcome<Account> {
    caller.require(ConsolePermission::AccountsInvite)?;
    let account = accounts::lookup(tx, caller.organization.id, path_id(id)?, caller.at).await?;
    if account.status != AccountStatus::Pending || account.deleted_at.is_some() {
        return Err(Failure::NotPending);
    }
    let holdings = caller::holdings_of(tx, account.id).await?;
    caller.require_reach(&holdings.given(&caller.book))?;
    Ok(account)
}

pub(super) async fn resend(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Outcome<Versioned<Account>> {
    let seen = version::required(&headers)?;
    let (mut tx, caller, account) = begin(&app, caller, &id).await?;
    caller.require_confirmed_for(&caller::holdings_of(&mut tx, account.id).await?)?;
    let organization = caller.organization.id;
    accounts::raise_version(&mut tx, organization, account.id, seen, caller.at).await?;
    if app.has_mail {
        store::take_allowance(&mut tx, organization, &account.handle, caller.at).await?;
    }
    store::renew(&mut tx, &app, &caller, &[account.id]).await?;
    let event = Event::new("invitation.resent", account.id);
    audit::store::record(&mut tx, organization, &(&caller).into(), caller.at, event).await?;
    let after = accounts::lookup(&mut tx, organization, account.id, caller.at).await?;
    caller.save_answer(&mut tx, StatusCode::OK, Some(after.version), &after).await?;
    tx.commit().await?;
    app.outbox_wake.notify_one();
    Ok(Versioned(after))
}

/// Renews the invitations of many accounts, each of which may get one more mail.
///
/// # Errors
/// `NotPending` when one of them has no open invitation.
pub async fn resend_all(tx: &mut Tx, app: &App, caller: &Caller, changes: &[Change]) -> Outcome<()> {
    let ids: Vec<AccountId> = changes.iter().map(|change| change.id).collect();
    store::renew(tx, app, caller, &ids).await?;
    if !app.has_mail {
        return Ok(());
    }
    let handles: Vec<String> = changes.iter().map(|change| change.handle.clone()).collect();
    let full = store::allowances(tx, caller.organization.id, &handles).await?;
    let next = |handle: String| mail_allowance(full.get(&handle).copied(), caller.at).map(|full_at| (handle, full_at));
    store::keep_allowances(tx, caller.organization.id, handles.into_iter().filter_map(next).collect()).await
}

pub(super) async fn copy_link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Outcome<Json<InvitationLink>> {
    let ((mut tx, caller, account), is_repeated) = match begin(&app, caller.clone(), &id).await {
        // A link may be shown again for as long as it may be shown at all.
        Err(Failure::AlreadyDone) => (begin(&app, caller.without_key(), &id).await?, true),
        begun => (begun?, false),
    };
    caller.require_confirmed_for(&caller::holdings_of(&mut tx, account.id).await?)?;
    snapshot::require_own(&mut tx, &caller, account.id).await?;
    let generation = store::generation(&mut tx, account.id).await?;
    // A link that opens nothing is not handed out, whatever it died of.
    let (_, state) = look(&app, &mut tx, &store::link_hash(&app.key, account.id, generation), caller.at).await?;
    require_open(state)?;
    // The caller was checked against the account's current access, so the link may grant no more than that, even if the
    // account had more when the link was created and gets it back later (I17).
    Now::of(&caller).record(&mut tx, &[account.id]).await?;
    if !is_repeated {
        store::note_copied(&mut tx, account.id, caller.organization.invitation_ttl_ms, caller.at).await?;
        let event = Event::new("invitation.link_copied", account.id);
        audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    }
    tx.commit().await?;
    Ok(Json(InvitationLink { link: link(&app, account.id, generation) }))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Outcome<StatusCode> {
    let seen = version::required(&headers)?;
    let (mut tx, caller, account) = begin(&app, caller, &id).await?;
    accounts::raise_version(&mut tx, caller.organization.id, account.id, seen, caller.at).await?;
    store::end(&mut tx, account.id, InvitationOutcome::Withdrawn, caller.at).await?;
    let event = Event::new("invitation.withdrawn", account.id).before(&account);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
