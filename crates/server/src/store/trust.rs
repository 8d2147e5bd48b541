//! Which connections are still trusted: none that was open when a transaction could not begin, commit or roll back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, Connection};
use tokio::time::Instant;

/// Remembers the last failure of a pool's transactions. After a disk error nobody knows what a connection believes about
/// its transaction; opening another one costs a millisecond.
#[derive(Clone, Debug, Default)]
pub(super) struct Trust(Arc<Mutex<Option<Instant>>>);

impl Trust {
    /// A transaction could not begin, commit or roll back.
    pub(super) fn lost(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Lets a pool hand out, and take back, only what is trusted.
    pub(super) fn look_at_each(&self, options: AnyPoolOptions) -> AnyPoolOptions {
        let (taken, released) = (self.clone(), self.clone());
        options
            .before_acquire(move |connection, known| {
                let trust = taken.clone();
                Box::pin(async move { trust.holds(connection, known.age).await })
            })
            .after_release(move |connection, known| {
                let trust = released.clone();
                Box::pin(async move { trust.holds(connection, known.age).await })
            })
    }

    /// Whether a connection of this age was opened after the last failure.
    fn is_newer(&self, age: Duration) -> bool {
        let lost_at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lost_at.is_none_or(|lost_at| age < lost_at.elapsed())
    }

    /// Whether the pool may hand this connection out again. A transaction that was dropped is rolled back by the next
    /// command, so one that still seems open is asked to run it first.
    pub(super) async fn holds(&self, connection: &mut AnyConnection, age: Duration) -> Result<bool, sqlx::Error> {
        if !self.is_newer(age) {
            return Ok(false);
        }
        if connection.is_in_transaction() {
            connection.ping().await?;
        }
        Ok(!connection.is_in_transaction())
    }

    /// Keeps a pool from taking connections back that are not trusted any more.
    pub(super) fn watch_released(&self, options: AnyPoolOptions) -> AnyPoolOptions {
        let trust = self.clone();
        options.after_release(move |connection, known| {
            let trust = trust.clone();
            Box::pin(async move { trust.holds(connection, known.age).await })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_is_trusted_when_it_was_opened_after_the_last_failure() {
        let trust = Trust::default();
        assert!(trust.is_newer(Duration::from_secs(9)));
        trust.lost();
        assert!(!trust.is_newer(Duration::from_secs(9)));
        assert!(trust.is_newer(Duration::ZERO), "opened since");
    }
}
