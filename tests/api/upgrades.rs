//! Facts about databases of earlier versions: each is brought up to date with what was in it.
//!
//! The files beside this one hold what servers of each schema wrote. Each is read after the migration of its number, so
//! that a database of any schema is made of the steps that led to it.

use std::collections::BTreeMap;

use server::audit::store::{check, sealing};
use server::clock::Clock;
use server::commands::serve::start;
use server::secrets::ServerKey;
use server::store::Dialect;
use server::store::integrity::findings;
use server::store::migrate::{SCHEMA_VERSION, migrator};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, Executor, Row};
use tempfile::TempDir;

use crate::store::options;
use crate::support::{Client, Database, PASSWORD, new_postgres_database, on_both, roster, text};

on_both! { database_of_each_schema_is_brought_up_to_date every_row_of_each_schema_stays_as_it_was }

/// The schema after which each was written, and the statements.
const DATA: [(i64, &str); 8] = [
    (1, include_str!("upgrades/1_start.sql")),
    (1, include_str!("upgrades/1_objects.sql")),
    (3, include_str!("upgrades/3_tokens.sql")),
    (3, include_str!("upgrades/3_scopes.sql")),
    (4, include_str!("upgrades/4_audit_heads.sql")),
    (5, include_str!("upgrades/5_clock.sql")),
    (6, include_str!("upgrades/6_signed_out.sql")),
    (11, include_str!("upgrades/11_snapshots.sql")),
];

/// Tables that schema 11 made anew and empty: the answers were kept for a day, and mails are counted in another way.
const EMPTIED_BY_11: [&str; 2] = ["idempotency_keys", "mail_allowances"];

/// The key that the data was written with.
const KEY: [u8; 32] = [7; 32];

async fn connect(url: &str) -> AnyPool {
    sqlx::any::install_default_drivers();
    AnyPoolOptions::new().max_connections(1).connect(url).await.unwrap()
}

/// Makes a database of a schema, with its data.
async fn make(url: &str, dialect: Dialect, version: i64) -> AnyPool {
    let pool = connect(url).await;
    let steps = migrator(dialect).migrations.into_owned();
    for step in 1..=version {
        let known = steps.iter().filter(|known| known.version <= step).cloned().collect();
        Migrator::with_migrations(known).run(&pool).await.unwrap();
        for (_, data) in DATA.iter().filter(|(after, _)| *after == step) {
            pool.execute(sqlx::AssertSqlSafe((*data).to_owned())).await.unwrap();
        }
    }
    pool
}

/// The columns of each table.
type Tables = BTreeMap<String, Vec<String>>;

