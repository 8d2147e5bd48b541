//! Facts about opening a database that cannot be used: a clear error, and the file untouched.

use std::path::Path;

use server::clock::Clock;
use server::commands::serve::start;
use server::http::patience::Patience;
use server::options::{ServeOptions, StoreOptions};
use sqlx::{Connection, Executor};
use tempfile::TempDir;

use crate::support::{Client, Database, PASSWORD, World};

fn options(folder: &Path) -> ServeOptions {
    ServeOptions {
        store: StoreOptions { data_dir: folder.to_owned(), database_url: None, secret_key_file: None },
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        smtp_url: None,
        mail_from: None,
        smtp_ca_file: None,
        profile: None,
        accept_new_key: false,
        session_idle_minutes: 30,
        session_hours: 12,
        trusted_proxies: Vec::new(),
        patience: Patience::default(),
    }
}

async fn refusal(folder: &Path) -> String {
    match start(options(folder), Clock::default()).await {
        Ok(_) => "it started".to_owned(),
        Err(error) => error,
    }
}

/// A folder with a database that was set up and closed.
async fn used_folder() -> TempDir {
    let World { running, folder, .. } = World::new(Database::Sqlite).await;
    running.stop().await;
    folder
}

#[tokio::test]
async fn file_that_is_no_database_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("roster.db");
    std::fs::write(&file, "These are my holiday notes.").unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.contains("roster.db") && error.contains("is not an SQLite database"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "These are my holiday notes.");
}

#[tokio::test]
async fn database_of_another_program_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("roster.db");
    sqlx::any::install_default_drivers();
    let mut other = sqlx::AnyConnection::connect(&format!("sqlite://{}?mode=rwc", file.display())).await.unwrap();
    other.execute("CREATE TABLE notes (text TEXT)").await.unwrap();
    other.close().await.unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.contains("is not Roster's"), "{error}");
}

#[tokio::test]
async fn database_of_a_newer_schema_stays_as_it_is() {
    let folder = used_folder().await;
    let file = folder.path().join("roster.db");
    let url = format!("sqlite://{}?mode=rw", file.display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    connection.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99, 'of tomorrow', 1, x'00', 0)").await.unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.contains("newer") && error.contains("99"), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn read_only_database_says_so() {
    let folder = used_folder().await;
    let file = folder.path().join("roster.db");
    let mut permissions = std::fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).unwrap();
    let before = std::fs::read(&file).unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.contains("read-only"), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn locked_database_says_so() {
    let folder = used_folder().await;
    let url = format!("sqlite://{}?mode=rw", folder.path().join("roster.db").display());
    let mut other = sqlx::AnyConnection::connect(&url).await.unwrap();
    other.execute("PRAGMA locking_mode = EXCLUSIVE").await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.contains("holds a lock"), "{error}");
}

/// Takes a database of this version back to an earlier one.
async fn make_older(file: &Path) {
    let url = format!("sqlite://{}?mode=rw", file.display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    for statement in [
        "DROP TABLE audit_heads",
        "DROP TABLE clock",
        "DROP INDEX accounts_by_level",
        "ALTER TABLE accounts DROP COLUMN signed_out_at",
        "DROP INDEX invitations_by_snapshot",
        "ALTER TABLE invitations DROP COLUMN snapshot_id",
        "DROP TABLE access_snapshots",
        "DELETE FROM _sqlx_migrations WHERE version >= 4",
    ] {
        connection.execute(statement).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn database_of_an_earlier_version_is_copied_before_it_is_brought_up_to_date() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(Database::Sqlite).await;
    world.owner().await.post("/api/v1/groups", serde_json::json!({ "name": "Interns" })).await.good();
    let World { running, folder, .. } = world;
    running.stop().await;
    let file = folder.path().join("roster.db");
    make_older(&file).await;
    let running = start(options(folder.path()), Clock::default()).await.unwrap();
    let mut owner = Client::new(&format!("http://{}", running.address));
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_eq!(owner.get("/api/v1/groups?q=Interns").await.good()["total"], 1);
    running.stop().await;
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let copies: Vec<_> = names.filter(|path| path.to_string_lossy().contains("roster.before-")).collect();
    assert!(matches!(copies[..], [_]), "{copies:?}");
    assert_eq!(std::fs::metadata(&copies[0]).unwrap().permissions().mode() & 0o777, 0o600);
    // The copy is what was there: put back, it is brought up to date again.
    let older = TempDir::new().unwrap();
    std::fs::copy(&copies[0], older.path().join("roster.db")).unwrap();
    std::fs::copy(folder.path().join("secret.key"), older.path().join("secret.key")).unwrap();
    let url = format!("sqlite://{}?mode=ro", copies[0].display());
    let mut copy = sqlx::AnyConnection::connect(&url).await.unwrap();
    assert!(copy.execute("SELECT seq FROM audit_heads").await.is_err(), "it was made before");
    let running = start(options(older.path()), Clock::default()).await.unwrap();
    owner.base = format!("http://{}", running.address);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_eq!(owner.get("/api/v1/groups?q=Interns").await.good()["total"], 1);
    running.stop().await;
}

#[tokio::test]
async fn new_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = used_folder().await;
    for name in ["roster.db", "secret.key"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn another_key_than_the_first_is_refused() {
    let folder = used_folder().await;
    std::fs::write(folder.path().join("secret.key"), [7; 32]).unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.contains("secret.key") && error.contains("is not the one"), "{error}");
}

/// Columns of two collations that meet in a join leave an index unused: the list of accounts once took seconds.
#[tokio::test(flavor = "multi_thread")]
async fn every_text_in_postgresql_is_compared_byte_by_byte() {
    let world = World::new(Database::Postgres).await;
    let columns = sqlx::query(
        "SELECT t.relname || '.' || a.attname AS name FROM pg_attribute a
         JOIN pg_class t ON t.oid = a.attrelid JOIN pg_collation c ON c.oid = a.attcollation
         WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND t.relname <> '_sqlx_migrations'
           AND a.attnum > 0 AND NOT a.attisdropped AND c.collname <> 'C'",
    )
    .fetch_all(world.running.app.db.reader())
    .await
    .unwrap();
    let names: Vec<String> = columns.iter().map(|row| sqlx::Row::get(row, "name")).collect();
    assert_eq!(names, Vec::<String>::new());
}
