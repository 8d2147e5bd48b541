//! Facts about the audit log, and about secrets.

use serde_json::json;
use server::audit::chain::ChainFault;
use server::audit::store::{check, sealing};
use sqlx::Executor;

use crate::support::{Client, Database, PASSWORD, World, on_both};

on_both! {
    every_change_has_its_row_and_the_chain_is_whole rows_cannot_be_changed rows_deleted_from_the_end_are_found whoever_moves_the_end_is_found
    log_of_an_earlier_version_is_sealed_at_start seal_that_was_taken_away_is_not_made_again new_key_is_sealed_with_once_it_is_accepted refused_caller_has_one_row_for_a_route_and_a_minute
    right_password_of_a_deactivated_account_has_its_row secrets_are_in_no_table
}

async fn rows(world: &World) -> Vec<String> {
    use sqlx::Row;
    let rows = sqlx::query("SELECT action FROM audit_events ORDER BY seq")
        .fetch_all(world.running.app.db.reader())
        .await
        .unwrap();
    rows.iter().map(|row| row.get("action")).collect()
}

async fn chain(world: &World) -> Option<ChainFault> {
    let mut connection = world.running.app.db.reader().acquire().await.unwrap();
    let ids = server::organization::store::list_ids(&mut connection).await.unwrap();
    check(&mut connection, ids[0], Some(&world.running.app.key)).await.unwrap().fault
}

async fn every_change_has_its_row_and_the_chain_is_whole(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.member(&owner, "ana@example.com", json!({})).await;
    owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.good();
    world.nobody().sign_in("olivia@example.com", "wrong horse battery").await;
    world.clock.advance(60_000);
    crate::support::eventually("the refused sign-in", async || {
        rows(&world).await.contains(&"session.refused".to_owned()).then_some(())
    })
    .await;
    assert_eq!(
        rows(&world).await,
        [
            "organization.created",
            "session.started",
            "invitation.sent",
            "invitation.accepted",
            "session.started",
            "group.created",
            "session.refused"
        ]
    );
    assert_eq!(chain(&world).await, None);
}

