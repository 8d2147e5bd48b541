//! What must be true of the rows of every database, beside what its own constraints hold: for `roster check`.

use sqlx::AnyConnection;

use super::{Columns, Dialect};
use crate::accounts::store::IS_LASTING_OWNER;
use crate::failure::Outcome;

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What should be true, in words for the operator.
    pub fact: &'static str,
    /// Rows that contradict it.
    pub wrong: i64,
    /// Id of one of them; in checks of the file, what the database says.
    pub example: Option<String>,
}

/// A fact with a query for the `id`s of what contradicts it.
type Check = (&'static str, &'static str);

const FACTS: [Check; 11] = [
    (
        "every account pending has an open invitation",
        "SELECT a.id FROM accounts a LEFT JOIN invitations i ON i.account_id = a.id
         WHERE a.kind = 'user' AND a.activated_at IS NULL AND a.deleted_at IS NULL AND (i.account_id IS NULL OR i.outcome IS NOT NULL)",
    ),
    (
        "every invitation that is queued has a mail that waits",
        "SELECT i.account_id AS id FROM invitations i JOIN accounts a ON a.id = i.account_id
         WHERE i.delivery = 'queued' AND i.outcome IS NULL AND a.deleted_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM outbox b WHERE b.account_id = i.account_id AND b.kind = 'invitation' AND b.generation = i.generation
               AND b.sent_at IS NULL AND b.dropped_at IS NULL)",
    ),
    (
        "every mail belongs to an invitation of its organization, with a link that was made",
        "SELECT b.id FROM outbox b LEFT JOIN accounts a ON a.id = b.account_id LEFT JOIN invitations i ON i.account_id = b.account_id
         WHERE a.id IS NULL OR a.organization_id <> b.organization_id OR i.account_id IS NULL OR b.attempts < 0
            OR (b.kind = 'invitation' AND b.generation > i.generation)",
    ),
    (
        "every membership is of an account in a group of the same organization, and none in Everyone",
        "SELECT m.account_id AS id FROM memberships m LEFT JOIN accounts a ON a.id = m.account_id LEFT JOIN user_groups u ON u.id = m.group_id
         WHERE a.id IS NULL OR u.id IS NULL OR a.organization_id <> u.organization_id OR u.kind = 'everyone'",
    ),
    (
        "every organization has its group Everyone",
        "SELECT o.id FROM organizations o WHERE NOT EXISTS (SELECT 1 FROM user_groups u WHERE u.organization_id = o.id AND u.kind = 'everyone')",
    ),
    (
        "every grant is of an account, and every role granted is one of its organization",
        "SELECT g.account_id AS id FROM grants g LEFT JOIN accounts a ON a.id = g.account_id
         LEFT JOIN roles r ON r.organization_id = a.organization_id AND r.key = g.key
         WHERE a.id IS NULL OR (g.what = 'role' AND r.id IS NULL)",
    ),
    (
        "every level is one of its account's organization",
        "SELECT a.id FROM accounts a LEFT JOIN roles r ON r.id = a.level_id
         WHERE a.level_id IS NOT NULL AND (r.id IS NULL OR r.organization_id <> a.organization_id OR r.level_rank IS NULL)",
    ),
    (
        "every session is of its account's person and organization",
        "SELECT s.account_id AS id FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id
         WHERE a.id IS NULL OR a.organization_id <> s.organization_id OR a.person_id IS NULL OR a.person_id <> s.person_id",
    ),
    (
        "every token is of its account's organization and kind, and none works of a deleted account",
        "SELECT t.id FROM tokens t LEFT JOIN accounts a ON a.id = t.account_id
         WHERE a.id IS NULL OR a.organization_id <> t.organization_id OR a.kind <> t.kind OR (a.deleted_at IS NOT NULL AND t.revoked_at IS NULL)",
    ),
    (
        "every token knows how many of its scopes it was never used for",
        "SELECT t.id FROM tokens t WHERE COALESCE(t.scopes_unused, 0) <> (SELECT COUNT(*) FROM token_scopes s WHERE s.token_id = t.id
             AND NOT EXISTS (SELECT 1 FROM token_uses u WHERE u.token_id = t.id AND u.permission = s.permission))",
    ),
    // Seats may be lowered below what is taken; only accounts made after that prove that one was made without a seat.
    // A minute is left for requests that were on their way.
    (
        "no account was made without a seat",
        "SELECT o.id FROM organizations o
         WHERE o.seats < (SELECT COUNT(*) FROM accounts a WHERE a.organization_id = o.id AND a.kind = 'user' AND a.deleted_at IS NULL AND a.deactivated_at IS NULL)
           AND EXISTS (
             SELECT 1 FROM accounts a WHERE a.organization_id = o.id AND a.kind = 'user' AND a.deleted_at IS NULL AND a.deactivated_at IS NULL
               AND a.created_at > COALESCE((SELECT MAX(e.at) FROM audit_events e WHERE e.organization_id = o.id AND e.action = 'organization.changed'), 0) + 60000)",
    ),
];

/// Looks at all there is to look at, the file of an embedded database first.
///
/// # Errors
/// When the store does not answer.
pub async fn findings(connection: &mut AnyConnection, dialect: Dialect) -> Outcome<Vec<Finding>> {
    let owners = format!(
        "SELECT o.id FROM organizations o WHERE NOT EXISTS (
             SELECT 1 FROM grants g JOIN accounts a ON a.id = g.account_id JOIN persons p ON p.id = a.person_id
             WHERE a.organization_id = o.id AND {IS_LASTING_OWNER})"
    );
    let mut found = Vec::new();
    for (fact, sql) in dialect.file_checks() {
        found.push(look(connection, fact, sql).await?);
    }
    found.push(look(connection, "every organization has an Owner who can sign in, and stays", &owners).await?);
    for (fact, sql) in FACTS {
        found.push(look(connection, fact, sql).await?);
    }
    Ok(found)
}

async fn look(connection: &mut AnyConnection, fact: &'static str, sql: &str) -> Outcome<Finding> {
    let sql = format!("SELECT COUNT(*) AS wrong, MIN(id) AS example FROM ({sql}) found");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(connection).await?;
    Ok(Finding { fact, wrong: row.number("wrong")?, example: row.maybe_text("example")? })
}
