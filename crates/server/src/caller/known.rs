//! Tokens in memory: what was found of each, for as long as the database says that nothing was taken from it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::accounts::AccountKind;
use domain::effective::{Effective, Holdings, RoleBook};
use domain::session::PersonView;
use domain::tokens::TokenState;
use domain::{AccountId, OrganizationId, Timestamp, TokenId};

use crate::organization::store::OrganizationRow;

/// Tokens kept at the most.
const KNOWN_MAX: usize = 2_000;

/// A token with its account, as the store had it at the revisions noted.
#[derive(Debug)]
pub struct KnownToken {
    pub id: TokenId,
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
    pub holdings: Arc<Holdings>,
    pub book: Arc<RoleBook>,
    /// What the account holds.
    pub whole: Arc<Effective>,
    /// What the token holds: the same, cut down to its scopes.
    pub effective: Arc<Effective>,
    pub(super) rights_revision: i64,
    pub(super) tokens_revision: i64,
    /// When something that was given for a time ends.
    pub(super) changes_at: Option<Timestamp>,
    pub(super) noted: Noted,
}

/// What was written of a token's use already, so that it is not written again and again.
#[derive(Debug, Default)]
pub struct Noted {
    /// Milliseconds; of the token's and the account's last use.
    pub(super) last_used_at: AtomicI64,
    pub(super) permissions: Mutex<HashSet<String>>,
}

impl KnownToken {
    /// Whether it is still as the store has it.
    fn is_current(&self, organization: &OrganizationRow, at: Timestamp) -> bool {
        self.rights_revision == organization.rights_revision
            && self.tokens_revision == organization.tokens_revision
            && self.changes_at.is_none_or(|change| change > at)
    }
}

impl Noted {
    /// Whether a use at a moment is worth writing; then it counts as written.
    pub(super) fn is_due(&self, at: Timestamp, every_ms: i64) -> bool {
        let last = self.last_used_at.load(Ordering::Relaxed);
        at.millis() - last >= every_ms
            && self.last_used_at.compare_exchange(last, at.millis(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Those of the permissions that were not noted before; then they count as noted.
    pub(super) fn new_among<'a>(&self, permissions: &[&'a str]) -> Vec<&'a str> {
        let mut noted = self.permissions.lock().unwrap_or_else(PoisonError::into_inner);
        permissions.iter().filter(|key| noted.insert((**key).to_owned())).copied().collect()
    }

    /// They could not be written: the next use tries again.
    pub(super) fn forget(&self, permissions: &[String]) {
        self.last_used_at.store(0, Ordering::Relaxed);
        let mut noted = self.permissions.lock().unwrap_or_else(PoisonError::into_inner);
        permissions.iter().for_each(|key| {
            noted.remove(key);
        });
    }
}

/// Tokens by the hash of their secret.
#[derive(Debug, Default)]
pub struct KnownTokens(Mutex<HashMap<String, Arc<KnownToken>>>);

impl KnownTokens {
    /// The token of a hash as it was found once; it may not be current any more.
    pub(super) fn find(&self, hash: &str) -> Option<Arc<KnownToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// A token that is current at an organization's row.
    pub(super) fn current(known: Arc<KnownToken>, row: &OrganizationRow, at: Timestamp) -> Option<Arc<KnownToken>> {
        Some(known).filter(|known| known.is_current(row, at))
    }

    /// Keeps a token; where there is no room, all others go.
    pub(super) fn keep(&self, hash: String, token: Arc<KnownToken>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MAX && !known.contains_key(&hash) {
            known.clear();
        }
        known.insert(hash, token);
    }

    pub(super) fn forget(&self, hash: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(hash);
    }
}
