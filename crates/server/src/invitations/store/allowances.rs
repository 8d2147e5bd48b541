//! How many mails each address may still get.

use std::collections::HashMap;

use domain::Timestamp;
use domain::invitations::mail_allowance;
use sqlx::AnyConnection;

use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Tx, Value, placeholder_list, placeholders, query_with};

/// Allowances that one statement reads or writes.
const ALLOWANCES_PER_STATEMENT: usize = 250;

/// When each of many addresses may get its full number of mails again.
///
/// # Errors
/// When the store does not answer.
pub async fn allowances(connection: &mut AnyConnection, keys: &[String]) -> Outcome<HashMap<String, Timestamp>> {
    let mut found = HashMap::new();
    for chunk in keys.chunks(ALLOWANCES_PER_STATEMENT) {
        let sql = format!(
            "SELECT email_key, full_at FROM mail_allowances WHERE email_key IN ({})",
            placeholder_list(1, chunk.len())
        );
        let values = chunk.iter().map(|key| key.as_str().into()).collect();
        for row in &query_with(sql, values).fetch_all(&mut *connection).await? {
            found.insert(row.text("email_key")?, row.time("full_at")?);
        }
    }
    Ok(found)
}

/// Writes the allowances that sending has used up.
pub(in crate::invitations) async fn keep_allowances(tx: &mut Tx, rows: Vec<(String, Timestamp)>) -> Outcome<()> {
    for chunk in rows.chunks(ALLOWANCES_PER_STATEMENT) {
        let sql = format!(
            "INSERT INTO mail_allowances (email_key, full_at) VALUES {} ON CONFLICT (email_key) DO UPDATE SET full_at = excluded.full_at",
            placeholders(chunk.len(), 2)
        );
        let values = chunk.iter().flat_map(|(key, full_at)| [Value::from(key.as_str()), (*full_at).into()]).collect();
        query_with(sql, values).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Takes one mail from an address's allowance.
///
/// # Errors
/// `TooMany` when it is used up.
pub(in crate::invitations) async fn take_allowance(tx: &mut Tx, email_key: &str, at: Timestamp) -> Outcome<()> {
    let keys = [email_key.to_owned()];
    let full_at = allowances(tx, &keys).await?.remove(email_key);
    let next = mail_allowance(full_at, at).ok_or(Failure::TooMany { retry_after_s: 3_600 })?;
    keep_allowances(tx, vec![(email_key.to_owned(), next)]).await
}
