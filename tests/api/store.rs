//! Facts about opening a database that cannot be used: a clear error, and the file untouched.

use std::path::Path;

use server::clock::Clock;
use server::commands::serve::start;
use server::http::patience::Patience;
use server::options::{ServeOptions, StoreOptions};
use sqlx::{Connection, Executor};
use tempfile::TempDir;

use crate::support::{Client, Database, PASSWORD, Process, World, on_both, roster, text};

on_both! { change_given_up_at_any_moment_leaves_a_writer_that_works }

pub(crate) fn options(folder: &Path) -> ServeOptions {
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
pub(crate) async fn used_folder() -> TempDir {
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
pub(crate) async fn make_older(file: &Path) {
    let url = format!("sqlite://{}?mode=rw", file.display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    for statement in [
        "DROP TABLE sealed_logs",
        "DROP INDEX sessions_by_sign_in",
        "ALTER TABLE sessions DROP COLUMN sign_in_id",
        "ALTER TABLE persons DROP COLUMN password_chars",
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
    let key = server::secrets::ServerKey::read(&file.with_file_name("secret.key")).unwrap().unwrap();
    let fingerprint = format!("UPDATE server_key SET fingerprint = '{}'", key.earlier_fingerprint());
    connection.execute(sqlx::AssertSqlSafe(fingerprint)).await.unwrap();
    connection.close().await.unwrap();
    let _ = std::fs::remove_file(file.with_file_name("secret.key.sealed"));
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
    // An earlier update was taken back, and work went on: its copy is not what is wanted now.
    std::fs::copy(&file, folder.path().join("roster.schema-3.db")).unwrap();
    let mut work = sqlx::AnyConnection::connect(&format!("sqlite://{}?mode=rw", file.display())).await.unwrap();
    work.execute("UPDATE user_groups SET description = 'since then' WHERE name = 'Interns'").await.unwrap();
    work.close().await.unwrap();
    let running = start(options(folder.path()), Clock::default()).await.unwrap();
    let mut owner = Client::new(&format!("http://{}", running.address));
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_eq!(owner.get("/api/v1/groups?q=Interns").await.good()["total"], 1);
    running.stop().await;
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let copies: Vec<_> = names.filter(|path| path.to_string_lossy().contains("roster.schema-")).collect();
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
    let interns = owner.get("/api/v1/groups?q=Interns").await.good();
    assert_eq!((&interns["total"], &interns["items"][0]["description"]), (&1.into(), &"since then".into()));
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
#[tokio::test]
async fn missing_key_is_not_made_beside_a_database_that_was_served_with_one() {
    let folder = used_folder().await;
    let key = folder.path().join("secret.key");
    let before = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.contains("secret.key is missing"), "{error}");
    assert!(!key.exists());
    std::fs::write(&key, before).unwrap();
    start(options(folder.path()), Clock::default()).await.unwrap().stop().await;
}

/// Opening a pipe waits until somebody writes into it.
#[tokio::test]
async fn pipe_or_folder_in_place_of_a_file_is_refused() {
    for name in ["roster.db", "secret.key", "roster.lock"] {
        for program in ["mkfifo", "mkdir"] {
            let folder = TempDir::new().unwrap();
            let made = std::process::Command::new(program).arg(folder.path().join(name)).status().unwrap();
            assert!(made.success());
            let error = refusal(folder.path()).await;
            assert!(error.contains(name) && error.contains("not a regular file"), "{program} {name}: {error}");
        }
    }
}

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

/// A path is not a URL: each of these was once a folder that could not be opened, or another one.
const STRANGE_FOLDERS: [&str; 14] = [
    "percent%20x",
    "percent%2Fx",
    "100%",
    "with space",
    " at both ends ",
    "question?mode=ro",
    "hash#x",
    "colon:x",
    ":memory:",
    "file:x",
    "quote'x\"y",
    "back\\slash",
    "plus+and&",
    "日本 ü",
];

#[tokio::test(flavor = "multi_thread")]
async fn folder_may_have_any_name() {
    let parent = TempDir::new().unwrap();
    for name in STRANGE_FOLDERS {
        let folder = parent.path().join(name);
        let running = start(options(&folder), Clock::default()).await.unwrap();
        let copy = folder.join(format!("{name}.db"));
        let backup = roster(&["backup", copy.to_str().unwrap()], &folder).output().unwrap();
        assert!(backup.status.success() && copy.is_file(), "{name}: {}", text(&backup));
        running.stop().await;
        let mut relative = std::process::Command::new(env!("CARGO_BIN_EXE_roster"));
        let check = relative.args(["check", "--data-dir", name]).current_dir(parent.path()).output().unwrap();
        assert!(check.status.success(), "{name}: {}", text(&check));
        assert!(folder.join("roster.db").is_file() && folder.join("secret.key").is_file(), "{name}");
    }
    let mut names: Vec<_> = std::fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let mut expected: Vec<_> = STRANGE_FOLDERS.map(std::ffi::OsString::from).into();
    names.sort();
    expected.sort();
    assert_eq!(names, expected, "and nothing is made beside them");
}

#[tokio::test(flavor = "multi_thread")]
async fn folder_behind_a_link_is_where_the_link_leads() {
    let parent = TempDir::new().unwrap();
    let place = |name: &str| parent.path().join(name);
    std::fs::create_dir_all(place("far/away")).unwrap();
    std::os::unix::fs::symlink(place("far/away"), place("near")).unwrap();
    let running = start(options(&place("near/../data")), Clock::default()).await.unwrap();
    assert!(place("far/data/roster.db").is_file() && !place("data").exists());
    running.stop().await;
}

#[tokio::test]
async fn folder_whose_name_is_no_text_is_refused_by_name() {
    use std::os::unix::ffi::OsStrExt;
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join(std::ffi::OsStr::from_bytes(b"x\xffy"));
    let error = refusal(&folder).await;
    assert!(error.contains("not UTF-8"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn second_server_on_the_same_folder_is_refused_and_commands_are_not() {
    let folder = TempDir::new().unwrap();
    let process = Process::start(folder.path(), "smtp://127.0.0.1:1");
    process.owner().await;
    let second = roster(&["serve", "--listen", "127.0.0.1:0"], folder.path()).output().unwrap();
    let words = text(&second);
    assert!(!second.status.success() && words.contains("a server is running on the data folder"), "{words}");
    assert!(words.contains(&folder.path().display().to_string()), "{words}");
    let beside = TempDir::new().unwrap();
    std::os::unix::fs::symlink(folder.path().join("roster.db"), beside.path().join("roster.db")).unwrap();
    std::fs::copy(folder.path().join("secret.key"), beside.path().join("secret.key")).unwrap();
    let error = refusal(beside.path()).await;
    assert!(error.contains("a server is running"), "by another way to the same file: {error}");
    let copy = beside.path().join("copy.db");
    for arguments in [&["check"][..], &["backup", copy.to_str().unwrap()], &["clock", "show"]] {
        let output = roster(arguments, folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    }
    let reset = roster(&["clock", "reset"], folder.path()).output().unwrap();
    assert!(!reset.status.success() && text(&reset).contains("a server is running"), "{}", text(&reset));
    process.kill();
    Process::start(folder.path(), "smtp://127.0.0.1:1").kill();
}

/// Whoever goes away in the middle of a change leaves no connection behind that believes to be in it.
async fn change_given_up_at_any_moment_leaves_a_writer_that_works(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let db = world.running.app.db.clone();
    for micros in (0..6_000).step_by(40) {
        let change = async {
            let mut tx = db.begin().await.unwrap();
            tx.execute("UPDATE organizations SET name = 'given up'").await.unwrap();
            tx.rollback().await.unwrap();
        };
        let _ = tokio::time::timeout(std::time::Duration::from_micros(micros), change).await;
    }
    for name in ["One", "Two"] {
        owner.post("/api/v1/groups", serde_json::json!({ "name": name })).await.good();
    }
    assert_eq!(owner.get("/api/v1/organization").await.good()["name"], "Acme");
}

/// PostgreSQL finds only at the commit that its disk is full.
#[tokio::test(flavor = "multi_thread")]
async fn commits_that_postgresql_refuses_cost_no_connection() {
    let world = World::new(Database::Postgres).await;
    let owner = world.owner().await;
    let writer = world.running.app.db.writer();
    for statement in [
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$",
        "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON user_groups DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_disk()",
    ] {
        writer.execute(statement).await.unwrap();
    }
    for _ in 0..20 {
        let refused = owner.post("/api/v1/groups", serde_json::json!({ "name": "Interns" })).await;
        assert_eq!((refused.status, refused.code().as_str()), (503, "unavailable"));
    }
    writer.execute("DROP TRIGGER full_disk ON user_groups").await.unwrap();
    for number in 0..20 {
        owner.post("/api/v1/groups", serde_json::json!({ "name": format!("Group {number}") })).await.good();
    }
}
