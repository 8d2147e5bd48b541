//! The one clock of the application. Everything else takes the time as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use domain::Timestamp;

/// Tells the time, and never goes back: where the system's clock is set back, it runs on from the highest time it knows,
/// so that what has expired stays so. A test can move it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    /// When the clock was made, by a count that no setting of the time touches.
    started: Instant,
    /// The highest time known, less what has passed since the start.
    base: AtomicI64,
    /// How far a test has moved the system's clock.
    offset: AtomicI64,
}

impl Default for Clock {
    fn default() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let started = Instant::now();
        Self(Arc::new(Parts { started, base: AtomicI64::new(i64::MIN), offset: AtomicI64::new(0) }))
    }
}

impl Clock {
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at_least(self.system_time())
    }

    /// Makes the clock run on from a time that was seen before, by an earlier process, where the system's is behind it.
    /// Gives by how many milliseconds it is behind.
    pub fn not_before(&self, seen: Timestamp) -> i64 {
        let behind = seen.since(self.system_time());
        self.at_least(seen);
        behind.max(0)
    }

    /// Moves the system's clock by so many milliseconds, for tests of what happens later, or when it is set back.
    pub fn advance(&self, millis: i64) {
        self.0.offset.fetch_add(millis, Ordering::SeqCst);
    }

    fn system_time(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis).plus(self.0.offset.load(Ordering::SeqCst))
    }

    fn at_least(&self, time: Timestamp) -> Timestamp {
        let passed = i64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let base = time.plus(-passed).millis();
        let highest = self.0.base.fetch_max(base, Ordering::SeqCst).max(base);
        Timestamp::from_millis(highest).plus(passed)
    }
}

#[cfg(test)]
mod tests {
    use domain::time::{HOUR_MS, MINUTE_MS};

    use super::*;

    #[test]
    fn clock_runs_on_where_the_systems_is_set_back() {
        let clock = Clock::default();
        let before = clock.now();
        clock.advance(-25 * HOUR_MS);
        assert!((0..MINUTE_MS).contains(&clock.now().since(before)));
        clock.advance(26 * HOUR_MS);
        assert!((HOUR_MS..HOUR_MS + MINUTE_MS).contains(&clock.now().since(before)), "a step ahead is believed");
    }

    #[test]
    fn clock_begins_at_what_an_earlier_process_saw() {
        let (clock, other) = (Clock::default(), Clock::default());
        let seen = clock.now().plus(25 * HOUR_MS);
        assert!(clock.not_before(seen) > 24 * HOUR_MS);
        assert!((0..MINUTE_MS).contains(&clock.now().since(seen)));
        assert_eq!(other.not_before(other.now().plus(-HOUR_MS)), 0);
        assert!(other.now() < seen, "a time in the past changes nothing");
    }
}
