//! Revoking: one token, many with a preview, or the one that is shown (RFC 7009).

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::StatusCode;
use domain::permissions::ConsolePermission;
use domain::secret;
use domain::time::DAY_MS;
use domain::tokens::{
    BulkRevoke, RevokeToken, SecretText, Token, TokenFault, TokenRevocation, TokenRevokeResult, TokenRevokeSummary,
};
use domain::{AccountId, Code, Timestamp, TokenId};
use serde::Deserialize;

use super::{path_id, reach, store};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::{self, Caller, Origin};
use crate::failure::{Failure, Outcome};
use crate::http::body::{Body, Form, LargeBody};
use crate::http::path::Path;
use crate::http::respond::Json;
use crate::organization;
use crate::secrets;
use crate::store::Tx;

/// A token that was used within so long is in use: revoking it stops something.
const IN_USE_MS: i64 = 7 * DAY_MS;

pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Option<Body<RevokeToken>>,
) -> Outcome<StatusCode> {
    let (id, request) = (path_id(&id)?, body.map(|Body(request)| request).unwrap_or_default());
    let faults = request.faults();
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let (mut tx, caller) = caller.begin_tokens(&app).await?;
    let token = store::lookup(&mut tx, caller.organization.id, id).await?;
    if !shows(&mut tx, request.secret.as_ref(), id).await? {
        require_revoke(&mut tx, &caller, &token).await?;
    }
    if store::revoke(&mut tx, &[id], Some(caller.account_id), &request.reason, caller.at).await? > 0 {
        let event = revoked(&token, &request.reason);
        audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a secret is that of a token.
async fn shows(tx: &mut Tx, secret: Option<&SecretText>, id: TokenId) -> Outcome<bool> {
    let Some(secret) = secret.and_then(|secret| secret::find_within(secret.reveal())) else { return Ok(false) };
    let row = store::find_by_hash(tx, &secrets::hash(secret.reveal())).await?;
    Ok(row.is_some_and(|row| row.id == id))
}

/// As changing a token; but people end their own, and every program the one that it shows. A token that leaked does not
/// stop the account's others.
async fn require_revoke(tx: &mut Tx, caller: &Caller, token: &Token) -> Outcome<()> {
    let is_own = token.account.id == caller.account_id;
    let is_shown = caller.credential.token_id() == Some(token.id);
    let manages = caller.effective.holds(ConsolePermission::TokensManageAll);
    match is_shown || is_own && (manages || caller.session().is_ok()) {
        true => Ok(()),
        false => reach::require_change(tx, caller, &token.account).await,
    }
}

fn revoked(token: &Token, reason: &str) -> Event {
    Event::new("token.revoked", token.id).after(&serde_json::json!({
        "account": token.account.id, "name": token.name, "hint": token.hint, "reason": reason,
    }))
}

pub(super) async fn many(
    State(app): State<App>,
    caller: Caller,
    LargeBody(request): LargeBody<BulkRevoke>,
) -> Outcome<Json<TokenRevocation>> {
    let faults = request.faults();
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let (mut tx, caller) = caller.begin_tokens(&app).await?;
    let plan = plan(&mut tx, &caller, &request.ids).await?;
    if !request.dry_run && !plan.revoked.is_empty() {
        let ids: Vec<TokenId> = plan.revoked.iter().map(|token| token.id).collect();
        store::revoke(&mut tx, &ids, Some(caller.account_id), &request.reason, caller.at).await?;
        let events = plan.revoked.iter().map(|token| revoked(token, &request.reason)).collect();
        audit::store::record_all(&mut tx, caller.organization.id, &(&caller).into(), caller.at, events).await?;
        tx.commit().await?;
    }
    Ok(Json(TokenRevocation { summary: plan.summary, results: plan.results }))
}

/// What revoking many tokens does.
struct Plan {
    revoked: Vec<Token>,
    summary: TokenRevokeSummary,
    results: Vec<TokenRevokeResult>,
}

async fn plan(tx: &mut Tx, caller: &Caller, ids: &[TokenId]) -> Outcome<Plan> {
    let found = store::find_all(tx, caller.organization.id, ids).await?;
    let mut found: BTreeMap<TokenId, Token> = found.into_iter().map(|token| (token.id, token)).collect();
    let mut within: BTreeMap<AccountId, bool> = BTreeMap::new();
    let mut plan =
        Plan { revoked: Vec::new(), summary: TokenRevokeSummary::default(), results: Vec::with_capacity(ids.len()) };
    for id in ids {
        let code = match found.remove(id) {
            None => Some(Code::NotFound),
            Some(token) if !is_within(tx, caller, &token, &mut within).await? => Some(Code::Escalation),
            Some(token) if !token.works(caller.at) => {
                plan.summary.ended_before += 1;
                None
            }
            Some(token) => {
                plan.revoked.push(token);
                None
            }
        };
        plan.summary.refused += u64::from(code.is_some());
        plan.results.push(TokenRevokeResult { token_id: *id, code });
    }
    plan.summary = count(tx, &plan, caller.at).await?;
    Ok(plan)
}

/// Whether an account's tokens are within the caller's reach; asked once for each account.
async fn is_within(
    tx: &mut Tx,
    caller: &Caller,
    token: &Token,
    known: &mut BTreeMap<AccountId, bool>,
) -> Outcome<bool> {
    if let Some(is_within) = known.get(&token.account.id) {
        return Ok(*is_within);
    }
    let is_within = match require_revoke(tx, caller, token).await {
        Ok(()) => true,
        Err(Failure::Escalation(_) | Failure::Forbidden(_) | Failure::OutOfScope(_) | Failure::SessionRequired) => {
            false
        }
        Err(other) => return Err(other),
    };
    known.insert(token.account.id, is_within);
    Ok(is_within)
}

async fn count(tx: &mut Tx, plan: &Plan, at: Timestamp) -> Outcome<TokenRevokeSummary> {
    let accounts: BTreeSet<AccountId> = plan.revoked.iter().map(|token| token.account.id).collect();
    let is_in_use = |token: &&Token| token.last_used_at.is_some_and(|used| at.since(used) < IN_USE_MS);
    let mut left_without = 0;
    for account in &accounts {
        let going = plan.revoked.iter().filter(|token| token.account.id == *account).count();
        left_without += u64::from(store::count_working(tx, *account, at).await? <= going);
    }
    Ok(TokenRevokeSummary {
        revoked: plan.revoked.len() as u64,
        in_use: plan.revoked.iter().filter(is_in_use).count() as u64,
        accounts: accounts.len() as u64,
        left_without,
        ..plan.summary
    })
}

/// The form of RFC 7009, section 2.1.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct RevocationRequest {
    /// The token that is to end.
    token: String,
    /// Of no use here, and taken as the standard says.
    #[serde(rename = "token_type_hint")]
    _token_type_hint: Option<String>,
}

/// Whoever holds a token may end it. The answer is the same for one that nobody has (RFC 7009, section 2.2).
pub(super) async fn by_secret(
    State(app): State<App>,
    origin: Origin,
    Form(request): Form<RevocationRequest>,
) -> Outcome<StatusCode> {
    let at = app.clock.now();
    let Some(secret) = caller::token::parse(request.token.trim()) else { return Ok(StatusCode::OK) };
    let hash = secrets::hash(secret.reveal());
    let Some(row) = caller::token::find_row(&app, &hash, Some(origin.ip), at).await? else {
        return match caller::token::refuse(&app, origin.ip, TokenFault::Unknown, at) {
            Failure::InvalidToken(_) => Ok(StatusCode::OK),
            slowed => Err(slowed),
        };
    };
    let mut tx = app.db.begin().await?;
    organization::store::lock_tokens(&mut tx, row.organization).await?;
    let token = store::lookup(&mut tx, row.organization, row.id).await?;
    let reason = "whoever held it revoked it";
    if store::revoke(&mut tx, &[row.id], None, reason, at).await? > 0 {
        let actor = Actor { token: Some(row.id), ..Actor::nobody(&origin) };
        audit::store::record(&mut tx, row.organization, &actor, at, revoked(&token, reason)).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::OK)
}
