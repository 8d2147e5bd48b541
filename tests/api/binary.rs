//! Facts about the binary itself: killed at any moment, and its commands.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sqlx::Connection;
use tempfile::TempDir;

use crate::support::{Client, Mailbox, PASSWORD, Process, roster, text, token_of};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_and_every_mail_leaves_with_a_live_link() {
    let (folder, mailbox) = (TempDir::new().unwrap(), Mailbox::start(&[]));
    let mut process = Process::start(folder.path(), &mailbox.url());
    process.owner().await;
    let mut acknowledged = Vec::new();
    for round in 0..6 {
        let mut owner = Client::new(&process.base);
        owner.sign_in("olivia@example.com", PASSWORD).await.good();
        let emails: Vec<String> = (0..10).map(|number| format!("r{round}n{number}@example.com")).collect();
        owner.post("/api/v1/invitations", json!({ "emails": emails })).await.good();
        acknowledged.extend(emails);
        process.kill();
        process = Process::start(folder.path(), &mailbox.url());
        assert_eq!(process.setup, None);
    }
    let mut owner = Client::new(&process.base);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let total = owner.get("/api/v1/accounts?invitation=open&limit=1").await.good()["total"].clone();
    assert_eq!(total, acknowledged.len());
    for email in &acknowledged {
        let mails = mailbox.wait(email, 1).await;
        let ids: std::collections::BTreeSet<&str> =
            mails.iter().filter_map(|mail| mail["messageId"].as_str()).collect();
        assert_eq!(ids.len(), 1, "a mail that left twice is the same mail");
    }
    let nobody = Client::new(&process.base);
    for email in acknowledged.iter().step_by(7) {
        let token = token_of(&mailbox.to(email)[0]);
        assert_eq!(
            nobody.post("/api/v1/invitations/preview", json!({ "token": token })).await.good()["state"],
            "open",
            "{email}"
        );
    }
    process.kill();
    let check = roster(&["check"], folder.path()).output().unwrap();
    assert!(check.status.success(), "{}", text(&check));
}

