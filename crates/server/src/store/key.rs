//! Which key a database was served with.

use sqlx::AnyConnection;

use super::{Columns, Tx};
use crate::failure::Outcome;
use crate::secrets::ServerKey;

/// What a database says about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownKey {
    /// No server has run on it.
    None,
    /// It was served with this key, by an earlier version alone, which kept no list of the audit logs that it sealed.
    Earlier,
    /// It was served with this key.
    Current,
    /// It was served with another key.
    Other,
}

/// The fingerprint of the key that the database was served with; none where it never was.
///
/// # Errors
/// When the store does not answer.
pub async fn known_key(connection: &mut AnyConnection) -> Outcome<Option<String>> {
    let row = sqlx::query("SELECT fingerprint FROM server_key").fetch_optional(connection).await?;
    row.map(|row| row.text("fingerprint")).transpose()
}

/// Whether the database was served with this key.
///
/// # Errors
/// When the store does not answer.
pub async fn look_at_key(connection: &mut AnyConnection, key: &ServerKey) -> Outcome<KnownKey> {
    Ok(match known_key(connection).await? {
        None => KnownKey::None,
        Some(known) if known == key.fingerprint() => KnownKey::Current,
        Some(known) if known == key.earlier_fingerprint() => KnownKey::Earlier,
        Some(_) => KnownKey::Other,
    })
}

/// Makes a key the known one, if that is what is known still; whether it is.
///
/// # Errors
/// When the store does not answer.
pub async fn replace_known_key(tx: &mut Tx, before: Option<&str>, key: &ServerKey) -> Outcome<bool> {
    let query = match before {
        None => sqlx::query(
            "INSERT INTO server_key (only_one, fingerprint) VALUES (1, $1) ON CONFLICT (only_one) DO NOTHING",
        )
        .bind(key.fingerprint()),
        Some(before) => sqlx::query("UPDATE server_key SET fingerprint = $1 WHERE fingerprint = $2")
            .bind(key.fingerprint())
            .bind(before.to_owned()),
    };
    Ok(query.execute(&mut **tx).await?.rows_affected() == 1)
}
