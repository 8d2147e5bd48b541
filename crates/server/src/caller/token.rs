//! Callers who show an API token: `Authorization: Bearer` (RFC 6750).

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue};
use domain::accounts::AccountKind;
use domain::effective::Effective;
use domain::permissions::ConsolePermission;
use domain::secret::{Secret, SecretKind};
use domain::tokens::{ON_BEHALF_HEADER, TokenFault};
use domain::{AccountId, Timestamp};

use super::credential::{Credential, OnBehalf};
use super::held::Held;
use super::known_tokens::{KnownToken, KnownTokens, Noted, scoped};
use super::{Caller, Origin, Uses, held, holdings_of};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::organization::store::OrganizationRow;
use crate::tokens::store::{self as tokens, TokenRow};
use crate::{organization, secrets};

/// Tokens that are looked up at once for addresses that have shown too many wrong ones: so many readers of the database they
/// take at the most.
pub const LOOK_UPS_BESIDE: usize = 2;

/// A token's last use is written at most once in so long.
const NOTE_EVERY_MS: i64 = domain::time::MINUTE_MS;

/// A token that is as the store has it now, with its organization's row.
pub struct Current {
    pub token: Arc<KnownToken>,
    pub organization: Arc<OrganizationRow>,
}

/// Whether a request shows a token, or tries to.
#[must_use]
pub fn is_shown(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION)
}

/// The caller of a request's token.
///
/// # Errors
/// `InvalidToken` says what is wrong with it; `TooMany` when its address has shown too many that were wrong.
pub async fn find(app: &App, headers: &HeaderMap, origin: &Origin) -> Outcome<Caller> {
    let at = app.clock.now();
    let secret = match bearer(headers) {
        Ok(secret) => secret,
        Err(fault) => return Err(refuse(app, origin.ip, fault, at)),
    };
    let current = look_up(app, &secret, Shown::From(origin.ip), at).await?;
    if let Some(fault) = current.token.fault(Some(origin.ip), at) {
        return Err(Failure::InvalidToken(fault));
    }
    let on_behalf = on_behalf(app, headers, &current, at).await?;
    Ok(caller(current, on_behalf, origin, at))
}

/// The well-formed token of the header. No look-up is needed to refuse another.
fn bearer(headers: &HeaderMap) -> Result<Secret, TokenFault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next(), values.next()) else { return Err(TokenFault::Malformed) };
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = text.split_once(' ').ok_or(TokenFault::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(TokenFault::Malformed);
    }
    parse(token.trim()).ok_or(TokenFault::Malformed)
}

/// A text as a token's secret; none where it is something else, an invitation's link included.
#[must_use]
pub fn parse(text: &str) -> Option<Secret> {
    Secret::parse(text).ok().filter(is_token)
}

/// Whether a secret is an API token, and not one of those that open a link.
#[must_use]
pub fn is_token(secret: &Secret) -> bool {
    matches!(secret.kind(), SecretKind::ServiceToken | SecretKind::UserToken)
}

/// Counts a wrong token against its address. One that works is never counted, and never turned away for what others behind
/// the same address have shown.
pub fn refuse(app: &App, ip: IpAddr, fault: TokenFault, at: Timestamp) -> Failure {
    match app.token_attempts.take(ip, at) {
        Ok(()) => Failure::InvalidToken(fault),
        Err(retry_after_s) => Failure::TooMany { retry_after_s },
    }
}

/// How a secret came here.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// By whoever makes the request. Wrong ones are counted against the address.
    From(IpAddr),
    /// To a caller who is known and asks about it, whose organization was read for this request.
    To(&'a OrganizationRow),
}

