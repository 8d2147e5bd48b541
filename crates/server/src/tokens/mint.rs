//! `POST accounts/{id}/tokens` and `POST me/tokens`: a new token, whose secret is in this one answer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::accounts::{Account, AccountKind, AccountRef, ShownStatus};
use domain::effective::effective;
use domain::permissions::ConsolePermission;
use domain::reach::Reach;
use domain::secret::{Secret, SecretKind};
use domain::tokens::{
    Beyond, MintedToken, NewToken, SecretText, TOKENS_PER_ACCOUNT_MAX, Token, are_ranges_within, beyond_scopes,
    unknown_scopes,
};
use domain::{AccountId, FieldError, Timestamp, TokenId};

use super::store::{self, NewRow};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller, Credential};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::path::Path;
use crate::http::respond::Json;
use crate::store::Tx;
use crate::{random, secrets};

pub(super) async fn mint(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(new): Body<NewToken>,
) -> Outcome<Response> {
    mint_for(&app, caller, accounts::path_id(&id)?, &new).await
}

pub(super) async fn own(State(app): State<App>, caller: Caller, Body(new): Body<NewToken>) -> Outcome<Response> {
    let id = caller.account_id;
    mint_for(&app, caller, id, &new).await
}

async fn mint_for(app: &App, caller: Caller, id: AccountId, new: &NewToken) -> Outcome<Response> {
    let (mut tx, caller) = caller.begin_plain(app).await?;
    let account = accounts::store::lookup(&mut tx, caller.organization.id, id, caller.at).await?;
    require_mint(&caller, &account)?;
    let mut faults = new.faults(&caller.organization.tokens, caller.at);
    faults.extend(unknown_scopes(new.scopes.as_deref().unwrap_or_default(), caller.book.catalogue()));
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    if account.kind == AccountKind::Service {
        require_gift(&mut tx, &caller, account.id, new.scopes.as_deref(), new.expires_at).await?;
    }
    let minted = insert(&mut tx, &caller, &account, new).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(minted)).into_response())
}

/// Refuses to hand out what an account may do beyond the caller's own rights, or for longer than these last (I7). A token
/// gives its scopes until it ends; all that its account holds is touched.
pub(super) async fn require_gift(
    tx: &mut Tx,
    caller: &Caller,
    account: AccountId,
    scopes: Option<&[String]>,
    until: Option<Timestamp>,
) -> Outcome<()> {
    let touched = caller::holdings_of(tx, account).await?.given(&caller.book);
    let given = scopes.map_or_else(|| touched.clone(), |scopes| caller.book.expand(scopes));
    caller.require_within(&Reach { touched, given, until })
}

/// Refuses a token by which a program would get further than by the one that it shows (I7): from other addresses, or, of its own
/// account, with other scopes or on behalf of people.
pub(super) fn require_no_wider(caller: &Caller, account: AccountId, new: &NewToken) -> Outcome<()> {
    let Credential::Token(shown) = &caller.credential else { return Ok(()) };
    if !are_ranges_within(&new.networks, &shown.state.networks) {
        let words = "The token that is shown works from some addresses only, and makes none that works from others.";
        return Err(Failure::field("networks", "wider", words));
    }
    if !caller.is_own(account) {
        return Ok(());
    }
    if new.on_behalf && !shown.may_act_on_behalf {
        let words = "The token that is shown may not act on behalf of people, and makes none of its account that may.";
        return Err(Failure::field("on_behalf", "wider", words));
    }
    let Some(scopes) = &shown.scopes else { return Ok(()) };
    let expand = |scopes: &[String]| caller.book.expand(scopes);
    let new = new.scopes.as_deref().map(expand);
    match beyond_scopes(new.as_deref(), &expand(scopes)) {
        None => Ok(()),
        Some(Beyond::Everything) => Err(Failure::Escalation("all that the account holds".to_owned())),
        Some(Beyond::Permission(key)) => Err(Failure::Escalation(caller.words_for(key))),
    }
}

/// Refuses to make tokens, or successors of tokens, for others than oneself, where one may have any, and service accounts
/// within one's rights.
pub(super) fn require_mint(caller: &Caller, account: &Account) -> Outcome<()> {
    if account.deleted_at.is_some() {
        return Err(Failure::NotFound);
    }
    match account.kind {
        // Whoever has another's token is that other: a person makes their own, and nobody else does.
        AccountKind::User if account.id != caller.account_id => return Err(Failure::NotFound),
        AccountKind::User => {
            caller.session()?;
            if !caller.organization.tokens.user_tokens {
                let words = "The organization does not let people make tokens of their own.";
                return Err(Failure::field("name", "not_allowed", words));
            }
        }
        AccountKind::Service => caller.require(ConsolePermission::ServiceAccountsManage)?,
    }
    if account.shown_status(caller.at) != ShownStatus::Active && account.kind == AccountKind::User {
        return Err(Failure::NotFound);
    }
    caller.require_confirmed()
}

