//! Facts about a user who may change rows and no tables, made as `docs/OPERATING.md` shows.

use std::process::Output;

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use super::{answers, healthy, refusal};
use crate::support::cluster::{Cluster, run};
use crate::support::{World, roster, text};

const MANUAL: &str = include_str!("../../../docs/OPERATING.md");

/// The statements that stand below a sentence of the manual, one by one.
fn manual(sentence: &str) -> Vec<&'static str> {
    let below = &MANUAL[MANUAL.find(sentence).unwrap()..];
    let block = below.split("```").nth(1).unwrap().split_once('\n').unwrap().1;
    block.split_inclusive([';', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The server's user and the tables' owner of the manual, on a cluster of their own, with an empty database.
struct Users {
    cluster: Cluster,
}

impl Users {
    async fn make() -> Self {
        let cluster = Cluster::start(&[]).await;
        let mut database = "postgres";
        for statement in manual("users, where the one that serves may not change tables") {
            match statement.strip_prefix("\\connect ") {
                Some(name) => database = name,
                None => run(&cluster.url(database), statement).await,
            }
        }
        Self { cluster }
    }

    fn url(&self, user: &str) -> String {
        self.cluster.url("roster").replace("postgres@", &format!("{user}@"))
    }

    fn migrate(&self, user: &str) -> Output {
        let folder = TempDir::new().unwrap();
        roster(&["migrate", "--database-url", &self.url(user)], folder.path()).output().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn user_who_may_change_rows_and_no_tables_serves() {
    let users = Users::make().await;
    let error = refusal(&users.url("roster")).await;
    assert!(error.contains("there are no tables yet") && error.contains("roster migrate"), "{error}");
    let migrated = users.migrate("roster_owner");
    assert!(migrated.status.success(), "{}", text(&migrated));
    for statement in manual("the first `roster migrate`, as the owner") {
        run(&users.url("roster_owner"), statement).await;
    }
    let world = World::on(&users.url("roster")).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "permissions": ["audit.view"] })).await;
    ana.get("/api/v1/audit?limit=5").await;
    assert_eq!(answers(&world, &owner).await, healthy());
    let mut connection = sqlx::AnyConnection::connect(&users.url("roster")).await.unwrap();
    for statement in [
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_events_append_only ON audit_events",
        "DROP FUNCTION audit_events_refuse() CASCADE",
        "CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "UPDATE audit_events SET action = 'x'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "DROP TABLE accounts",
        "ALTER TABLE accounts ADD COLUMN x TEXT",
        "CREATE TABLE x (y TEXT)",
        "DELETE FROM _sqlx_migrations",
        "SET session_replication_role = replica",
    ] {
        let refused = connection.execute(AssertSqlSafe(statement)).await.expect_err(statement);
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        assert_eq!(code, "42501", "{statement}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn user_who_lacks_a_privilege_is_refused_and_told_which() {
    let users = Users::make().await;
    assert!(users.migrate("roster_owner").status.success());
    run(&users.url("roster_owner"), "REVOKE INSERT ON accounts FROM roster").await;
    let error = refusal(&users.url("roster")).await;
    assert!(error.contains("the user roster lacks INSERT on accounts;"), "{error}");
    run(&users.url("roster_owner"), "GRANT INSERT ON accounts TO roster").await;
    // As after an upgrade: the newest migration is not there yet.
    let newest = "DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    run(&users.url("roster_owner"), newest).await;
    let error = refusal(&users.url("roster")).await;
    assert!(error.contains("run `roster migrate` as roster_owner"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn privilege_that_is_taken_away_later_is_no_fault_of_ours() {
    let users = Users::make().await;
    assert!(users.migrate("roster_owner").status.success());
    let world = World::on(&users.url("roster")).await;
    let owner = world.owner().await;
    run(&users.url("roster_owner"), "REVOKE INSERT ON user_groups FROM roster").await;
    let write = owner.post("/api/v1/groups", json!({ "name": "Sales" })).await;
    assert_eq!((write.status, write.code().as_str()), (503, "unavailable"));
    run(&users.url("roster_owner"), "GRANT INSERT ON user_groups TO roster").await;
    assert_eq!(answers(&world, &owner).await, healthy());
}