async fn rows_cannot_be_changed(database: Database) {
    let world = World::new(database).await;
    world.owner().await;
    let writer = world.running.app.db.writer();
    for statement in ["UPDATE audit_events SET action = 'nothing'", "DELETE FROM audit_events"] {
        let error = writer.execute(statement).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
    let remove = match database {
        Database::Sqlite => "DROP TRIGGER audit_events_no_update",
        Database::Postgres => "DROP TRIGGER audit_events_append_only ON audit_events",
    };
    writer.execute(remove).await.unwrap();
    writer.execute("UPDATE audit_events SET action = 'nothing' WHERE seq = 2").await.unwrap();
    assert_eq!(chain(&world).await, Some(ChainFault::Broken(2)), "whoever gets round the trigger is found");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_cannot_be_replaced() {
    let world = World::new(Database::Sqlite).await;
    world.owner().await;
    let replace = "INSERT OR REPLACE INTO audit_events SELECT organization_id, seq, at, actor, 'nothing', target, before_json, after_json, ip, request_id, previous_hash, hash, on_behalf_of, token_id FROM audit_events WHERE seq = 2";
    let error = world.running.app.db.writer().execute(replace).await.unwrap_err().to_string();
    assert!(error.contains("append-only"), "{error}");
    assert_eq!(chain(&world).await, None);
}

/// A world with some rows, and nothing that keeps them from being deleted.
async fn unguarded(database: Database) -> (World, Client) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.good();
    owner.post("/api/v1/groups", json!({ "name": "Guests" })).await.good();
    let triggers: &[&str] = match database {
        Database::Sqlite => &["DROP TRIGGER audit_events_no_delete", "DROP TRIGGER audit_events_no_update"],
        Database::Postgres => &["DROP TRIGGER audit_events_append_only ON audit_events"],
    };
    execute(&world, triggers).await;
    (world, owner)
}

async fn execute(world: &World, statements: &[&'static str]) {
    for statement in statements {
        world.running.app.db.writer().execute(*statement).await.unwrap();
    }
}

async fn rows_deleted_from_the_end_are_found(database: Database) {
    let (world, owner) = unguarded(database).await;
    execute(&world, &["DELETE FROM audit_events WHERE seq > 2"]).await;
    assert_eq!(chain(&world).await, Some(ChainFault::Cut(4)));
    owner.post("/api/v1/groups", json!({ "name": "Later" })).await.good();
    assert_eq!(chain(&world).await, Some(ChainFault::Broken(3)), "what is added later does not fill the gap");
    let (world, owner) = unguarded(database).await;
    execute(&world, &["DELETE FROM audit_events", "DELETE FROM audit_heads"]).await;
    assert_eq!(chain(&world).await, Some(ChainFault::NoHead));
    owner.post("/api/v1/groups", json!({ "name": "Later" })).await.good();
    assert_eq!(chain(&world).await, Some(ChainFault::Broken(1)), "a log does not begin in the middle");
}

async fn whoever_moves_the_end_is_found(database: Database) {
    const MOVED: &str = "UPDATE audit_heads SET seq = 2, hash = (SELECT hash FROM audit_events WHERE seq = 2)";
    let (world, owner) = unguarded(database).await;
    execute(&world, &["DELETE FROM audit_events WHERE seq > 2", MOVED]).await;
    assert_eq!(chain(&world).await, Some(ChainFault::Forged));
    owner.post("/api/v1/groups", json!({ "name": "Later" })).await.good();
    assert_eq!(chain(&world).await, Some(ChainFault::Forged), "the next change does not make it good");
    let world = world.restart().await;
    assert_eq!(chain(&world).await, Some(ChainFault::Forged), "and no start");
    let (world, _) = unguarded(database).await;
    execute(&world, &["DELETE FROM audit_events WHERE seq > 2", MOVED, "UPDATE audit_heads SET seal = ''"]).await;
    assert_eq!(chain(&world).await, Some(ChainFault::Unsealed));
    let (world, _) = unguarded(database).await;
    execute(&world, &["INSERT INTO audit_events SELECT organization_id, 5, at, actor, action, target, before_json, after_json, ip, request_id, hash, 'x', on_behalf_of, token_id FROM audit_events WHERE seq = 4"]).await;
    assert_eq!(chain(&world).await, Some(ChainFault::Broken(5)), "a row that does not fit");
}

/// Makes a database what one of an earlier version is: no seals, and nothing that says that there were any.
async fn make_earlier(world: &World) {
    let fingerprint = format!("UPDATE server_key SET fingerprint = '{}'", world.running.app.key.earlier_fingerprint());
    world.running.app.db.writer().execute(sqlx::AssertSqlSafe(fingerprint)).await.unwrap();
    execute(world, &UNSEALED).await;
}

/// A database without the tables that seals are in, which the next start makes again.
const UNSEALED: [&str; 3] =
    ["DROP TABLE audit_heads", "DROP TABLE sealed_logs", "DELETE FROM _sqlx_migrations WHERE version IN (4, 13)"];

async fn log_of_an_earlier_version_is_sealed_at_start(database: Database) {
    let earlier = async |world: World| {
        make_earlier(&world).await;
        std::fs::remove_file(world.folder.path().join("secret.key.sealed")).unwrap();
        world.restart().await
    };
    let world = earlier(unguarded(database).await.0).await;
    assert_eq!((chain(&world).await, contradictions(&world).await), (None, Vec::new()));
    let mut owner = world.nobody();
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_eq!(chain(&world).await, None, "and goes on from there");
    execute(&world, &["UPDATE audit_events SET action = 'nothing' WHERE seq = 3"]).await;
    let world = earlier(world).await;
    assert_eq!(chain(&world).await, Some(ChainFault::Broken(3)), "what is broken is not sealed");
}

/// What the database says about seals that the key contradicts.
async fn contradictions(world: &World) -> Vec<String> {
    let mut connection = world.running.app.db.reader().acquire().await.unwrap();
    sealing::contradictions(&mut connection, &world.running.app.key).await.unwrap()
}

/// Whoever can write to the database, and has no key, cuts the log and tries to have it sealed again by the next start.
async fn seal_that_was_taken_away_is_not_made_again(database: Database) {
    const CUT: [&str; 3] = [
        "DELETE FROM audit_events WHERE seq > 2",
        "UPDATE audit_heads SET seq = 2, hash = (SELECT hash FROM audit_events WHERE seq = 2), seal = ''",
        "DELETE FROM setup_tokens",
    ];
    /// As the log of an organization that was just made.
    const CUT_TO_ONE: [&str; 3] = [
        "DELETE FROM audit_events WHERE seq > 1",
        "UPDATE audit_heads SET seq = 1, hash = (SELECT hash FROM audit_events WHERE seq = 1), seal = ''",
        "DELETE FROM setup_tokens",
    ];
    let attempts: [&[&'static str]; 6] = [
        &[],
        &["DELETE FROM sealed_logs"],
        &["UPDATE sealed_logs SET organizations = ''"],
        &["DELETE FROM server_key"],
        &["DELETE FROM server_key", "DELETE FROM sealed_logs"],
        &UNSEALED,
    ];
    let ways = attempts.into_iter().flat_map(|attempt| [(&CUT, attempt), (&CUT_TO_ONE, attempt)]);
    for (cut, attempt) in ways {
        let (world, _) = unguarded(database).await;
        execute(&world, cut).await;
        execute(&world, attempt).await;
        let world = world.restart().await;
        assert_eq!(chain(&world).await, Some(ChainFault::Unsealed), "{attempt:?}");
        let world = world.restart().await;
        assert_eq!(chain(&world).await, Some(ChainFault::Unsealed), "{attempt:?}, started twice");
    }
    // With a fingerprint out of an older copy.
    let (world, _) = unguarded(database).await;
    execute(&world, &CUT).await;
    make_earlier(&world).await;
    let world = world.restart().await;
    assert_eq!(chain(&world).await, Some(ChainFault::Unsealed), "as of an earlier version");
    // An organization of which nothing is left.
    let (world, _) = unguarded(database).await;
    assert_eq!(contradictions(&world).await, Vec::<String>::new());
    for (attempt, words) in [
        ("UPDATE sealed_logs SET seal = 'x'", "not sealed with this server's key"),
        ("DELETE FROM sealed_logs", "the list of sealed audit logs was taken away"),
        ("DELETE FROM server_key", "which key served it was taken away"),
    ] {
        execute(&world, &[attempt]).await;
        let found = contradictions(&world).await;
        assert!(matches!(&found[..], [only] if only.contains(words)), "{attempt}: {found:?}");
    }
}

async fn new_key_is_sealed_with_once_it_is_accepted(database: Database) {
    let (mut world, _) = unguarded(database).await;
    std::fs::write(world.folder.path().join("secret.key"), [7; 32]).unwrap();
    world.options.accept_new_key = true;
    let world = world.restart().await;
    assert_eq!(chain(&world).await, None);
}

/// The refusals that were recorded, oldest first: route, and what was lacking.
async fn refusals(world: &World, count: usize) -> Vec<(String, String)> {
    use sqlx::Row;
    let found = crate::support::eventually(&format!("{count} refusals"), async || {
        let sql = "SELECT target, after_json FROM audit_events WHERE action = 'access.refused' ORDER BY seq";
        let rows = sqlx::query(sql).fetch_all(world.running.app.db.reader()).await.unwrap();
        Some(rows).filter(|rows| rows.len() >= count)
    })
    .await;
    let permission = |text: String| {
        let after: serde_json::Value = serde_json::from_str(&text).unwrap();
        after["permission"].as_str().unwrap().to_owned()
    };
    found.iter().map(|row| (row.get("target"), permission(row.get("after_json")))).collect()
}

async fn revision(world: &World) -> i64 {
    use sqlx::Row;
    let row = sqlx::query("SELECT revision FROM organizations").fetch_one(world.running.app.db.reader()).await.unwrap();
    row.get("revision")
}

async fn refused_caller_has_one_row_for_a_route_and_a_minute(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let viewer = world.member(&owner, "viewer@example.com", json!({ "level": "viewer" })).await;
    let inviter = world.member(&owner, "inviter@example.com", json!({ "permissions": ["accounts.invite"] })).await;
    let before = revision(&world).await;
    for _ in 0..5 {
        assert_eq!(viewer.get("/api/v1/groups?q=x").await.code(), "forbidden");
    }
    refusals(&world, 1).await;
    assert_eq!(revision(&world).await, before, "nobody has to read a list anew for it");
    let beyond = json!({ "emails": ["x@example.com"], "roles": ["owner"] });
    assert_eq!(inviter.post("/api/v1/invitations", beyond).await.code(), "escalation");
    refusals(&world, 2).await;
    world.clock.advance(60_000);
    viewer.get("/api/v1/groups?q=x").await;
    let expected = [
        ("GET /api/v1/groups", "accounts.view"),
        ("POST /api/v1/invitations", "everything, as an Owner does"),
        ("GET /api/v1/groups", "accounts.view"),
    ];
    let found = refusals(&world, 3).await;
    assert_eq!(found.iter().map(|(route, lacked)| (route.as_str(), lacked.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(chain(&world).await, None);
}

async fn right_password_of_a_deactivated_account_has_its_row(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({})).await.id().await;
    owner.bulk(&[&ana], json!({ "type": "deactivate" })).await.good();
    assert_eq!(world.nobody().sign_in("ana@example.com", PASSWORD).await.status, 401);
    world.clock.advance(60_000);
    crate::support::eventually("the refused sign-in", async || {
        (rows(&world).await.last().map(String::as_str) == Some("session.refused")).then_some(())
    })
    .await;
}

async fn secrets_are_in_no_table(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let link =
        owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good()["results"][0]["link"]
            .as_str()
            .unwrap()
            .to_owned();
    let token = link.split('#').nth(1).unwrap().to_owned();
    let ana = world.accept(&token, "Ana").await;
    let secrets = [
        PASSWORD.to_owned(),
        token,
        world.setup_token(),
        owner.session.clone().unwrap(),
        ana.session.clone().unwrap(),
        owner.device.clone().unwrap(),
    ];
    let text = everything(&world, database).await;
    for secret in secrets {
        assert!(!text.contains(&secret), "{}..", &secret[..6]);
    }
    let metrics = owner.get("/metrics").await.text;
    assert!(!metrics.contains("rst"));
}

/// All that the database holds, as text.
async fn everything(world: &World, database: Database) -> String {
    use sqlx::Row;
    if database == Database::Sqlite {
        let read = |name: &str| std::fs::read(world.folder.path().join(name)).unwrap_or_default();
        return String::from_utf8_lossy(&[read("roster.db"), read("roster.db-wal")].concat()).into_owned();
    }
    let names = sqlx::query(
        "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables WHERE table_schema = 'public'",
    )
    .fetch_all(world.running.app.db.reader())
    .await
    .unwrap();
    let mut text = String::new();
    for name in names {
        let sql = format!("SELECT CAST(t AS TEXT) AS row FROM {} t", name.get::<String, _>("name"));
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(world.running.app.db.reader()).await.unwrap();
        rows.iter().for_each(|row| text.push_str(&row.get::<String, _>("row")));
    }
    text
}
