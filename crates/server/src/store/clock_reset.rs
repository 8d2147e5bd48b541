//! Putting the times of a database back after a clock that was wrongly ahead.

use domain::Timestamp;
use domain::time::DAY_MS;

use super::{Tx, clock, query_with};
use crate::failure::Outcome;

/// Columns that say when something happened. What seems to have happened later than now happened now: a session that
/// was last seen in the future would never be idle.
pub const HAPPENED: [(&str, &[&str]); 18] = [
    ("organizations", &["created_at"]),
    ("setup_tokens", &["created_at"]),
    ("setup", &["done_at"]),
    ("persons", &["password_changed_at", "email_verified_at", "created_at"]),
    ("roles", &["created_at"]),
    (
        "accounts",
        &[
            "invited_at",
            "activated_at",
            "deactivated_at",
            "deleted_at",
            "created_at",
            "last_sign_in_at",
            "last_active_at",
            "signed_out_at",
        ],
    ),
    ("invitations", &["sent_at", "link_requested_at", "link_copied_at", "ended_at"]),
    ("invitation_links", &["created_at"]),
    ("user_groups", &["created_at"]),
    ("memberships", &["added_at"]),
    ("grants", &["granted_at"]),
    ("operations", &["created_at", "undone_at"]),
    ("objects", &["created_at"]),
    ("object_access", &["granted_at"]),
    ("outbox", &["created_at", "due_at", "leased_until", "sent_at", "dropped_at"]),
    ("idempotency_keys", &["created_at"]),
    ("tokens", &["created_at", "last_used_at", "revoked_at"]),
    ("token_uses", &["first_used_at"]),
];

/// Columns that say when something ends, with the column that says when that was decided. What was decided in the wrong
/// time lasts as long as it was meant to, from now on.
pub const ENDS: [(&str, &str, &str); 6] = [
    ("accounts", "valid_until", "created_at"),
    ("invitations", "expires_at", "sent_at"),
    ("memberships", "valid_until", "added_at"),
    ("grants", "valid_until", "granted_at"),
    ("object_access", "valid_until", "granted_at"),
    ("tokens", "expires_at", "created_at"),
];

/// What was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutBack {
    /// Sessions that were ended: all of them.
    pub sessions: u64,
    /// Ends that were moved with what they end.
    pub ends: u64,
}

/// Puts everything back to now, but the audit log, which stays as it is. The caller is the only one on the database.
///
/// # Errors
/// When the store refuses; nothing was changed then.
pub async fn put_back(tx: &mut Tx, now: Timestamp) -> Outcome<PutBack> {
    let mut ends = 0;
    // A token that was replaced ends with the overlap, which counted from when its successor was made.
    let replaced = "UPDATE tokens SET expires_at = expires_at - ((SELECT s.created_at FROM tokens s WHERE s.id = tokens.replaced_by) - $1)
         WHERE created_at <= $1 AND expires_at > $1 AND (SELECT s.created_at FROM tokens s WHERE s.id = tokens.replaced_by) > $1";
    ends += execute(tx, replaced.to_owned(), now).await?;
    // What such a link opens was recorded with ends in the wrong time, which say nothing about the right one. The next start
    // records it again where nothing was changed since; otherwise the invitation needs a new link.
    execute(tx, "UPDATE invitations SET snapshot_id = NULL WHERE sent_at > $1 OR link_copied_at > $1".to_owned(), now)
        .await?;
    for (table, end, decided) in ENDS {
        let sql =
            format!("UPDATE {table} SET {end} = {end} - ({decided} - $1) WHERE {decided} > $1 AND {end} IS NOT NULL");
        ends += execute(tx, sql, now).await?;
    }
    // A link's lifetime begins later than the invitation where the link was copied, or its mail given up, in the wrong time.
    let lifetime = "UPDATE invitations SET expires_at = $1 + (SELECT o.invitation_ttl_ms FROM accounts a JOIN organizations o ON o.id = a.organization_id WHERE a.id = invitations.account_id)
         WHERE expires_at > $1 + (SELECT o.invitation_ttl_ms FROM accounts a JOIN organizations o ON o.id = a.organization_id WHERE a.id = invitations.account_id)";
    ends += execute(tx, lifetime.to_owned(), now).await?;
    let sessions = sqlx::query("DELETE FROM sessions").execute(&mut **tx).await?.rows_affected();
    execute(tx, "DELETE FROM guesses WHERE last_at > $1 OR window_start > $1".to_owned(), now).await?;
    execute(tx, "DELETE FROM mail_allowances WHERE full_at > $1".to_owned(), now.plus(DAY_MS)).await?;
    for (table, columns) in HAPPENED {
        for column in columns {
            execute(tx, format!("UPDATE {table} SET {column} = $1 WHERE {column} > $1"), now).await?;
        }
    }
    clock::replace_seen(tx, now).await?;
    Ok(PutBack { sessions, ends })
}

async fn execute(tx: &mut Tx, sql: String, at: Timestamp) -> Outcome<u64> {
    Ok(query_with(sql, vec![at.into()]).execute(&mut **tx).await?.rows_affected())
}