/// Makes a token of an account, with the audit row. The request's own faults were looked for.
///
/// # Errors
/// `Invalid` when its scopes reach beyond the account, or the account has too many tokens; `Escalation` or `Invalid` when it
/// would reach beyond the token that is shown.
pub async fn insert(tx: &mut Tx, caller: &Caller, account: &Account, new: &NewToken) -> Outcome<MintedToken> {
    require_no_wider(caller, account.id, new)?;
    let mut faults = scope_faults(tx, caller, account, new.scopes.as_deref()).await?;
    if new.on_behalf && !caller::token::may_act_on_behalf(account.kind) {
        let words = "Only service accounts act on behalf of people.".to_owned();
        faults.push(FieldError::new("on_behalf", "not_allowed", words));
    }
    faults.extend(too_many(tx, account.id, caller.at).await?);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let (id, secret) = write(tx, caller, account.id, account.kind, new).await?;
    let token = store::lookup(tx, caller.organization.id, id).await?;
    let event = Event::new("token.created", id).after(&audited(&token));
    audit::store::record(tx, caller.organization.id, &caller.into(), caller.at, event).await?;
    Ok(MintedToken { token, secret })
}

/// That an account has as many tokens as it may.
pub(super) async fn too_many(tx: &mut Tx, account: AccountId, at: Timestamp) -> Outcome<Option<FieldError>> {
    let words = "The account has 1,000 tokens that work. Revoke some first.";
    let is_full = store::count_working(tx, account, at).await? >= TOKENS_PER_ACCOUNT_MAX;
    Ok(is_full.then(|| FieldError::new("name", "too_many", words.to_owned())))
}

/// Writes a token, and gives its secret.
pub(super) async fn write(
    tx: &mut Tx,
    caller: &Caller,
    account: AccountId,
    kind: AccountKind,
    new: &NewToken,
) -> Outcome<(TokenId, SecretText)> {
    let secret_kind = match kind {
        AccountKind::Service => SecretKind::ServiceToken,
        AccountKind::User => SecretKind::UserToken,
    };
    let secret = Secret::new(secret_kind, random::bytes()?);
    let id = random::id(caller.at)?;
    let row = NewRow {
        id,
        organization: caller.organization.id,
        account,
        kind,
        name: new.name.as_str(),
        hint: secret.hint(),
        hash: secrets::hash(secret.reveal()),
        scopes: new.scopes.as_deref(),
        networks: &new.networks,
        on_behalf: new.on_behalf,
        created_by: caller.account_id,
        expires_at: new.expires_at,
    };
    store::insert(tx, &row, caller.at).await?;
    Ok((id, SecretText::new(secret.reveal())))
}

/// The scopes that are no permissions, or that the account does not hold: no token is wider than its account.
pub(super) async fn scope_faults(
    tx: &mut Tx,
    caller: &Caller,
    account: &Account,
    scopes: Option<&[String]>,
) -> Outcome<Vec<FieldError>> {
    let Some(scopes) = scopes else { return Ok(Vec::new()) };
    let mut faults = unknown_scopes(scopes, caller.book.catalogue());
    let mut holdings = caller::holdings_of(tx, account.id).await?;
    // A token may be made while its account is out, for when it is back.
    holdings.state = domain::accounts::AccountState::active_since(caller.at);
    let held = effective(&holdings, &caller.book, caller.at);
    for (index, scope) in scopes.iter().enumerate().filter(|(_, scope)| !held.holds_key(scope)) {
        if faults.iter().all(|fault| fault.index != Some(index)) {
            let label = caller.book.catalogue().label(scope);
            let words = format!("The account does not hold \"{label}\".");
            faults.push(FieldError::new("scopes", "not_held", words).at(index));
        }
    }
    Ok(faults)
}

/// What the audit log keeps of a token: nothing of its secret.
pub(super) fn audited(token: &Token) -> serde_json::Value {
    let AccountRef { id, handle, .. } = &token.account;
    serde_json::json!({
        "account": id, "handle": handle, "name": token.name, "hint": token.hint, "scopes": token.scopes, "networks": token.networks,
        "on_behalf": token.on_behalf, "expires_at": token.expires_at.map(Timestamp::millis),
    })
}
