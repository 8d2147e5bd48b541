//! Who is asking, and what they hold. Each request asks the database whether anything has changed, so that a change of
//! rights takes effect on the next one.

mod again;
mod credential;
mod generations;
pub mod held;
pub mod known_tokens;
pub mod session;
mod store;
pub mod token;
mod uses;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::accounts::AccountKind;
use domain::effective::{Effective, Holdings, RoleBook, effective};
use domain::full_access::full_access_end;
use domain::permissions::{ALL_PERMISSIONS, ConsolePermission};
use domain::reach::Reach;
use domain::session::PersonView;
use domain::time::MINUTE_MS;
use domain::{AccountId, Timestamp};

use self::known_tokens::scoped;
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::idempotency::Claim;
use crate::organization::store::OrganizationRow;
use crate::store::Tx;
use crate::{organization, roles};

pub use credential::{Credential, OnBehalf, Party, SessionCredential};
pub use store::{find_holdings, goes_on, holdings_of};
pub use uses::Uses;

/// A session's last sight, and an account's last activity, are written at most once in so long.
const TOUCH_EVERY_MS: i64 = MINUTE_MS;

/// Where a request came from, for the audit log.
#[derive(Clone, Debug)]
pub struct Origin {
    pub ip: IpAddr,
    pub request_id: String,
}

/// The account that makes a request.
#[derive(Clone)]
pub struct Caller {
    /// Of a user account.
    pub person: Option<PersonView>,
    pub account_id: AccountId,
    pub kind: AccountKind,
    /// The e-mail key of a user; `sa::` and a name of a service.
    pub handle: String,
    pub level: Option<String>,
    pub organization: OrganizationRow,
    pub holdings: Arc<Holdings>,
    pub effective: Arc<Effective>,
    pub book: Arc<RoleBook>,
    pub origin: Origin,
    pub credential: Credential,
    /// The person for whom a service acts: nothing is held that either lacks.
    pub on_behalf: Option<OnBehalf>,
    /// What of it the request used.
    pub uses: Uses,
    /// The `Idempotency-Key` of the request.
    pub(crate) claim: Option<Arc<Claim>>,
    /// When the request arrived.
    pub at: Timestamp,
    /// Whether a change was begun: what is only looked at takes no fresh proof of the password.
    is_changing: bool,
    last_active_at: Option<Timestamp>,
}

impl Caller {
    /// # Errors
    /// When the permission is not held.
    pub fn require(&self, permission: ConsolePermission) -> Outcome<()> {
        if !self.effective.holds(permission) {
            return Err(self.lacks(permission));
        }
        self.uses.add(permission.key());
        Ok(())
    }

    /// Why a permission is not held: its account lacks it, or the token's scopes do.
    fn lacks(&self, permission: ConsolePermission) -> Failure {
        match &self.credential {
            Credential::Token(token) if token::is_out_of_scope(token, permission) => Failure::OutOfScope(permission),
            _ => Failure::Forbidden(permission),
        }
    }

    /// The person, for what only people do for themselves.
    ///
    /// # Errors
    /// `SessionRequired` for a service account.
    pub fn person(&self) -> Outcome<&PersonView> {
        self.person.as_ref().ok_or(Failure::SessionRequired)
    }

    /// The session, for what no token can do.
    ///
    /// # Errors
    /// `SessionRequired` for a token.
    pub fn session(&self) -> Outcome<&SessionCredential> {
        match &self.credential {
            Credential::Session(session) => Ok(session),
            Credential::Token(_) => Err(Failure::SessionRequired),
        }
    }

    /// Refuses where the password was not proved within the last minutes (S12). Nobody proves one by a token: a person's own
    /// is refused, since it could be stolen as a session can; a service account has nothing else, and is let through.
    ///
    /// # Errors
    /// `ConfirmationRequired` for a session, `SessionRequired` for a person's token.
    pub fn require_confirmed(&self) -> Outcome<()> {
        match &self.credential {
            Credential::Session(session) if session.is_confirmed(self.at) => Ok(()),
            Credential::Session(_) => Err(Failure::ConfirmationRequired),
            Credential::Token(_) if self.person.is_some() => Err(Failure::SessionRequired),
            Credential::Token(_) => Ok(()),
        }
    }

    /// As `require_confirmed`, where an account has full access, or will have once it is accepted or activated.
    ///
    /// # Errors
    /// As `require_confirmed`.
    pub fn require_confirmed_for(&self, holdings: &Holdings) -> Outcome<()> {
        match full_access_end(holdings, &self.book, self.at) {
            Some(_) => self.require_confirmed(),
            None => Ok(()),
        }
    }

    /// The account of the person for whom a service acts.
    #[must_use]
    pub fn on_behalf_of(&self) -> Option<AccountId> {
        self.on_behalf.as_ref().map(|person| person.account)
    }

