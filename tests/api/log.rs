//! Facts about the log: whoever reads it slowly, or not at all, holds nobody up.

use std::process::Stdio;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Client, Process, eventually, roster, serving};

/// A server that logs much, and whose standard error is a pipe.
fn talkative(folder: &TempDir) -> Process {
    let mut command = serving(folder.path());
    command.env("ROSTER_LOG", "trace").stderr(Stdio::piped());
    Process::spawn(command)
}

/// The number of lines that were dropped so far.
async fn dropped(nobody: &Client) -> u64 {
    let text = nobody.get("/metrics").await.text;
    let line = text.lines().find_map(|line| line.strip_prefix("roster_log_lines_dropped_total "));
    line.map_or(0, |number| number.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn log_that_nobody_reads_holds_no_request_up() {
    let folder = TempDir::new().unwrap();
    let mut process = talkative(&folder);
    let unread = process.take_log();
    let owner = process.owner().await;
    eventually("lines to be dropped", async || {
        assert_eq!(owner.get("/api/v1/groups").await.status, 200);
        assert_eq!(owner.post("/api/v1/groups", json!({ "name": "" })).await.status, 422);
        (dropped(&owner).await > 0).then_some(())
    })
    .await;
    for path in ["/healthz", "/readyz", "/api/v1/session", "/nothing"] {
        assert!(owner.get(path).await.status < 500, "{path}");
    }
    assert_eq!(owner.post("/api/v1/groups", json!({ "name": "Interns" })).await.status, 201);
    process.terminate();
    assert!(process.ended_well(), "and it stops as asked");
    drop(unread);
}

#[tokio::test(flavor = "multi_thread")]
async fn log_whose_reader_has_gone_costs_no_connection() {
    let folder = TempDir::new().unwrap();
    let mut process = talkative(&folder);
    drop(process.take_log());
    let owner = process.owner().await;
    for _ in 0..20 {
        assert_eq!(owner.get("/api/v1/groups").await.status, 200);
        assert_eq!(owner.post("/api/v1/groups", json!({ "name": "" })).await.status, 422);
    }
    assert!(dropped(&owner).await > 0);
    process.terminate();
    assert!(process.ended_well());
}

#[test]
fn command_whose_reader_has_gone_keeps_its_verdict() {
    let folder = TempDir::new().unwrap();
    assert!(roster(&["demo", "--accounts", "5"], folder.path()).output().unwrap().status.success());
    for (arguments, is_well) in [(&["check"][..], true), (&["owner", "create"][..], false)] {
        let mut child = roster(arguments, folder.path()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().success(), is_well, "{arguments:?}");
    }
}