/// The token of a secret as it is now, whether it works or not.
///
/// # Errors
/// `InvalidToken` when nobody has it; `TooMany` when the address has shown too many such.
pub async fn look_up(app: &App, secret: &Secret, shown: Shown<'_>, at: Timestamp) -> Outcome<Current> {
    let hash = secrets::hash(secret.reveal());
    if let Some(known) = app.tokens.find(&hash) {
        let row = match shown {
            Shown::To(row) if row.id == known.organization => Arc::new(row.clone()),
            _ => organization::reader::read(app, known.organization).await?,
        };
        if let Some(token) = KnownTokens::current(known, &row, at) {
            return Ok(Current { token, organization: row });
        }
    }
    let ip = if let Shown::From(ip) = shown { Some(ip) } else { None };
    let Some(found) = find_row(app, &hash, ip, at).await? else {
        app.tokens.forget(&hash);
        return Err(match shown {
            Shown::From(ip) => refuse(app, ip, TokenFault::Unknown, at),
            Shown::To(_) => Failure::InvalidToken(TokenFault::Unknown),
        });
    };
    let (token, organization) = read(app, found, at).await?;
    let token = Arc::new(token);
    app.tokens.keep(hash, token.clone());
    Ok(Current { token, organization: Arc::new(organization) })
}

/// The row of a token. For an address that has shown too many wrong ones it is looked up all the same, since the token may be a
/// good one of somebody else there; but few of these look-ups are made at once.
///
/// # Errors
/// When the store does not answer.
pub async fn find_row(app: &App, hash: &str, ip: Option<IpAddr>, at: Timestamp) -> Outcome<Option<TokenRow>> {
    let _place = match ip.is_some_and(|ip| app.token_attempts.look(ip, at).is_err()) {
        true => Some(app.token_look_ups.acquire().await.map_err(|error| Failure::Internal(error.to_string()))?),
        false => None,
    };
    let mut connection = app.db.reader().acquire().await?;
    let found = tokens::find_by_hash(&mut connection, hash).await?;
    Ok(found.filter(|row| secrets::are_equal(&row.hash, hash)))
}

/// Reads what a token's account holds, in one transaction: the revisions belong to what was read.
async fn read(app: &App, row: TokenRow, at: Timestamp) -> Outcome<(KnownToken, OrganizationRow)> {
    let mut snapshot = app.db.snapshot().await?;
    let row = tokens::find_by_hash(&mut snapshot, &row.hash).await?.unwrap_or(row);
    let organization = organization::store::find(&mut snapshot, row.organization).await?.ok_or(Failure::NotFound)?;
    let holdings = holdings_of(&mut snapshot, row.account).await?;
    let book = app.books.get(app, &mut snapshot, &organization).await?;
    let used = tokens::uses(&mut snapshot, row.id).await?;
    snapshot.commit().await?;
    let held = Held::new(holdings, &book, at);
    let effective = scoped(&held.effective, row.scopes.as_deref(), &book);
    let noted = Noted::default();
    noted.new_among(used.iter().map(String::as_str));
    let token = KnownToken {
        id: row.id,
        hash: row.hash,
        state: row.state,
        scopes: row.scopes,
        may_act_on_behalf: row.on_behalf,
        created_at: row.created_at,
        organization: row.organization,
        account: row.account,
        kind: row.kind,
        handle: row.handle,
        person: row.person,
        book,
        held,
        effective,
        rights_revision: organization.rights_revision,
        tokens_revision: organization.tokens_revision,
        noted,
    };
    Ok((token, organization))
}

/// The person whom a request names to be acted for.
async fn on_behalf(app: &App, headers: &HeaderMap, current: &Current, at: Timestamp) -> Outcome<Option<OnBehalf>> {
    let mut values = headers.get_all(ON_BEHALF_HEADER).iter();
    let (value, None) = (values.next(), values.next()) else { return Err(Failure::InvalidToken(TokenFault::OnBehalf)) };
    let Some(value) = value else { return Ok(None) };
    let refused = || Failure::InvalidToken(TokenFault::OnBehalf);
    if !current.token.may_act_on_behalf {
        return Err(refused());
    }
    let named = value.to_str().map_err(|_| refused())?.trim();
    let organization = &current.organization;
    let (account, handle) = {
        let mut connection = app.db.reader().acquire().await?;
        tokens::find_user(&mut connection, organization.id, named).await?.ok_or_else(refused)?
    };
    let held = held::find(app, organization, &current.token.book, account, at).await?;
    let held = held.filter(|held| held.is_active(at)).ok_or_else(refused)?;
    Ok(Some(OnBehalf {
        account,
        handle,
        effective: held.effective,
        holdings: held.holdings,
        of_service: current.token.effective.clone(),
    }))
}