    /// Whether an account is the caller's, or that of the person for whom it acts: what nobody does to themselves, nobody
    /// does through a service either.
    #[must_use]
    pub fn is_own(&self, account: AccountId) -> bool {
        account == self.account_id || self.on_behalf_of() == Some(account)
    }

    /// Everybody whose rights the request takes: the account, and the person for whom it acts. What goes by more than
    /// permissions, such as access to objects, has to be each one's.
    #[must_use]
    pub fn parties(&self) -> Vec<Party<'_>> {
        let own = self.on_behalf.as_ref().map_or(&self.effective, |person| &person.of_service);
        let own = Party { account: self.account_id, holdings: &self.holdings, effective: own };
        let person = self.on_behalf.as_ref().map(|person| Party {
            account: person.account,
            holdings: &person.holdings,
            effective: &person.effective,
        });
        [own].into_iter().chain(person).collect()
    }

    /// # Errors
    /// When none of the permissions is held; names the first.
    pub fn require_one_of(&self, permissions: &[ConsolePermission]) -> Outcome<()> {
        match permissions.first() {
            Some(first) if !permissions.iter().any(|permission| self.effective.holds(*permission)) => {
                Err(self.lacks(*first))
            }
            _ => Ok(()),
        }
    }

    /// Begins a change of who may do what: takes the organization's lock, and looks again at what the caller holds
    /// and came with, where that has changed since the request came in. `basis` is that of `version::basis`.
    ///
    /// # Errors
    /// `NotSignedIn` or `InvalidToken` when the session or the token has ended meanwhile; `Stale` when the rights have changed since the basis; `Forbidden` when the permission was lost meanwhile;
    /// `Repeated`, `AlreadyDone` or `KeyReused` when the request's key was claimed before.
    pub async fn begin_change(self, app: &App, needs: ConsolePermission, basis: Option<i64>) -> Outcome<(Tx, Self)> {
        let mut tx = app.db.begin().await?;
        let seen = self.organization.rights_revision;
        let organization = organization::store::lock_rights(&mut tx, self.organization.id, None).await?;
        let is_as_seen = organization.rights_revision == seen + 1;
        let caller = Self { organization, is_changing: true, ..self };
        let (caller, is_narrowed) = caller.with_credential(&mut tx).await?;
        caller.claim_key(&mut tx).await?;
        caller.require_basis(basis)?;
        let caller = if is_as_seen && !is_narrowed { caller } else { caller.seen_again(app, &mut tx).await? };
        caller.require(needs)?;
        Ok((tx, caller))
    }

    /// Refuses a change, begun without one, whose preview was computed on other rights than those it changes.
    ///
    /// # Errors
    /// `Stale`.
    pub const fn require_basis(&self, basis: Option<i64>) -> Outcome<()> {
        match basis {
            // Beginning the change has raised it.
            Some(basis) if self.organization.rights_revision != basis + 1 => Err(Failure::Stale(None)),
            _ => Ok(()),
        }
    }

    /// Begins a change that alters nothing of what anybody may do, such as of a new token: takes the organization's lock,
    /// and looks again at what the caller holds and came with, where that has changed since the request came in.
    ///
    /// # Errors
    /// `NotSignedIn` or `InvalidToken` when the session or the token has ended meanwhile; `Repeated`, `AlreadyDone` or `KeyReused` when the request's key was claimed before.
    pub async fn begin_plain(self, app: &App) -> Outcome<(Tx, Self)> {
        let mut tx = app.db.begin().await?;
        let organization = organization::store::lock(&mut tx, self.organization.id).await?;
        self.at_row(app, tx, organization).await
    }

    /// As `begin_plain`, for a change after which a token may do less, or ends.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn begin_tokens(self, app: &App) -> Outcome<(Tx, Self)> {
        let mut tx = app.db.begin().await?;
        let organization = organization::store::lock_tokens(&mut tx, self.organization.id).await?;
        self.at_row(app, tx, organization).await
    }

    async fn at_row(self, app: &App, mut tx: Tx, organization: OrganizationRow) -> Outcome<(Tx, Self)> {
        let is_as_seen = organization.rights_revision == self.organization.rights_revision;
        let caller = Self { organization, is_changing: true, ..self };
        let (caller, is_narrowed) = caller.with_credential(&mut tx).await?;
        caller.claim_key(&mut tx).await?;
        let caller = if is_as_seen && !is_narrowed { caller } else { caller.seen_again(app, &mut tx).await? };
        Ok((tx, caller))
    }

    async fn seen_again(self, app: &App, tx: &mut Tx) -> Outcome<Self> {
        let book = roles::books::fresh(app, tx, &self.organization).await?;
        let again = self.look_again(tx, &book).await?;
        Ok(Self {
            level: again.holdings.level.clone(),
            holdings: again.holdings,
            effective: again.effective,
            on_behalf: again.on_behalf,
            book: Arc::new(book),
            ..self
        })
    }

    async fn look_again(&self, tx: &mut Tx, book: &RoleBook) -> Outcome<Again> {
        let holdings = Arc::new(holdings_of(tx, self.account_id).await?);
        let whole = Arc::new(effective(&holdings, book, self.at));
        let own = match &self.credential {
            Credential::Token(token) => scoped(&whole, token.scopes.as_deref(), book),
            Credential::Session(_) => whole,
        };
        let Some(person) = &self.on_behalf else { return Ok(Again { holdings, effective: own, on_behalf: None }) };
        let theirs = Arc::new(holdings_of(tx, person.account).await?);
        let person = OnBehalf {
            effective: Arc::new(effective(&theirs, book, self.at)),
            holdings: theirs,
            of_service: own,
            ..person.clone()
        };
        Ok(Again { holdings, effective: Arc::new(person.shared()), on_behalf: Some(person) })
    }

    /// Refuses a change, made in the transaction already, by which the caller would hold more than before, or for
    /// longer: it holds for roles and groups, whose holders the caller is one of.
    ///
    /// # Errors
    /// `Escalation` names the first permission gained.
    pub async fn require_no_gain(&self, app: &App, tx: &mut Tx) -> Outcome<()> {
        let book = roles::books::fresh(app, tx, &self.organization).await?;
        let after = self.look_again(tx, &book).await?.effective;
        match self.effective.outdone_by(&after) {
            Some(key) => Err(Failure::Escalation(self.book.catalogue().label(key).to_owned())),
            None => Ok(()),
        }
    }

    /// Refuses to give or touch what the caller does not hold (I7).
    ///
    /// # Errors
    /// Names the first permission lacked.
    pub fn require_reach(&self, permissions: &[String]) -> Outcome<()> {
        match self.effective.lacks(permissions) {
            Some(key) => Err(Failure::Escalation(self.words_for(key))),
            None => Ok(()),
        }
    }

    /// As `require_rights`; and a change that gives full access takes a password proved a short while ago, whatever it is
    /// called (S12).
    ///
    /// # Errors
    /// As `require_rights`, and as `require_confirmed`.
    pub fn require_within(&self, reach: &Reach) -> Outcome<()> {
        self.require_rights(reach)?;
        if self.is_changing && reach.gives_full_access() { self.require_confirmed() } else { Ok(()) }
    }

    /// As `require_reach`, for a change of which something lasts: nobody gives it for longer than they hold it.
    ///
    /// # Errors
    /// Names the first permission lacked, or held until a time.
    pub fn require_rights(&self, reach: &Reach) -> Outcome<()> {
        let Some(lack) = reach.lack(&self.effective) else { return Ok(()) };
        let permission = self.words_for(lack.key);
        Err(match lack.held_until {
            Some(until) => Failure::HeldUntil { permission, until },
            None => Failure::Escalation(permission),
        })
    }

    /// What a permission is called. Of one that does not exist nothing is said again: the audit log keeps these words, and
    /// anything may have been sent as a key.
    pub(crate) fn words_for(&self, key: &str) -> String {
        match (key, self.book.catalogue().find(key)) {
            (ALL_PERMISSIONS, _) => "everything, as an Owner does".to_owned(),
            (_, Some(entry)) => entry.label.clone(),
            (_, None) => "a permission that does not exist".to_owned(),
        }
    }
}

/// What a caller holds by now.
struct Again {
    holdings: Arc<Holdings>,
    effective: Arc<Effective>,
    on_behalf: Option<OnBehalf>,
}

/// Notes that the account did something (F113), beside the request: losing it with a crash loses no promise.
pub fn touch(app: &App, caller: &Caller) {
    let Credential::Session(session) = &caller.credential else { return };
    let is_recent = |seen: Option<Timestamp>| seen.is_some_and(|seen| caller.at.since(seen) < TOUCH_EVERY_MS);
    if is_recent(Some(session.last_seen_at)) && is_recent(caller.last_active_at) {
        return;
    }
    let (app, hash, account) = (app.clone(), session.hash.clone(), caller.account_id);
    let (last_active_at, at) = (caller.last_active_at, caller.at);
    tokio::spawn(async move {
        if let Err(failure) = store::touch(&app.db, &hash, account, last_active_at, at).await {
            tracing::warn!(?failure, account = %account, "an account's activity was not noted");
        }
    });
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Outcome<Self> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::NotSignedIn)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Outcome<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Failure::Internal("a route without its guard".to_owned()))
    }
}
