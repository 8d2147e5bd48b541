//! What tokens were used for, and when last.

use domain::time::DAY_MS;
use domain::{AccountId, Timestamp, TokenId};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::{Columns, Db, Tx, Value, query_with};

/// A use of a token.
pub struct Use {
    pub token: TokenId,
    pub account: AccountId,
    /// The person for whom it was used.
    pub on_behalf_of: Option<AccountId>,
    /// Absent where Roster did not see the request itself: then what it saw last, address and agent, stays.
    pub ip: Option<String>,
    pub agent: String,
    pub at: Timestamp,
}

/// Keys of the permissions that a token was used for, in their order.
///
/// # Errors
/// When the store does not answer.
pub async fn uses(connection: &mut AnyConnection, id: TokenId) -> Outcome<Vec<String>> {
    let rows = sqlx::query("SELECT permission FROM token_uses WHERE token_id = $1 ORDER BY permission")
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.text("permission")).collect()
}

/// Notes when a token was last used, that its account was active and so was the person it acted for, and what it was
/// used for the first time.
///
/// # Errors
/// When the store refuses.
pub async fn note_use(db: &Db, of: &Use, new_permissions: &[String]) -> Outcome<()> {
    let mut tx = db.begin().await?;
    // Accounts first, in the order of their ids: whoever deactivates one goes the same way.
    let mut accounts: Vec<AccountId> = of.on_behalf_of.into_iter().chain([of.account]).collect();
    accounts.sort_unstable();
    for account in accounts {
        query_with(
            "UPDATE accounts SET last_active_at = $1,
                    active_days = active_days + CASE WHEN COALESCE(last_active_at, 0) / $2 < $1 / $2 THEN 1 ELSE 0 END
             WHERE id = $3 AND COALESCE(last_active_at, 0) < $1"
                .to_owned(),
            vec![of.at.into(), DAY_MS.into(), account.into()],
        )
        .execute(&mut *tx)
        .await?;
    }
    let acted_for: Value = of.on_behalf_of.map(|id| id.to_string()).into();
    query_with(
        "UPDATE tokens SET last_used_at = $1, last_used_ip = COALESCE($2, last_used_ip),
                last_used_agent = CASE WHEN $2 IS NULL AND last_used_ip IS NOT NULL THEN last_used_agent ELSE $3 END,
                last_used_for = COALESCE($4, last_used_for)
         WHERE id = $5 AND COALESCE(last_used_at, 0) <= $1"
            .to_owned(),
        vec![of.at.into(), of.ip.clone().into(), of.agent.as_str().into(), acted_for, of.token.into()],
    )
    .execute(&mut *tx)
    .await?;
    for permission in new_permissions {
        query_with(
            "INSERT INTO token_uses (token_id, permission, first_used_at) VALUES ($1, $2, $3) ON CONFLICT (token_id, permission) DO NOTHING".to_owned(),
            vec![of.token.into(), permission.as_str().into(), of.at.into()],
        )
        .execute(&mut *tx)
        .await?;
    }
    if !new_permissions.is_empty() {
        count_unused_scopes(&mut tx, of.token).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes how many scopes of a token it was never used for; of a token that has none, nothing.
pub(super) async fn count_unused_scopes(tx: &mut Tx, id: TokenId) -> Outcome<()> {
    query_with(
        "UPDATE tokens SET scopes_unused = (SELECT COUNT(*) FROM token_scopes s WHERE s.token_id = $1
             AND NOT EXISTS (SELECT 1 FROM token_uses u WHERE u.token_id = $1 AND u.permission = s.permission))
         WHERE id = $1 AND (scopes_unused IS NOT NULL OR EXISTS (SELECT 1 FROM token_scopes s WHERE s.token_id = $1))"
            .to_owned(),
        vec![id.into()],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
