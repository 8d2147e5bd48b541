//! Counts of accounts, kept while nothing has been written: a list of a hundred rows does not count a hundred thousand.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::accounts::StatusCounts;
use domain::time::SECOND_MS;
use domain::{OrganizationId, Timestamp};

/// A count is at most so old, for time alone makes invitations and access expire.
const AGE_MS_MAX: i64 = 2 * SECOND_MS;
/// Counts kept at the most.
const COUNTS_MAX: usize = 1_000;

/// What was counted: an organization at a revision, under a filter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CountKey {
    pub organization: OrganizationId,
    pub revision: i64,
    /// The filter's text.
    pub filter: String,
}

/// Totals and counts by status, by what was counted.
#[derive(Debug, Default)]
pub struct CountCache {
    totals: Mutex<HashMap<CountKey, (Timestamp, u64)>>,
    by_status: Mutex<HashMap<CountKey, (Timestamp, StatusCounts)>>,
}

fn recall<T: Copy>(counts: &Mutex<HashMap<CountKey, (Timestamp, T)>>, key: &CountKey, at: Timestamp) -> Option<T> {
    let counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    counts.get(key).filter(|(counted_at, _)| (0..AGE_MS_MAX).contains(&at.since(*counted_at))).map(|(_, count)| *count)
}

fn remember<T>(counts: &Mutex<HashMap<CountKey, (Timestamp, T)>>, key: CountKey, at: Timestamp, count: T) {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    if counts.len() >= COUNTS_MAX {
        counts.clear();
    }
    counts.insert(key, (at, count));
}

impl CountCache {
    #[must_use]
    pub fn total(&self, key: &CountKey, at: Timestamp) -> Option<u64> {
        recall(&self.totals, key, at)
    }

    pub fn keep_total(&self, key: CountKey, at: Timestamp, total: u64) {
        remember(&self.totals, key, at, total);
    }

    #[must_use]
    pub fn by_status(&self, key: &CountKey, at: Timestamp) -> Option<StatusCounts> {
        recall(&self.by_status, key, at)
    }

    pub fn keep_by_status(&self, key: CountKey, at: Timestamp, counts: StatusCounts) {
        remember(&self.by_status, key, at, counts);
    }
}
