//! Facts about `roster check`: a database that Roster wrote passes, and each kind of tampering is named.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use server::store::integrity::findings;
use sqlx::{Connection, Executor};

use crate::support::{Client, Database, World, new_postgres_database, on_both};

on_both! { database_that_was_used_passes each_contradiction_is_named missing_and_foreign_triggers_are_named lowered_seats_are_no_fault }

/// A world with people, an invitation, a group, and a second organization.
async fn used(database: Database) -> (World, Client) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let group = owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.good()["id"].clone();
    world.member(&owner, "ana@example.com", json!({ "groups": [group], "roles": ["alerts"] })).await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com", "cleo@example.com"] })).await.good();
    world.other_organization("otto@example.com").await;
    (world, owner)
}

/// The facts that do not hold.
async fn wrong(world: &World) -> Vec<&'static str> {
    let db = &world.running.app.db;
    let mut connection = db.reader().acquire().await.unwrap();
    let found = findings(&mut connection, db.dialect).await.unwrap();
    found.into_iter().filter(|finding| finding.wrong > 0).map(|finding| finding.fact).collect()
}

async fn database_that_was_used_passes(database: Database) {
    let (world, owner) = used(database).await;
    let link = owner.post("/api/v1/invitations", json!({ "emails": ["dan@example.com"] })).await.good();
    let token = link["results"][0]["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let declined = world.nobody().post("/api/v1/invitations/decline", json!({ "token": token })).await;
    assert_eq!(declined.status, 204);
    assert_eq!(wrong(&world).await, Vec::<&str>::new());
}

async fn each_contradiction_is_named(database: Database) {
    const CASES: [(&str, &str); 10] = [
        ("DELETE FROM grants WHERE key = 'owner'", "every organization has an Owner"),
        ("UPDATE persons SET password_hash = NULL", "every organization has an Owner"),
        (
            "UPDATE invitations SET outcome = 'withdrawn' WHERE account_id = (SELECT id FROM accounts WHERE email = 'ben@example.com')",
            "every account pending has an open invitation",
        ),
        (
            "UPDATE invitations SET delivery = 'queued', generation = generation + 1 WHERE outcome IS NULL",
            "every invitation that is queued has a mail",
        ),
        ("UPDATE outbox SET generation = generation + 7", "every mail belongs to an invitation"),
        (
            "UPDATE memberships SET group_id = (SELECT u.id FROM user_groups u JOIN organizations o ON o.id = u.organization_id WHERE o.name = 'Other')",
            "every membership is of an account in a group of the same organization",
        ),
        ("UPDATE user_groups SET kind = 'group' WHERE kind = 'everyone'", "every organization has its group Everyone"),
        ("UPDATE grants SET key = 'nonsense' WHERE key = 'alerts'", "every grant is of an account"),
        (
            "UPDATE accounts SET level_id = (SELECT r.id FROM roles r WHERE r.key = 'alerts' AND r.organization_id = accounts.organization_id)",
            "every level is one of its account's organization",
        ),
        ("UPDATE organizations SET seats = 1 WHERE name = 'Acme'", "no account was made without a seat"),
    ];
    for (tampering, fact) in CASES {
        let (world, _) = used(database).await;
        world.running.app.db.writer().execute(tampering).await.unwrap();
        let found = wrong(&world).await;
        assert!(matches!(found[..], [only] if only.starts_with(fact)), "{tampering}: {found:?}");
    }
    let (world, _) = used(database).await;
    let swap = "UPDATE sessions SET account_id = (SELECT id FROM accounts WHERE email = 'otto@example.com')";
    world.running.app.db.writer().execute(swap).await.unwrap();
    assert_eq!(wrong(&world).await, ["every session is of its account's person and organization"]);
}

/// What keeps rows of the audit log from being changed may be gone without any row having been changed.
async fn missing_and_foreign_triggers_are_named(database: Database) {
    let attempts: &[&[&'static str]] = match database {
        Database::Sqlite => &[
            &["DROP TRIGGER audit_events_no_update"],
            &[
                "DROP TRIGGER audit_events_no_delete",
                "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events WHEN 0 BEGIN SELECT 1; END",
            ],
            &["CREATE TRIGGER extra AFTER INSERT ON sessions BEGIN DELETE FROM outbox; END"],
        ],
        Database::Postgres => &[
            &["DROP TRIGGER audit_events_append_only ON audit_events"],
            &["ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only"],
            &[
                "CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            ],
            &[
                "CREATE FUNCTION extra() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
                "CREATE TRIGGER extra AFTER INSERT ON sessions EXECUTE FUNCTION extra()",
            ],
        ],
    };
    for attempt in attempts {
        let world = World::new(database).await;
        world.owner().await;
        for statement in *attempt {
            world.running.app.db.writer().execute(*statement).await.unwrap();
        }
        assert_eq!(
            wrong(&world).await,
            ["the audit log can only be added to, and nothing else has a trigger"],
            "{attempt:?}"
        );
    }
}

async fn lowered_seats_are_no_fault(database: Database) {
    let (world, owner) = used(database).await;
    owner.change(reqwest::Method::PATCH, "/api/v1/organization", 1, Some(json!({ "seats": 1 }))).await.good();
    assert_eq!(wrong(&world).await, Vec::<&str>::new());
}

fn check(folder: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_roster")).args(["check", "--data-dir"]).arg(folder).output().unwrap();
    let text = [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat();
    (output.status.success(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn command_prints_each_check_and_fails_with_one() {
    let (World { running, folder, .. }, _) = used(Database::Sqlite).await;
    running.stop().await;
    let (passed, text) = check(folder.path());
    assert!(passed && text.lines().all(|line| line.starts_with("ok ")), "{text}");
    let url = format!("sqlite://{}?mode=rw", folder.path().join("roster.db").display());
    let mut file = sqlx::AnyConnection::connect(&url).await.unwrap();
    let mut tampered = async |statements: &[&'static str], word: &str| {
        for statement in statements {
            file.execute(*statement).await.unwrap();
        }
        let (passed, text) = check(folder.path());
        let failed: Vec<&str> = text.lines().filter(|line| line.starts_with("FAILED")).collect();
        assert!(!passed && failed.iter().any(|line| line.contains(word)), "{text}");
    };
    tampered(
        &["DROP TRIGGER audit_events_no_update", "UPDATE audit_events SET action = 'nothing' WHERE seq = 2"],
        "the chain is broken at row 2",
    )
    .await;
    tampered(&["PRAGMA foreign_keys = OFF", "DELETE FROM persons"], "reference").await;
    tampered(&["PRAGMA ignore_check_constraints = ON", "UPDATE organizations SET seats = 0"], "CHECK constraint").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn command_finds_that_the_log_was_cut_with_the_key_and_without() {
    let (World { running, folder, .. }, _) = used(Database::Sqlite).await;
    running.stop().await;
    let url = format!("sqlite://{}?mode=rw", folder.path().join("roster.db").display());
    let mut file = sqlx::AnyConnection::connect(&url).await.unwrap();
    file.execute("DROP TRIGGER audit_events_no_delete").await.unwrap();
    file.execute("DELETE FROM audit_events WHERE seq > 3").await.unwrap();
    let (passed, text) = check(folder.path());
    assert!(!passed && text.contains("rows were deleted from its end"), "{text}");
    let (key, away) = (folder.path().join("secret.key"), folder.path().join("away.key"));
    std::fs::rename(&key, &away).unwrap();
    let (passed, text) = check(folder.path());
    assert!(
        !passed && text.contains("rows were deleted from its end") && text.contains("there is no key file"),
        "{text}"
    );
    file.execute("UPDATE audit_heads SET seq = (SELECT MAX(e.seq) FROM audit_events e WHERE e.organization_id = audit_heads.organization_id), hash = (SELECT e.hash FROM audit_events e WHERE e.organization_id = audit_heads.organization_id ORDER BY e.seq DESC LIMIT 1)").await.unwrap();
    let trigger = "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events\nBEGIN\n    SELECT RAISE(ABORT, 'the audit log is append-only');\nEND";
    file.execute(trigger).await.unwrap();
    assert!(check(folder.path()).0, "without the key, the end may be anybody's");
    std::fs::rename(&away, &key).unwrap();
    let (passed, text) = check(folder.path());
    assert!(!passed && text.contains("somebody else wrote it"), "{text}");
    std::fs::write(&key, [7; 32]).unwrap();
    let (passed, text) = check(folder.path());
    assert!(!passed && text.contains("it is another one"), "{text}");
}

/// Every file of a folder with what it holds, SQLite's shared memory apart.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    let mut found: Vec<_> = files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn command_changes_nothing() {
    let (World { running, folder, .. }, _) = used(Database::Sqlite).await;
    running.stop().await;
    let before = contents(folder.path());
    assert!(check(folder.path()).0);
    assert!(contents(folder.path()) == before, "files of a server that stopped");
    let url = format!("sqlite://{}?mode=rw", folder.path().join("roster.db").display());
    let mut file = sqlx::AnyConnection::connect(&url).await.unwrap();
    file.execute("DELETE FROM _sqlx_migrations WHERE version > 1").await.unwrap();
    file.close().await.unwrap();
    let before = contents(folder.path());
    let (passed, text) = check(folder.path());
    assert!(!passed && text.contains("its schema is of version 1"), "{text}");
    assert!(contents(folder.path()) == before, "a database of an older version");
}

#[tokio::test(flavor = "multi_thread")]
async fn database_that_is_not_there_does_not_pass() {
    let empty = tempfile::TempDir::new().unwrap();
    for folder in [empty.path().to_owned(), empty.path().join("typo")] {
        let (passed, text) = check(&folder);
        assert!(!passed && text.contains("there is no such file"), "{text}");
    }
    assert!(std::fs::read_dir(empty.path()).unwrap().next().is_none(), "and none is made");
    let file = empty.path().join("roster.db");
    std::fs::write(&file, "").unwrap();
    let (passed, text) = check(empty.path());
    assert!(!passed && text.contains("is not Roster's"), "{text}");
    assert_eq!(std::fs::read(&file).unwrap(), b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn database_server_is_looked_at_and_left_alone() {
    let check = |url: &str| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_roster")).args(["check", "--database-url", url]).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let url = new_postgres_database().await;
    let (passed, text) = check(&url);
    assert!(!passed && text.contains("is not Roster's"), "{text}");
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let tables = sqlx::query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetch_all(&mut connection).await;
    assert_eq!(tables.unwrap().len(), 0);
    let (passed, text) = check(&url.replace("/roster_", "/no_roster_"));
    assert!(!passed && text.contains("does not exist"), "{text}");
    let (World { options, running, canary: _ends_last, .. }, _) = used(Database::Postgres).await;
    let (passed, text) = check(options.store.database_url.as_deref().unwrap());
    assert!(passed, "{text}");
    running.stop().await;
}
