//! What a PostgreSQL server is set to, and whether it can hold what Roster promises.

use sqlx::{AnyConnection, Row};

/// The oldest server that is accepted, as `server_version_num` counts.
const VERSION_MIN: i64 = 130_000;

/// What of a database stays as it is while it is served.
#[derive(Debug, Clone)]
pub(super) struct Database {
    /// As `server_version_num`.
    version: i64,
    encoding: String,
    /// Where tables are made and looked for; none where the user may use no schema of the search path.
    schema: Option<String>,
    search_path: String,
    user: String,
    full_page_writes: Option<String>,
}

impl Database {
    /// # Errors
    /// When the server does not answer.
    pub(super) async fn read(connection: &mut AnyConnection) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(
            "SELECT current_setting('server_version_num')::bigint AS version,
                    current_setting('server_encoding') AS encoding, current_schema()::text AS schema,
                    current_setting('search_path') AS search_path, current_user::text AS user_name,
                    current_setting('full_page_writes', true) AS full_page_writes",
        )
        .fetch_one(connection)
        .await?;
        Ok(Self {
            version: row.try_get("version")?,
            encoding: row.try_get("encoding")?,
            schema: row.try_get("schema")?,
            search_path: row.try_get("search_path")?,
            user: row.try_get("user_name")?,
            full_page_writes: row.try_get("full_page_writes")?,
        })
    }

    /// Why it cannot be used: what was found, and what is allowed.
    pub(super) fn refusal(&self) -> Option<String> {
        if self.version < VERSION_MIN {
            let (found, allowed) = (self.version / 10_000, VERSION_MIN / 10_000);
            return Some(format!("the server is PostgreSQL {found}; Roster needs {allowed} or newer"));
        }
        if self.encoding != "UTF8" {
            return Some(format!(
                "the database's encoding is {}, which does not hold every text; Roster needs UTF8, as \
                 `CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0` makes it",
                self.encoding
            ));
        }
        if self.schema.is_none() {
            return Some(format!(
                "the user {} may use no schema of its search_path, which is {}; Roster needs USAGE on one",
                self.user, self.search_path
            ));
        }
        None
    }

    /// What an operator should know, though it may be meant. A file system that never tears a page, such as ZFS, does
    /// without full-page writes.
    pub(super) fn warning(&self) -> Option<&'static str> {
        let is_off = self.full_page_writes.as_deref() == Some("off");
        is_off.then_some(
            "full_page_writes is off: a power cut may damage the database unless its file system never tears a page",
        )
    }
}

/// What a session's commits are worth. It may change while Roster serves: by a reload, a failover, or for new sessions
/// alone.
#[derive(Debug, Clone)]
pub(super) struct Durability {
    is_standby: bool,
    read_only: String,
    /// None where what speaks PostgreSQL's protocol has no such setting.
    fsync: Option<String>,
    synchronous_commit: Option<String>,
    session_replication_role: Option<String>,
}

