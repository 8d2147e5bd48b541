//! Facts about a server that goes away: what needs it not is answered, nothing hangs, and it is found again.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use server::http::console::CONSOLE_PATHS;
use server::http::route::{Needs, all};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{answers, healthy, refusal, takes_no_writes};
use crate::support::cluster::{Cluster, run};
use crate::support::{Client, PASSWORD, World, eventually, new_postgres_database, send};

/// What no request takes, whatever the server does: a wait for a connection, and then some.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn route_that_needs_nobody_looks_nobody_up() {
    let url = new_postgres_database().await;
    let name = url.rsplit('/').next().unwrap();
    let admin = url.replace(name, "postgres");
    let world = World::on(&url).await;
    let owner = world.owner().await;
    let paths = || {
        let routes = all().into_iter().filter(|route| route.needs == Needs::Nobody && route.method == Method::GET);
        // These two say what is in the database.
        let routes = routes.map(|route| route.path).filter(|path| !["/readyz", "/api/v1/setup"].contains(path));
        routes
            .chain(CONSOLE_PATHS.into_iter().filter(|path| !path.contains('{')))
            .chain(["/assets/nothing.js", "/nothing"])
    };
    let ask = async || {
        let mut statuses = Vec::new();
        for path in paths() {
            statuses.push((path, owner.get(path).await.status));
        }
        statuses
    };
    let before = ask().await;
    assert!(before.contains(&("/healthz", 200)) && before.contains(&("/metrics", 200)), "{before:?}");
    assert!(before.contains(&("/api/v1/openapi.json", 200)), "{before:?}");
    run(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    run(&admin, &end).await;
    assert_eq!(ask().await, before, "with the cookie of a session that cannot be looked up");
    for path in ["/readyz", "/api/v1/setup", "/api/v1/session", "/api/v1/accounts"] {
        assert_eq!(owner.get(path).await.status, 503, "{path}");
    }
    let body = json!({ "email": "olivia@example.com", "password": PASSWORD });
    assert_eq!(owner.post("/api/v1/session", body).await.status, 503);
    assert_eq!(send(owner.request(Method::DELETE, "/api/v1/session")).await.status, 503, "it did not end");
    run(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    eventually("the database", async || (answers(&world, &owner).await == healthy()).then_some(())).await;
}

/// Reads and writes until it is told to stop; each answer comes in time, and is either good or says that the database is
/// away. How many writes were acknowledged.
async fn ask_on(owner: Client, lane: usize, mut stop: watch::Receiver<bool>) -> usize {
    let (mut asked, mut acknowledged) = (0, 0);
    while !*stop.borrow_and_update() {
        let name = format!("Group {lane} {asked}");
        let write =
            timeout(PATIENCE, owner.post("/api/v1/groups", json!({ "name": name }))).await.expect("a write hangs");
        assert!([201, 503].contains(&write.status), "{} {}", write.status, write.text);
        let read = timeout(PATIENCE, owner.get("/api/v1/session")).await.expect("a read hangs");
        assert!([200, 503].contains(&read.status), "{} {}", read.status, read.text);
        acknowledged += usize::from(write.status == 201);
        asked += 1;
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn server_that_is_started_again_is_found_again_and_nothing_hangs() {
    const LANES: usize = 12;
    let mut cluster = Cluster::start(&[]).await;
    let world = World::on(&cluster.database("roster").await).await;
    let owner = world.owner().await;
    cluster.stop();
    let away = timeout(PATIENCE, answers(&world, &owner)).await.expect("a request hangs");
    assert_eq!(away, (503, 503, 503, "unavailable".to_owned()));
    assert_eq!(world.nobody().get("/healthz").await.status, 200);
    cluster.start_again().await;
    let (stop, stopped) = watch::channel(false);
    let lanes: Vec<_> = (0..LANES).map(|lane| tokio::spawn(ask_on(owner.clone(), lane, stopped.clone()))).collect();
    for _ in 0..3 {
        cluster.stop();
        cluster.start_again().await;
        eventually("connections to the new server", async || {
            (answers(&world, &owner).await == healthy()).then_some(())
        })
        .await;
    }
    stop.send(true).unwrap();
    let mut acknowledged = 0;
    for lane in lanes {
        acknowledged += lane.await.unwrap();
    }
    let there = owner.get("/api/v1/groups?q=Group&limit=1").await.good()["total"].as_u64().unwrap();
    assert!(acknowledged > 0 && there >= acknowledged as u64, "{there} of {acknowledged}");
    assert_eq!(answers(&world, &owner).await, healthy());
}

#[tokio::test(flavor = "multi_thread")]
async fn standby_is_refused_and_writes_wait_for_a_primary_server() {
    let mut cluster = Cluster::start(&[]).await;
    let url = cluster.database("roster").await;
    let world = World::on(&url).await;
    let owner = world.owner().await;
    cluster.stop();
    cluster.put("standby.signal", b"");
    cluster.start_again().await;
    eventually("the standby", async || (answers(&world, &owner).await == takes_no_writes()).then_some(())).await;
    assert_eq!(world.nobody().get("/healthz").await.status, 200);
    let error = refusal(&url).await;
    assert!(error.contains("is a standby") && error.contains("primary"), "{error}");
    cluster.run("SELECT pg_promote()").await;
    eventually("the new primary server", async || (answers(&world, &owner).await == healthy()).then_some(())).await;
}
