//! Facts about a server whose settings change while Roster serves: nothing is acknowledged that it would not keep.

use super::{answers, healthy, refusal, takes_no_writes};
use crate::support::cluster::Cluster;
use crate::support::{World, eventually};

/// Waits for answers; a reload takes its time.
async fn becomes(what: &str, world: &World, owner: &crate::support::Client, expected: (u16, u16, u16, String)) {
    eventually(what, async || (answers(world, owner).await == expected).then_some(())).await;
    assert_eq!(answers(world, owner).await, expected, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_refused_while_the_server_would_not_keep_them() {
    let cluster = Cluster::start(&[]).await;
    let url = cluster.database("roster").await;
    let world = World::on(&url).await;
    let owner = world.owner().await;
    assert_eq!(answers(&world, &owner).await, healthy());
    for setting in ["fsync = off", "synchronous_commit = off", "default_transaction_read_only = on"] {
        cluster.run(&format!("ALTER SYSTEM SET {setting}")).await;
        cluster.run("SELECT pg_reload_conf()").await;
        becomes(setting, &world, &owner, takes_no_writes()).await;
        assert_eq!(world.nobody().get("/healthz").await.status, 200);
        let name = setting.split(' ').next().unwrap();
        let error = refusal(&url).await;
        assert!(error.contains(&format!("{name} is ")), "a start is refused: {error}");
        cluster.run("ALTER SYSTEM RESET ALL").await;
        cluster.run("SELECT pg_reload_conf()").await;
        becomes(&format!("{setting}, put right"), &world, &owner, healthy()).await;
    }
}

/// What is set for a user or a database holds for sessions that begin later.
#[tokio::test(flavor = "multi_thread")]
async fn new_connections_are_looked_at_too() {
    const NEW_SESSIONS: &str =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'roster' AND pid <> pg_backend_pid()";
    let cluster = Cluster::start(&[]).await;
    let world = World::on(&cluster.database("roster").await).await;
    let owner = world.owner().await;
    for (set, reset) in [
        ("ALTER DATABASE roster SET synchronous_commit = off", "ALTER DATABASE roster RESET ALL"),
        ("ALTER ROLE postgres SET synchronous_commit = local", "ALTER ROLE postgres RESET ALL"),
        ("ALTER DATABASE roster SET session_replication_role = replica", "ALTER DATABASE roster RESET ALL"),
    ] {
        cluster.run(set).await;
        cluster.run(NEW_SESSIONS).await;
        becomes(set, &world, &owner, takes_no_writes()).await;
        cluster.run(reset).await;
        becomes(reset, &world, &owner, healthy()).await;
    }
}
