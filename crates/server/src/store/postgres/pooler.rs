//! What may stand between Roster and PostgreSQL: a pooler that gives each connection a session of its own.

use sqlx::{AnyConnection, Executor, Row};

use super::explain;

/// What a pooler has to do.
pub(super) const NEEDS: &str = "between Roster and PostgreSQL there is a pooler that gives a connection another session for \
     each transaction; Roster needs one that keeps it: PgBouncer's `pool_mode = session`, or PostgreSQL's own address";

/// Refuses a pooler that parts sessions by transactions. Prepared statements and settings would meet other sessions than
/// those they were made in: at best they fail, at worst another program's statement is carried out.
///
/// # Errors
/// When two connections share a session, or the server does not answer.
pub(super) async fn require_sessions(first: &mut AnyConnection, second: &mut AnyConnection) -> Result<(), String> {
    let alone = session(first).await?;
    // The second one holds the session it has got; the first must still have its own.
    second.execute("BEGIN").await.map_err(|error| format!("{}; {NEEDS}", explain(&error)))?;
    let other = session(second).await?;
    let again = session(first).await?;
    second.execute("ROLLBACK").await.map_err(|error| explain(&error))?;
    if is_kept(alone, other, again) { Ok(()) } else { Err(NEEDS.to_owned()) }
}

/// Whether each of two connections has a session of its own: that of the first before and while the second is busy, and
/// that of the second.
const fn is_kept(alone: i32, other: i32, again: i32) -> bool {
    alone != other && alone == again
}

/// The process that serves the connection now. Asked without a prepared statement, which a pooler could not pass on.
async fn session(connection: &mut AnyConnection) -> Result<i32, String> {
    let row = connection.fetch_one("SELECT pg_catalog.pg_backend_pid() AS pid").await;
    row.and_then(|row| row.try_get("pid")).map_err(|error| explain(&error))
}

#[cfg(test)]
mod tests {
    use super::is_kept;

    #[test]
    fn each_connection_has_a_session_of_its_own() {
        for (alone, other, again, expected) in [(1, 2, 1, true), (1, 1, 2, false), (1, 2, 3, false), (1, 1, 1, false)] {
            assert_eq!(is_kept(alone, other, again), expected, "{alone} {other} {again}");
        }
    }
}
