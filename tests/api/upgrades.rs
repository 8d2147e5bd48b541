//! Facts about databases of earlier versions: each is brought up to date with what was in it.
//!
//! The files beside this one hold what servers of each schema wrote. Each is read after the migration of its number, so
//! that a database of any schema is made of the steps that led to it.

use server::audit::store::{check, sealing};
use server::clock::Clock;
use server::commands::serve::start;
use server::secrets::ServerKey;
use server::store::Dialect;
use server::store::integrity::findings;
use server::store::migrate::{SCHEMA_VERSION, migrator};
use sqlx::Executor;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use tempfile::TempDir;

use crate::store::options;
use crate::support::{Client, Database, PASSWORD, new_postgres_database, on_both, roster, text};

on_both! { database_of_each_schema_is_brought_up_to_date }

/// The schema after which each was written, and the statements.
const DATA: [(i64, &str); 4] = [
    (1, include_str!("upgrades/1_start.sql")),
    (3, include_str!("upgrades/3_tokens.sql")),
    (4, include_str!("upgrades/4_audit_heads.sql")),
    (5, include_str!("upgrades/5_clock.sql")),
];

/// The key that the data was written with.
const KEY: [u8; 32] = [7; 32];

/// Makes a database of a schema, with its data.
async fn make(url: &str, dialect: Dialect, version: i64) {
    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(1).connect(url).await.unwrap();
    let steps = migrator(dialect).migrations.into_owned();
    for step in 1..=version {
        let known = steps.iter().filter(|known| known.version <= step).cloned().collect();
        Migrator::with_migrations(known).run(&pool).await.unwrap();
        for (_, data) in DATA.iter().filter(|(after, _)| *after == step) {
            pool.execute(sqlx::AssertSqlSafe((*data).to_owned())).await.unwrap();
        }
    }
    pool.close().await;
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
                make(&format!("sqlite://{}?mode=rwc", file.display()), Dialect::Sqlite, version).await;
            }
            Database::Postgres => {
                let url = new_postgres_database().await;
                make(&url, Dialect::Postgres, version).await;
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
