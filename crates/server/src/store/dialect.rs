//! Everything in which SQLite and PostgreSQL differ.

use sqlx::AnyConnection;

/// What triggers are for: the audit log alone has some.
const APPEND_ONLY: &str = "the audit log can only be added to, and nothing else has a trigger";

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// That of a connection.
    #[must_use]
    pub fn of(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "SQLite" { Self::Sqlite } else { Self::Postgres }
    }

    /// Columns as a JSON array.
    #[must_use]
    pub fn json_array(self, columns: &str) -> String {
        match self {
            Self::Sqlite => format!("json_array({columns})"),
            Self::Postgres => format!("json_build_array({columns})"),
        }
    }

    /// As `json_array`, as a text.
    #[must_use]
    pub fn json_row(self, columns: &str) -> String {
        let array = self.json_array(columns);
        match self {
            Self::Sqlite => array,
            Self::Postgres => format!("{array}::text"),
        }
    }

    /// As `json_row`, of all rows of a group in one array, in no order.
    #[must_use]
    pub fn json_rows(self, columns: &str) -> String {
        match self {
            Self::Sqlite => format!("json_group_array(json_array({columns}))"),
            Self::Postgres => format!("COALESCE(json_agg(json_build_array({columns}))::text, '[]')"),
        }
    }

    /// Begins a transaction that will write. SQLite takes its lock at once; on PostgreSQL the organization's row is the
    /// lock, and every write begins by raising its revision. What is read behind the lock has to be what is there by then,
    /// whatever isolation the database has as its default.
    #[must_use]
    pub const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Begins a transaction that only reads, from one moment: on SQLite each does, on PostgreSQL by its isolation.
    #[must_use]
    pub const fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN DEFERRED",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Whether a column contains the text of a placeholder, both folded already.
    #[must_use]
    pub fn contains(self, column: &str, placeholder: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({column}, {placeholder}) > 0"),
            Self::Postgres => format!("strpos({column}, {placeholder}) > 0"),
        }
    }

    /// How columns that are compared byte by byte are declared.
    #[must_use]
    pub const fn key_text(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres => "TEXT COLLATE \"C\"",
        }
    }

    /// What makes the audit log append-only.
    #[must_use]
    pub const fn audit_triggers(self) -> &'static str {
        match self {
            Self::Sqlite => include_str!("../../migrations/0001_audit_sqlite.sql"),
            Self::Postgres => include_str!("../../migrations/0001_audit_postgres.sql"),
        }
    }

    /// What is to be done after a great many rows were written at once.
    #[must_use]
    pub const fn after_filling(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &["ANALYZE"],
        }
    }

    /// What makes every text compare byte by byte, as SQLite's do by themselves.
    #[must_use]
    pub const fn bytewise(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1",
            Self::Postgres => include_str!("../../migrations/0005_bytewise_postgres.sql"),
        }
    }

    /// What the database can say of its own file and schema: facts, each with a query for the `id`s of what contradicts it.
    /// PostgreSQL's files are its own affair, and it holds references at all times.
    #[must_use]
    pub const fn file_checks(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Sqlite => &[
                (
                    "the database file is whole",
                    "SELECT integrity_check AS id FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
                ),
                ("every reference leads to a row", "SELECT \"table\" AS id FROM pragma_foreign_key_check"),
                (
                    APPEND_ONLY,
                    "SELECT COALESCE(m.name, w.name) AS id FROM (
                         SELECT 'audit_events_no_update' AS name, 'CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, ''the audit log is append-only'');
END' AS sql
                         UNION ALL SELECT 'audit_events_no_delete', 'CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, ''the audit log is append-only'');
END') w
                     FULL JOIN (SELECT name, sql FROM sqlite_master WHERE type = 'trigger') m ON m.name = w.name
                     WHERE m.sql IS NULL OR w.sql IS NULL OR m.sql <> w.sql",
                ),
            ],
            Self::Postgres => &[(
                APPEND_ONLY,
                "SELECT COALESCE(t.name, w.name) AS id FROM (SELECT 'audit_events_append_only' AS name) w
                 FULL JOIN (
                     SELECT g.tgname::text AS name, c.relname = 'audit_events' AND g.tgenabled = 'O' AND g.tgtype = 58 AND g.tgqual IS NULL
                         AND btrim(regexp_replace(p.prosrc, '\\s+', ' ', 'g')) = 'BEGIN RAISE EXCEPTION ''the audit log is append-only''; END' AS refuses
                     FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
                     WHERE NOT g.tgisinternal AND pg_catalog.pg_table_is_visible(c.oid)) t ON t.name = w.name
                 WHERE w.name IS NULL OR t.refuses IS NOT TRUE",
            )],
        }
    }

    /// What each new connection is told. SQLite: the write-ahead log, each commit on the disk before it is acknowledged,
    /// foreign keys held, every trigger fired, five seconds of patience with other processes.
    #[must_use]
    pub const fn on_connect(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "PRAGMA busy_timeout = 5000",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                // Or INSERT OR REPLACE would delete rows past the triggers.
                "PRAGMA recursive_triggers = ON",
                "PRAGMA trusted_schema = OFF",
                "PRAGMA temp_store = MEMORY",
            ],
            Self::Postgres => &["SET lock_timeout = '10s'", "SET statement_timeout = '30s'", "SET TIME ZONE 'UTC'"],
        }
    }

    /// What each new connection is told that only reads.
    #[must_use]
    pub const fn on_connect_to_read(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["PRAGMA busy_timeout = 5000", "PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF"],
            Self::Postgres => &["SET default_transaction_read_only = on", "SET TIME ZONE 'UTC'"],
        }
    }

    /// Finds a table by the name of a placeholder.
    #[must_use]
    pub const fn find_table(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1",
            Self::Postgres => {
                "SELECT c.relname::text AS name FROM pg_catalog.pg_class c
                 WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(c.oid)"
            }
        }
    }
}
