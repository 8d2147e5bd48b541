//! Facts about opening a database that cannot be used: a clear error, and the file untouched.

use std::path::Path;

use server::clock::Clock;
use server::commands::serve::start;
use server::http::patience::Patience;
use server::options::{ServeOptions, StoreOptions};
use sqlx::{Connection, Executor};
use tempfile::TempDir;

use crate::support::{Database, World};

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