fn caller(current: Current, on_behalf: Option<OnBehalf>, origin: &Origin, at: Timestamp) -> Caller {
    let Current { token, organization } = current;
    let found = on_behalf.as_ref().map_or_else(|| token.effective.clone(), |person| Arc::new(person.shared()));
    Caller {
        person: token.person.clone(),
        account_id: token.account,
        kind: token.kind,
        handle: token.handle.clone(),
        level: token.held.holdings.level.clone(),
        organization: (*organization).clone(),
        holdings: token.held.holdings.clone(),
        effective: found,
        book: token.book.clone(),
        origin: origin.clone(),
        credential: Credential::Token(token),
        on_behalf,
        uses: Uses::default(),
        claim: None,
        at,
        is_changing: false,
        last_active_at: None,
    }
}

/// Whether the token's account holds a permission that its scopes do not have.
pub(super) fn is_out_of_scope(token: &KnownToken, permission: ConsolePermission) -> bool {
    token.held.effective.holds(permission) && !token.effective.holds(permission)
}

/// Notes beside the request that a token was used, and for what: losing it with a crash loses no promise. `let_in` are the
/// permissions one of which the route asks for.
pub fn note_use(app: &App, using: &Using, let_in: &'static [ConsolePermission]) {
    let held = let_in.iter().filter(|permission| using.effective.holds(**permission));
    using.uses.add_first(held.map(|permission| permission.key()));
    let agent = using.agent.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let by = UsedBy { on_behalf_of: using.on_behalf_of, ip: Some(using.ip), agent };
    note(app, &using.token, &by, &using.uses.take(), using.at);
}

/// What is to be known of a request once its caller has gone to the handler.
pub struct Using {
    token: Arc<KnownToken>,
    effective: Arc<Effective>,
    uses: Uses,
    on_behalf_of: Option<AccountId>,
    ip: IpAddr,
    agent: Option<HeaderValue>,
    at: Timestamp,
}

impl Using {
    /// None where no token is used.
    #[must_use]
    pub fn of(caller: &Caller, headers: &HeaderMap) -> Option<Self> {
        let Credential::Token(token) = &caller.credential else { return None };
        Some(Self {
            token: token.clone(),
            effective: caller.effective.clone(),
            uses: caller.uses.clone(),
            on_behalf_of: caller.on_behalf_of(),
            ip: caller.origin.ip,
            agent: headers.get(USER_AGENT).cloned(),
            at: caller.at,
        })
    }
}

/// Notes that a product was shown a token and asked about it: from where, Roster does not know.
pub fn note_introspected(app: &App, token: &Arc<KnownToken>, at: Timestamp) {
    note(app, token, &UsedBy { on_behalf_of: None, ip: None, agent: "introspection" }, &[], at);
}

/// Who used a token.
struct UsedBy<'a> {
    on_behalf_of: Option<AccountId>,
    ip: Option<IpAddr>,
    agent: &'a str,
}

fn note(app: &App, token: &Arc<KnownToken>, by: &UsedBy<'_>, permissions: &[Cow<'static, str>], at: Timestamp) {
    let new = token.noted.new_among(permissions.iter().map(|key| &**key));
    if !token.noted.is_due(by.on_behalf_of, at, NOTE_EVERY_MS) && new.is_empty() {
        return;
    }
    let used = tokens::Use {
        token: token.id,
        account: token.account,
        on_behalf_of: by.on_behalf_of,
        ip: by.ip.map(|ip| ip.to_string()),
        agent: domain::text::kept_agent(by.agent),
        at,
    };
    let (app, token) = (app.clone(), token.clone());
    tokio::spawn(async move {
        if let Err(failure) = tokens::note_use(&app.db, &used, &new).await {
            token.noted.forget(&new);
            tracing::warn!(?failure, token = %token.id, "a token's use was not noted");
        }
    });
}

/// Whether an account of a kind may have tokens that act on behalf of people.
#[must_use]
pub const fn may_act_on_behalf(kind: AccountKind) -> bool {
    matches!(kind, AccountKind::Service)
}
