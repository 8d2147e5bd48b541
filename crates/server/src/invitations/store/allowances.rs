//! How many mails each address may still get.

use std::collections::HashMap;

use domain::invitations::mail_allowance;
use domain::{OrganizationId, Timestamp};
use sqlx::AnyConnection;

use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Tx, Value, placeholder_list, placeholders, query_with};

/// Allowances that one statement reads or writes.
const ALLOWANCES_PER_STATEMENT: usize = 250;

/// When each of many addresses may get its full number of mails of an organization again.
///
/// # Errors
/// When the store does not answer.
pub async fn allowances(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    keys: &[String],
) -> Outcome<HashMap<String, Timestamp>> {
    let mut found = HashMap::new();
    for chunk in keys.chunks(ALLOWANCES_PER_STATEMENT) {
        let sql = format!(
            "SELECT email_key, full_at FROM mail_allowances WHERE organization_id = $1 AND email_key IN ({})",
            placeholder_list(2, chunk.len())
        );
        let values = std::iter::once(organization.into()).chain(chunk.iter().map(|key| key.as_str().into())).collect();
        for row in &query_with(sql, values).fetch_all(&mut *connection).await? {
            found.insert(row.text("email_key")?, row.time("full_at")?);
        }
    }
    Ok(found)
}

/// Writes the allowances that sending has used up.
pub(in crate::invitations) async fn keep_allowances(
    tx: &mut Tx,
    organization: OrganizationId,
    rows: Vec<(String, Timestamp)>,
) -> Outcome<()> {
    for chunk in rows.chunks(ALLOWANCES_PER_STATEMENT) {
        let sql = format!(
            "INSERT INTO mail_allowances (organization_id, email_key, full_at) VALUES {} ON CONFLICT (organization_id, email_key) DO UPDATE SET full_at = excluded.full_at",
            placeholders(chunk.len(), 3)
        );
        let row = |(key, full_at): &(String, Timestamp)| {
            [organization.into(), Value::from(key.as_str()), Value::from(*full_at)]
        };
        let values = chunk.iter().flat_map(row).collect();
        query_with(sql, values).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Takes one mail from an address's allowance.
///
/// # Errors
/// `TooMany` when it is used up.
pub(in crate::invitations) async fn take_allowance(
    tx: &mut Tx,
    organization: OrganizationId,
    email_key: &str,
    at: Timestamp,
) -> Outcome<()> {
    let keys = [email_key.to_owned()];
    let full_at = allowances(tx, organization, &keys).await?.remove(email_key);
    let next = mail_allowance(full_at, at).ok_or(Failure::TooMany { retry_after_s: 3_600 })?;
    keep_allowances(tx, organization, vec![(email_key.to_owned(), next)]).await
}