async fn tables(pool: &AnyPool, dialect: Dialect) -> Tables {
    let columns = match dialect {
        Dialect::Sqlite => {
            "SELECT m.name AS holder, c.name AS field FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        }
        Dialect::Postgres => {
            "SELECT table_name::text AS holder, column_name::text AS field FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let mut tables = Tables::new();
    for row in sqlx::query(columns).fetch_all(pool).await.unwrap() {
        let (table, column): (String, String) = (row.get("holder"), row.get("field"));
        tables.entry(table).or_default().push(column);
    }
    tables.remove("_sqlx_migrations");
    tables
}

/// All rows of each table in those columns, as text.
async fn rows(pool: &AnyPool, tables: &Tables) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (table, columns) in tables {
        let texts: Vec<_> =
            columns.iter().map(|column| format!("COALESCE(CAST({column} AS TEXT), 'absent')")).collect();
        let sql = format!("SELECT {} AS line FROM {table} ORDER BY 1", texts.join(" || ' | ' || "));
        let lines = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
        found.insert(table.clone(), lines.iter().map(|line| line.get("line")).collect());
    }
    found
}

async fn every_row_of_each_schema_stays_as_it_was(database: Database) {
    let known: Vec<i64> = migrator(Dialect::Sqlite).iter().map(|step| step.version).collect();
    for version in known.into_iter().filter(|version| *version < SCHEMA_VERSION) {
        let folder = TempDir::new().unwrap();
        let (url, dialect) = match database {
            Database::Sqlite => {
                (format!("sqlite://{}?mode=rwc", folder.path().join("roster.db").display()), Dialect::Sqlite)
            }
            Database::Postgres => (new_postgres_database().await, Dialect::Postgres),
        };
        let pool = make(&url, dialect, version).await;
        let mut tables = tables(&pool, dialect).await;
        let before = rows(&pool, &tables).await;
        let empty: Vec<_> = before.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| table).collect();
        assert_eq!(empty, Vec::<&String>::new(), "schema {version} is tried with a row in every table");
        if version < 11 {
            tables.retain(|table, _| !EMPTIED_BY_11.contains(&table.as_str()));
        }
        migrator(dialect).run(&pool).await.unwrap();
        pool.close().await;
        // A new connection: PostgreSQL refuses statements that were prepared before their tables were changed.
        let pool = connect(&url).await;
        let after = rows(&pool, &tables).await;
        for (table, rows) in &after {
            assert_eq!(rows, &before[table], "{table} of schema {version}");
        }
        pool.close().await;
    }
}

async fn database_of_each_schema_is_brought_up_to_date(database: Database) {
    let known: Vec<i64> = migrator(Dialect::Sqlite).iter().map(|step| step.version).collect();
    for version in known.into_iter().filter(|version| *version < SCHEMA_VERSION) {
        let folder = TempDir::new().unwrap();
        let mut options = options(folder.path());
        std::fs::write(options.store.key_file(), KEY).unwrap();
        match database {
            Database::Sqlite => {
                let file = folder.path().join("roster.db");
                make(&format!("sqlite://{}?mode=rwc", file.display()), Dialect::Sqlite, version).await.close().await;
            }
            Database::Postgres => {
                let url = new_postgres_database().await;
                make(&url, Dialect::Postgres, version).await.close().await;
                options.store.database_url = Some(url);
            }
        }
        let url = options.store.database_url.clone();
        let running = start(options, Clock::default()).await.unwrap();
        let mut owner = Client::new(&format!("http://{}", running.address));
        owner.sign_in("olivia@example.com", PASSWORD).await.good();
        let people = owner.get("/api/v1/accounts").await.good();
        assert_eq!(people["total"], 3, "schema {version}: {people}");
        let groups = owner.get("/api/v1/groups?q=Interns").await.good();
        assert_eq!(
            (&groups["total"], &groups["items"][0]["members"]),
            (&1.into(), &1.into()),
            "schema {version}: {groups}"
        );
        let services = owner.get("/api/v1/accounts?kind=service").await.good();
        assert_eq!(services["total"], i64::from(version >= 3), "schema {version}");
        let db = &running.app.db;
        let mut connection = db.reader().acquire().await.unwrap();
        let wrong = findings(&mut connection, db.dialect).await.unwrap().into_iter().filter(|found| found.wrong > 0);
        assert_eq!(wrong.collect::<Vec<_>>(), [], "schema {version}");
        let key = ServerKey::read(&folder.path().join("secret.key")).unwrap().unwrap();
        for id in server::organization::store::list_ids(&mut connection).await.unwrap() {
            assert_eq!(check(&mut connection, id, Some(&key)).await.unwrap().fault, None, "schema {version}");
        }
        assert_eq!(sealing::contradictions(&mut connection, &key).await.unwrap(), Vec::<String>::new());
        drop(connection);
        running.stop().await;
        let url = url.as_deref().map(|url| ["--database-url", url]);
        let arguments = [&["check"][..], url.as_ref().map_or(&[], |url| &url[..])].concat();
        let checked = roster(&arguments, folder.path()).output().unwrap();
        assert!(checked.status.success(), "schema {version}: {}", text(&checked));
    }
}

/// A migration that was released is never changed: databases carry its checksum.
#[test]
fn released_migrations_stay_as_they_are() {
    let mut found = String::new();
    for (name, dialect) in [("sqlite", Dialect::Sqlite), ("postgres", Dialect::Postgres)] {
        for step in migrator(dialect).iter() {
            let checksum = server::secrets::hex(&step.checksum[..8]);
            found.push_str(&format!("{name} {} {} {checksum}\n", step.version, step.description.replace(' ', "-")));
        }
    }
    assert_eq!(found, include_str!("upgrades/checksums.txt"));
}
