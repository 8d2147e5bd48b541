//! A transaction that writes, with the key that what it writes is sealed with.

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyConnection, Transaction};

use crate::secrets::ServerKey;

/// A transaction that writes. Dropped without a commit, it changes nothing.
pub struct Tx {
    inner: Transaction<'static, Any>,
    key: Option<ServerKey>,
}

impl Tx {
    pub(super) const fn new(inner: Transaction<'static, Any>, key: Option<ServerKey>) -> Self {
        Self { inner, key }
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
        self.inner.commit().await
    }

    /// Ends it without a change.
    ///
    /// # Errors
    /// When the store does not answer; nothing is changed then either.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.inner.rollback().await
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