#[tokio::test(flavor = "multi_thread")]
async fn owner_is_made_without_a_browser() {
    let folder = TempDir::new().unwrap();
    let create = |password: &str, organization: &str| {
        let arguments =
            ["owner", "create", "--email", "olivia@example.com", "--name", "Olivia", "--organization", organization];
        let mut child = roster(&arguments, folder.path()).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let weak = create("short\n", "Acme");
    assert!(!weak.status.success() && text(&weak).contains("at least 15"), "{}", text(&weak));
    assert!(create(PASSWORD, "Acme").status.success());
    let twice = create(PASSWORD, "Acme");
    assert!(
        !twice.status.success() && text(&twice).contains("there is an organization of this name"),
        "{}",
        text(&twice)
    );
    let second = create("another horse battery", "Second");
    assert!(second.status.success() && text(&second).contains("keep their name and password"), "{}", text(&second));
    let process = Process::start(folder.path(), "smtp://127.0.0.1:1");
    assert_eq!(process.setup, None);
    assert_eq!(Client::new(&process.base).sign_in("olivia@example.com", PASSWORD).await.status, 200);
    process.kill();
    // Once more from the beginning, with the key that there is.
    for name in ["roster.db", "roster.db-wal", "roster.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    assert!(create(PASSWORD, "Acme").status.success());
    let process = Process::start(folder.path(), "smtp://127.0.0.1:1");
    assert_eq!(Client::new(&process.base).sign_in("olivia@example.com", PASSWORD).await.status, 200);
    process.kill();
    let check = roster(&["check"], folder.path()).output().unwrap();
    assert!(check.status.success(), "{}", text(&check));
}

#[test]
fn bad_options_stop_the_start_with_what_is_allowed() {
    let folder = TempDir::new().unwrap();
    let profile = folder.path().join("own.toml");
    std::fs::write(
        &profile,
        "key = \"own\"\nname = \"Own\"\n[[permissions]]\nkey = \"A B\"\ncategory = \"c\"\nlabel = \"l\"\n",
    )
    .unwrap();
    let profile = profile.display().to_string();
    let cases: [(&[&str], &[&str]); 5] = [
        (&["--listen", "nonsense"], &["--listen", "nonsense"]),
        (&["--public-url", "ftp://x"], &["--public-url", "ftp://x", "https://"]),
        (&["--database-url", "mysql://x"], &["--database-url", "postgres://"]),
        (&["--smtp-url", "http://x"], &["--smtp-url", "smtp://"]),
        (&["--profile", &profile], &["own.toml", "line 4", "A B"]),
    ];
    for (arguments, words) in cases {
        let output = roster(&[&["serve"], arguments].concat(), folder.path()).output().unwrap();
        assert!(!output.status.success());
        for word in words {
            assert!(text(&output).contains(word), "{arguments:?}: {}", text(&output));
        }
    }
}

#[test]
fn backup_is_a_database_of_its_own_and_the_demo_needs_an_empty_one() {
    let (folder, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let demo = || roster(&["demo", "--accounts", "120"], folder.path()).output().unwrap();
    assert!(text(&demo()).contains("120 accounts. Sign in as owner@demo.example"));
    let twice = demo();
    assert!(!twice.status.success() && text(&twice).contains("not empty"), "{}", text(&twice));
    let file = copy.path().join("roster.db").display().to_string();
    let backup = || roster(&["backup", &file], folder.path()).output().unwrap();
    assert!(backup().status.success());
    assert!(!backup().status.success(), "a backup overwrites nothing");
    let check = roster(&["check"], copy.path()).output().unwrap();
    assert!(check.status.success() && text(&check).contains("the chain is whole"), "{}", text(&check));
}

/// The columns of a table in a folder's database, as one text each.
async fn column(folder: &Path, sql: &'static str) -> Vec<String> {
    sqlx::any::install_default_drivers();
    let file = folder.join("roster.db").display().to_string();
    let mut connection = sqlx::AnyConnection::connect(&format!("sqlite://{file}?mode=ro")).await.unwrap();
    sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn demos_have_nothing_in_common_that_opens_or_names_anything() {
    let folders = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for folder in [&folders.0, &folders.1] {
        let demo = roster(&["demo", "--accounts", "60", "--tokens", "20"], folder.path()).output().unwrap();
        assert!(demo.status.success(), "{}", text(&demo));
    }
    for sql in [
        "SELECT hash FROM tokens",
        "SELECT token_hash FROM invitation_links",
        "SELECT DISTINCT password_hash FROM persons",
        "SELECT id FROM accounts",
        "SELECT id FROM persons",
        "SELECT id FROM tokens",
        "SELECT id FROM user_groups",
        "SELECT id FROM roles",
    ] {
        let one: BTreeSet<String> = column(folders.0.path(), sql).await.into_iter().collect();
        let other: BTreeSet<String> = column(folders.1.path(), sql).await.into_iter().collect();
        assert!(!one.is_empty() && one.is_disjoint(&other), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restored_backup_is_served_as_it_was() {
    let (folder, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mailbox = Mailbox::start(&[]);
    let process = Process::start(folder.path(), &mailbox.url());
    let owner = process.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    let token = mailbox.token("ana@example.com").await;
    let file = copy.path().join("roster.db").display().to_string();
    let backup = roster(&["backup", &file], folder.path()).output().unwrap();
    assert!(backup.status.success(), "{}", text(&backup));
    std::fs::copy(folder.path().join("secret.key"), copy.path().join("secret.key")).unwrap();
    owner.post("/api/v1/groups", json!({ "name": "After the backup" })).await.good();
    process.kill();
    let restored = Process::start(copy.path(), &mailbox.url());
    assert_eq!(restored.setup, None);
    let mut owner = Client::new(&restored.base);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let groups = owner.get("/api/v1/groups").await.good();
    assert!(groups["items"].as_array().unwrap().iter().all(|group| group["name"] != "After the backup"));
    let accept = json!({ "token": token, "display_name": "Ana", "password": PASSWORD });
    Client::new(&restored.base).post("/api/v1/invitations/accept", accept).await.good();
    owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com"] })).await.good();
    mailbox.token("ben@example.com").await;
    restored.kill();
    let check = roster(&["check"], copy.path()).output().unwrap();
    assert!(check.status.success(), "{}", text(&check));
}

#[test]
fn document_is_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_roster")).arg("openapi").output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["info"]["title"], "Roster");
}

/// A script that keeps the document, or what a check found, learns that it has not got all of it.
#[cfg(target_os = "linux")]
#[test]
fn command_whose_output_could_not_be_written_fails() {
    let folder = TempDir::new().unwrap();
    for arguments in [&["openapi"][..], &["permissions"], &["migrate"], &["check"], &["clock", "show"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_roster"));
        command.args(arguments).current_dir(folder.path()).stdin(Stdio::null()).stdout(full);
        let output = command.output().unwrap();
        let words = text(&output);
        assert!(!output.status.success() && words.contains("standard output: No space left"), "{arguments:?}: {words}");
    }
}
