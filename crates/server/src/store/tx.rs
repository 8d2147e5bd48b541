//! A transaction that writes, with the key that what it writes is sealed with.

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyConnection, AnyPool, Transaction};

use super::health::Health;
use super::trust::Trust;
use crate::secrets::ServerKey;

/// A transaction that writes. Dropped without a commit, it changes nothing.
pub struct Tx {
    inner: Transaction<'static, Any>,
    key: Option<ServerKey>,
    trust: Trust,
    /// Of the database's writes; absent for a transaction that only reads.
    health: Option<Health>,
}

impl Tx {
    /// Begins one with a statement of `Dialect`.
    pub(super) async fn begin(
        pool: &AnyPool,
        statement: &'static str,
        trust: &Trust,
        key: Option<ServerKey>,
        health: Option<Health>,
    ) -> Result<Self, sqlx::Error> {
        match pool.begin_with(statement).await {
            Ok(inner) => Ok(Self { inner, key, trust: trust.clone(), health }),
            // There was no connection to begin with.
            Err(error @ (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)) => Err(error),
            Err(error) => {
                trust.lost();
                health.iter().for_each(Health::failed);
                Err(error)
            }
        }
    }

    /// The server's key; absent in a command that runs without it.
    #[must_use]
    pub const fn key(&self) -> Option<&ServerKey> {
        self.key.as_ref()
    }

    /// Makes all of it lasting.
    ///
    /// # Errors
    /// When the store refuses; nothing was changed then.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        let committed = self.inner.commit().await;
        match (&committed, &self.health) {
            (Err(_), health) => {
                self.trust.lost();
                health.iter().for_each(Health::failed);
            }
            (Ok(()), Some(health)) => health.written(),
            (Ok(()), None) => {}
        }
        committed
    }

    /// Ends it without a change.
    ///
    /// # Errors
    /// When the store does not answer; nothing is changed then either.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        let ended = self.inner.rollback().await;
        if ended.is_err() {
            self.trust.lost();
        }
        ended
    }
}

impl Deref for Tx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}