impl Durability {
    /// # Errors
    /// When the server does not answer.
    pub(super) async fn read(connection: &mut AnyConnection) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(
            "SELECT pg_is_in_recovery() AS is_standby, current_setting('transaction_read_only') AS read_only,
                    current_setting('fsync', true) AS fsync,
                    current_setting('synchronous_commit', true) AS synchronous_commit,
                    current_setting('session_replication_role', true) AS session_replication_role",
        )
        .fetch_one(connection)
        .await?;
        Ok(Self {
            is_standby: row.try_get("is_standby")?,
            read_only: row.try_get("read_only")?,
            fsync: row.try_get("fsync")?,
            synchronous_commit: row.try_get("synchronous_commit")?,
            session_replication_role: row.try_get("session_replication_role")?,
        })
    }

    /// Why nothing can be written: what was found, and what is allowed.
    pub(super) fn refusal(&self) -> Option<String> {
        if self.is_standby {
            return Some("the server is a standby, which takes no writes; Roster needs the primary server".to_owned());
        }
        if self.read_only != "off" {
            return Some(format!("default_transaction_read_only is {}; Roster needs off", self.read_only));
        }
        let settings = [
            ("fsync", &self.fsync, &["on"][..]),
            ("synchronous_commit", &self.synchronous_commit, &["on", "remote_apply"]),
            // With `replica` neither the triggers of the audit log nor foreign keys are held.
            ("session_replication_role", &self.session_replication_role, &["origin", "local"]),
        ];
        settings.into_iter().find_map(|(name, found, allowed)| {
            let found = found.as_deref().filter(|found| !allowed.contains(found))?;
            Some(format!("{name} is {found}; Roster needs {}", allowed.join(" or ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> Database {
        Database {
            version: 150_013,
            encoding: "UTF8".into(),
            schema: Some("public".into()),
            search_path: "\"$user\", public".into(),
            user: "roster".into(),
            full_page_writes: Some("on".into()),
        }
    }

    fn durability() -> Durability {
        Durability {
            is_standby: false,
            read_only: "off".into(),
            fsync: Some("on".into()),
            synchronous_commit: Some("on".into()),
            session_replication_role: Some("origin".into()),
        }
    }

    #[test]
    fn database_that_cannot_hold_what_is_written_is_refused() {
        assert_eq!(database().refusal(), None);
        assert_eq!(Database { version: VERSION_MIN, ..database() }.refusal(), None);
        let cases = [
            (Database { version: 120_022, ..database() }, ["PostgreSQL 12;", "13 or newer"]),
            (Database { version: 90_624, ..database() }, ["PostgreSQL 9;", "13 or newer"]),
            (Database { encoding: "LATIN1".into(), ..database() }, ["is LATIN1", "UTF8"]),
            (Database { encoding: "SQL_ASCII".into(), ..database() }, ["is SQL_ASCII", "UTF8"]),
            (Database { encoding: "EUC_JP".into(), ..database() }, ["is EUC_JP", "UTF8"]),
            (Database { schema: None, ..database() }, ["the user roster", "\"$user\", public"]),
        ];
        for (database, parts) in cases {
            let refusal = database.refusal().unwrap_or_default();
            assert!(parts.iter().all(|part| refusal.contains(part)), "{refusal}");
        }
    }

    #[test]
    fn server_that_does_not_keep_what_it_acknowledges_is_refused() {
        let allowed = [
            durability(),
            Durability { synchronous_commit: Some("remote_apply".into()), ..durability() },
            Durability { session_replication_role: Some("local".into()), ..durability() },
            Durability { fsync: None, synchronous_commit: None, session_replication_role: None, ..durability() },
        ];
        for durability in allowed {
            assert_eq!(durability.refusal(), None, "{durability:?}");
        }
        let synchronous = |found: &str| Durability { synchronous_commit: Some(found.into()), ..durability() };
        let refused = [
            (Durability { is_standby: true, read_only: "on".into(), ..durability() }, "is a standby"),
            (
                Durability { read_only: "on".into(), ..durability() },
                "default_transaction_read_only is on; Roster needs off",
            ),
            (Durability { fsync: Some("off".into()), ..durability() }, "fsync is off; Roster needs on"),
            (synchronous("off"), "synchronous_commit is off; Roster needs on or remote_apply"),
            (synchronous("local"), "synchronous_commit is local; Roster needs on or remote_apply"),
            (synchronous("remote_write"), "synchronous_commit is remote_write; Roster needs on or remote_apply"),
            (
                Durability { session_replication_role: Some("replica".into()), ..durability() },
                "session_replication_role is replica; Roster needs origin or local",
            ),
        ];
        for (durability, expected) in refused {
            let refusal = durability.refusal().unwrap_or_default();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn missing_full_page_writes_are_worth_a_warning() {
        assert_eq!(database().warning(), None);
        assert!(Database { full_page_writes: Some("off".into()), ..database() }.warning().is_some());
        assert_eq!(Database { full_page_writes: None, ..database() }.warning(), None);
    }
}
