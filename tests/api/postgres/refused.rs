//! Facts about databases on which nothing is served, and nothing made.

use sqlx::{Connection, Row};

use super::refusal;
use crate::support::cluster::run;
use crate::support::{new_postgres_database, roster, text};

/// How many tables there are.
async fn tables(url: &str) -> i64 {
    let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
    let count = "SELECT COUNT(*) AS tables FROM pg_tables WHERE schemaname = 'public'";
    sqlx::query(count).fetch_one(&mut connection).await.unwrap().get("tables")
}

/// A new database and its name.
async fn database() -> (String, String) {
    let url = new_postgres_database().await;
    let name = url.rsplit('/').next().unwrap().to_owned();
    (url, name)
}

#[tokio::test]
async fn database_of_another_encoding_is_refused_at_the_start() {
    for encoding in ["LATIN1", "SQL_ASCII", "EUC_JP"] {
        let (url, name) = database().await;
        run(&url.replace(&name, "postgres"), &format!("DROP DATABASE {name}")).await;
        let create = format!("CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        run(&url.replace(&name, "postgres"), &create).await;
        let error = refusal(&url).await;
        assert!(error.contains(&format!("encoding is {encoding}")) && error.contains("needs UTF8"), "{error}");
        assert_eq!(tables(&url).await, 0);
    }
}

#[tokio::test]
async fn database_that_takes_no_writes_or_does_not_keep_them_is_refused_at_the_start() {
    for (setting, expected) in [
        ("default_transaction_read_only = on", "default_transaction_read_only is on; Roster needs off"),
        ("synchronous_commit = off", "synchronous_commit is off; Roster needs on or remote_apply"),
        ("synchronous_commit = local", "synchronous_commit is local; Roster needs on or remote_apply"),
        ("session_replication_role = replica", "session_replication_role is replica; Roster needs origin or local"),
        ("search_path = nowhere", "may use no schema of its search_path, which is nowhere"),
    ] {
        let (url, name) = database().await;
        run(&url.replace(&name, "postgres"), &format!("ALTER DATABASE {name} SET {setting}")).await;
        let error = refusal(&url).await;
        assert!(error.contains(expected), "{setting}: {error}");
        assert_eq!(tables(&url).await, 0);
    }
}

#[tokio::test]
async fn isolation_that_the_database_prefers_changes_nothing() {
    let (url, name) = database().await;
    let set = format!("ALTER DATABASE {name} SET default_transaction_isolation = serializable");
    run(&url.replace(&name, "postgres"), &set).await;
    let world = crate::support::World::on(&url).await;
    let mut tx = world.running.app.db.begin().await.unwrap();
    let isolation =
        sqlx::query("SELECT current_setting('transaction_isolation') AS isolation").fetch_one(&mut *tx).await;
    assert_eq!(isolation.unwrap().get::<String, _>("isolation"), "read committed");
}

#[tokio::test]
async fn parameter_of_the_address_that_is_not_known_is_refused_without_its_value() {
    let url = new_postgres_database().await;
    let error = refusal(&format!("{url}?ssl_mode=verify-full")).await;
    assert!(error.contains("`ssl_mode`") && error.contains("sslmode, "), "{error}");
    let folder = tempfile::TempDir::new().unwrap();
    for command in [&["serve"][..], &["check"], &["migrate"]] {
        let address = format!("{url}?pasword=very-secret");
        let output = roster(&[command, &["--database-url", &address]].concat(), folder.path()).output().unwrap();
        let told = text(&output);
        assert!(!output.status.success() && told.contains("`pasword`") && !told.contains("very-secret"), "{told}");
    }
}
