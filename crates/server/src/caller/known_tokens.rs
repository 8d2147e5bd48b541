//! Tokens in memory: what was found of each, for as long as the database says that nothing was taken from it.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use domain::accounts::AccountKind;
use domain::effective::{Effective, RoleBook};
use domain::session::PersonView;
use domain::tokens::{TokenFault, TokenState};
use domain::{AccountId, OrganizationId, Timestamp, TokenId};

use super::generations::Generations;
use super::held::Held;
use crate::organization::store::OrganizationRow;

/// Persons for whom a token's use is remembered as written; of more than these within a minute, each use is written.
const PERSONS_NOTED_MAX: usize = 1_000;

/// A token with its account, as the store had it at the revisions noted.
#[derive(Debug)]
pub struct KnownToken {
    pub id: TokenId,
    /// Of its secret.
    pub(super) hash: String,
    pub state: TokenState,
    /// As they were given; none for all of the account's.
    pub scopes: Option<Vec<String>>,
    pub may_act_on_behalf: bool,
    pub created_at: Timestamp,
    pub organization: OrganizationId,
    pub account: AccountId,
    pub kind: AccountKind,
    pub handle: String,
    /// Of a user account.
    pub person: Option<PersonView>,
    pub book: Arc<RoleBook>,
    /// Of the account.
    pub held: Held,
    /// What the token lets do: what its account may, cut down to its scopes.
    pub effective: Arc<Effective>,
    pub(super) rights_revision: i64,
    pub(super) tokens_revision: i64,
    pub(super) noted: Noted,
}

/// What was written of a token's use already, so that it is not written again and again.
#[derive(Debug, Default)]
pub struct Noted {
    /// The last use for each person, and for nobody else than the account.
    used_at: Mutex<HashMap<Option<AccountId>, Timestamp>>,
    permissions: Mutex<HashSet<String>>,
}

/// What a token lets do of what its account holds: all of it, or what is within the token's scopes.
pub(super) fn scoped(whole: &Arc<Effective>, scopes: Option<&[String]>, book: &RoleBook) -> Arc<Effective> {
    scopes.map_or_else(|| whole.clone(), |scopes| Arc::new(whole.within_scopes(&book.set(scopes))))
}

impl KnownToken {
    /// The same token with another state and other scopes.
    pub(super) fn with(&self, state: TokenState, scopes: Option<Vec<String>>, tokens_revision: i64) -> Self {
        let effective = scoped(&self.held.effective, scopes.as_deref(), &self.book);
        Self {
            id: self.id,
            hash: self.hash.clone(),
            state,
            scopes,
            may_act_on_behalf: self.may_act_on_behalf,
            created_at: self.created_at,
            organization: self.organization,
            account: self.account,
            kind: self.kind,
            handle: self.handle.clone(),
            person: self.person.clone(),
            book: self.book.clone(),
            held: self.held.clone(),
            effective,
            rights_revision: self.rights_revision,
            tokens_revision,
            noted: Noted::default(),
        }
    }

    /// Why it does not work at a moment, shown from an address where that is known.
    #[must_use]
    pub fn fault(&self, from: Option<IpAddr>, at: Timestamp) -> Option<TokenFault> {
        let fault = self.state.fault(from, at);
        let of_account = (!self.held.is_active(at)).then_some(TokenFault::AccountNotActive);
        fault.filter(|fault| *fault == TokenFault::Revoked).or(of_account).or(fault)
    }

    /// Whether it is still as the store has it.
    fn is_current(&self, organization: &OrganizationRow, at: Timestamp) -> bool {
        self.rights_revision == organization.rights_revision
            && self.tokens_revision == organization.tokens_revision
            && self.held.is_current(at)
    }
}

impl Noted {
    /// Whether a use at a moment, for a person or for nobody else, is worth writing; then it counts as written.
    pub(super) fn is_due(&self, person: Option<AccountId>, at: Timestamp, every_ms: i64) -> bool {
        let mut used_at = self.used_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |used: &Timestamp| at.since(*used) < every_ms;
        if used_at.get(&person).is_some_and(is_recent) {
            return false;
        }
        if used_at.len() >= PERSONS_NOTED_MAX {
            used_at.retain(|_, used| is_recent(used));
        }
        if used_at.len() < PERSONS_NOTED_MAX {
            used_at.insert(person, at);
        }
        true
    }

    /// Those of the permissions that were not noted before; then they count as noted.
    pub(super) fn new_among<'a>(&self, permissions: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut noted = self.permissions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = Vec::new();
        for key in permissions {
            if !noted.contains(key) {
                noted.insert(key.to_owned());
                new.push(key.to_owned());
            }
        }
        new
    }

    /// They could not be written: the next use tries again.
    pub(super) fn forget(&self, permissions: &[String]) {
        self.used_at.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let mut noted = self.permissions.lock().unwrap_or_else(PoisonError::into_inner);
        permissions.iter().for_each(|key| {
            noted.remove(key);
        });
    }
}

/// Tokens by the hash of their secret: those seen of late, and those seen before them.
#[derive(Debug, Default)]
pub struct KnownTokens(Mutex<Generations<String, Arc<KnownToken>>>);

impl KnownTokens {
    /// The token of a hash as it was found once; it may not be current any more.
    pub(super) fn find(&self, hash: &str) -> Option<Arc<KnownToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).find(hash)
    }

    /// A token that is current at an organization's row.
    pub(super) fn current(known: Arc<KnownToken>, row: &OrganizationRow, at: Timestamp) -> Option<Arc<KnownToken>> {
        Some(known).filter(|known| known.is_current(row, at))
    }

    pub(super) fn keep(&self, hash: String, token: Arc<KnownToken>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(hash, token);
    }

    pub(super) fn forget(&self, hash: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).forget(hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_due_once_a_minute_for_each_person() {
        let (noted, start) = (Noted::default(), Timestamp::from_millis(0));
        let person = |number| Some(AccountId::from_u128(number));
        for who in [None, person(1), person(2)] {
            assert!(noted.is_due(who, start, 60) && !noted.is_due(who, start.plus(59), 60));
        }
        assert!(noted.is_due(person(1), start.plus(60), 60));
        for number in 0..5_000 {
            noted.is_due(person(number), start.plus(60), 60);
        }
        assert!(noted.used_at.lock().unwrap().len() <= PERSONS_NOTED_MAX);
    }
}
