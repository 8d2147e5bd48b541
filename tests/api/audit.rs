//! Facts about the audit log, and about secrets.

use serde_json::json;
use server::audit::store::check;
use sqlx::Executor;

use crate::support::{Database, PASSWORD, World, on_both};

on_both! { every_change_has_its_row_and_the_chain_is_whole rows_cannot_be_changed secrets_are_in_no_table }

async fn rows(world: &World) -> Vec<String> {
    use sqlx::Row;
    let rows = sqlx::query("SELECT action FROM audit_events ORDER BY seq")
        .fetch_all(world.running.app.db.reader())
        .await
        .unwrap();
    rows.iter().map(|row| row.get("action")).collect()
}

async fn chain(world: &World) -> Option<i64> {
    let mut connection = world.running.app.db.reader().acquire().await.unwrap();
    let ids = server::organization::store::list_ids(&mut connection).await.unwrap();
    check(&mut connection, ids[0]).await.unwrap().1
}

async fn every_change_has_its_row_and_the_chain_is_whole(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    world.member(&owner, "ana@example.com", json!({})).await;
    owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.good();
    world.nobody().sign_in("olivia@example.com", "wrong horse battery").await;
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
    assert_eq!(chain(&world).await, Some(2), "whoever gets round the trigger is found");
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
