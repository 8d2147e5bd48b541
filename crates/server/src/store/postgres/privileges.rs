//! What Roster's user may do in PostgreSQL: change rows at all times, and tables only where the schema is out of date.

use sqlx::{AnyPool, Row};

use super::explain;
use crate::store::migrate::SCHEMA_VERSION;

/// Privileges that one message names, at the most.
const NAMED_MAX: usize = 3;

/// Refuses a user who lacks a privilege on the rows of one of Roster's tables: some request would fail by it later. Rows
/// of the audit log are never changed, and what was migrated is only read.
///
/// # Errors
/// Names the user and what is lacking.
pub(super) async fn require_rows(pool: &AnyPool) -> Result<(), String> {
    let rows = sqlx::query(
        "SELECT current_user::text AS user_name, privilege || ' on ' || t.relname AS lacking
         FROM pg_catalog.pg_class m
         JOIN pg_catalog.pg_class t ON t.relnamespace = m.relnamespace AND t.relowner = m.relowner
         CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS wanted (privilege)
         WHERE m.relname = '_sqlx_migrations' AND pg_catalog.pg_table_is_visible(m.oid) AND t.relkind IN ('r', 'p')
           AND NOT pg_catalog.has_table_privilege(t.oid, privilege)
           AND NOT (t.relname = '_sqlx_migrations' AND privilege <> 'SELECT')
           AND NOT (t.relname = 'audit_events' AND privilege IN ('UPDATE', 'DELETE'))
         ORDER BY t.relname, privilege",
    )
    .fetch_all(pool)
    .await
    .map_err(|error| explain(&error))?;
    let text = |row: &sqlx::any::AnyRow, name: &str| row.try_get::<String, _>(name).unwrap_or_default();
    let Some(user) = rows.first().map(|row| text(row, "user_name")) else { return Ok(()) };
    let lacking: Vec<String> = rows.iter().map(|row| text(row, "lacking")).collect();
    Err(describe(&user, &lacking))
}

fn describe(user: &str, lacking: &[String]) -> String {
    let named = lacking.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match lacking.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    format!("the user {user} lacks {named}{more}; Roster needs SELECT, INSERT, UPDATE and DELETE on its tables")
}

/// Refuses a user who may not change tables, where the schema is to be brought up to date. `version` is that of the
/// schema; none where there is none yet.
///
/// # Errors
/// Names the user, and who may.
pub(super) async fn require_tables(pool: &AnyPool, version: Option<i64>) -> Result<(), String> {
    let row = sqlx::query(
        "SELECT current_user::text AS user_name, current_schema()::text AS schema,
                pg_catalog.has_schema_privilege(current_schema(), 'CREATE') AS may_create,
                (SELECT pg_catalog.pg_get_userbyid(relowner)::text FROM pg_catalog.pg_class
                 WHERE relname = '_sqlx_migrations' AND pg_catalog.pg_table_is_visible(oid)
                   AND NOT pg_catalog.pg_has_role(relowner, 'USAGE')) AS other_owner",
    )
    .fetch_one(pool)
    .await
    .map_err(|error| explain(&error))?;
    let text = |name: &str| row.try_get::<Option<String>, _>(name).unwrap_or_default();
    let (user, schema) = (text("user_name").unwrap_or_default(), text("schema").unwrap_or_default());
    let found = version.map_or("there are no tables yet".to_owned(), |version| {
        format!("the schema is of version {version}, this program's is {SCHEMA_VERSION}")
    });
    if let Some(owner) = text("other_owner") {
        return Err(format!(
            "{found}, and the user {user} may not change the tables of {owner}: run `roster migrate` as {owner}"
        ));
    }
    if !row.try_get("may_create").unwrap_or(false) {
        return Err(format!(
            "{found}, and the user {user} may not make any in the schema {schema}: grant it CREATE there, or run \
             `roster migrate` as a user who may"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn what_is_lacking_is_named_up_to_a_point() {
        let lacking = ["INSERT on a", "DELETE on b", "UPDATE on c", "UPDATE on d"].map(str::to_owned);
        assert!(describe("web", &lacking[..1]).starts_with("the user web lacks INSERT on a; Roster needs"));
        assert!(describe("web", &lacking).contains("INSERT on a, DELETE on b, UPDATE on c and 1 more;"));
    }
}
