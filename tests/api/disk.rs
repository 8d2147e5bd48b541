//! Facts about disks that fail: changes are refused meanwhile, nothing is lost or left half, and all goes on by itself.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Client, Database, Disk, PASSWORD, Process, World, eventually, roster, serving, text};

const FAULTS: [&str; 4] = ["full", "write", "sync", "read-only"];

async fn make(owner: &Client, name: &str) -> u16 {
    owner.post("/api/v1/groups", json!({ "name": name })).await.status
}

async fn wait_until_ready(nobody: &Client, status: u16) {
    eventually(&format!("/readyz to answer {status}"), async || {
        (nobody.get("/readyz").await.status == status).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_is_refused_while_the_disk_fails_and_goes_on_by_itself() {
    let folder = TempDir::new().unwrap();
    let disk = Disk::under(folder.path());
    let mut command = serving(folder.path());
    disk.put(&mut command);
    let process = Process::spawn(command);
    let owner = process.owner().await;
    let nobody = Client::new(&process.base);
    for fault in FAULTS {
        assert_eq!(make(&owner, &format!("Before {fault}")).await, 201);
        disk.fail(fault);
        for attempt in 0..3 {
            let refused = owner.post("/api/v1/groups", json!({ "name": format!("{fault} {attempt}") })).await;
            assert_eq!((refused.status, refused.code().as_str()), (503, "unavailable"), "{fault}");
            assert_eq!(owner.get("/api/v1/groups").await.status, 200, "reading goes on: {fault}");
        }
        wait_until_ready(&nobody, 503).await;
        assert_eq!(nobody.get("/healthz").await.status, 200, "{fault}");
        disk.heal();
        assert_eq!(make(&owner, &format!("After {fault}")).await, 201);
        wait_until_ready(&nobody, 200).await;
        // Nobody asks for anything else meanwhile: readiness alone finds the end of it, too.
        disk.fail(fault);
        wait_until_ready(&nobody, 503).await;
        disk.heal();
        wait_until_ready(&nobody, 200).await;
    }
    process.kill();
    let process = Process::start(folder.path(), "smtp://127.0.0.1:1");
    let mut owner = Client::new(&process.base);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let groups = owner.get("/api/v1/groups").await.good().to_string();
    for fault in FAULTS {
        assert!(groups.contains(&format!("Before {fault}")) && groups.contains(&format!("After {fault}")), "{groups}");
    }
    let check = roster(&["check"], folder.path()).output().unwrap();
    assert!(check.status.success(), "{}", text(&check));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_whether_it_is_ready_share_one_write() {
    // What one small commit adds to the write-ahead log, at the most.
    const COMMIT_BYTES: u64 = 2 * (4_096 + 24);
    let world = World::new(Database::Sqlite).await;
    world.owner().await;
    let log = || std::fs::metadata(world.folder.path().join("roster.db-wal")).unwrap().len();
    let (began, before) = (tokio::time::Instant::now(), log());
    let asked = (0..400).map(|_| {
        let nobody = world.nobody();
        tokio::spawn(async move { nobody.get("/readyz").await.status })
    });
    for status in asked.collect::<Vec<_>>() {
        assert_eq!(status.await.unwrap(), 200);
    }
    let commits = (log() - before).div_ceil(COMMIT_BYTES);
    assert!(commits <= 2 + began.elapsed().as_secs(), "{commits}");
}

/// Names of the files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_that_failed_or_was_killed_leaves_nothing_that_looks_like_one() {
    let (folder, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    assert!(roster(&["demo", "--accounts", "50"], folder.path()).output().unwrap().status.success());
    let disk = Disk::under(copies.path());
    let file = copies.path().join("roster.db");
    let backup = || {
        let mut command = roster(&["backup", file.to_str().unwrap()], folder.path());
        disk.put(&mut command);
        command.output().unwrap()
    };
    for fault in FAULTS {
        disk.fail(fault);
        let failed = backup();
        assert!(!failed.status.success() && text(&failed).contains("cannot be written"), "{fault}: {}", text(&failed));
        assert_eq!(names(copies.path()), Vec::<String>::new(), "{fault}");
    }
    disk.fail("kill");
    assert!(!backup().status.success());
    let left = names(copies.path());
    let says_so = |name: &String| name.starts_with("roster.db.partial");
    assert!(!left.is_empty() && left.iter().all(says_so), "{left:?}");
    disk.heal();
    let written = backup();
    assert!(written.status.success(), "{}", text(&written));
    assert_eq!(names(copies.path()), ["roster.db"]);
    let check = roster(&["check"], copies.path()).output().unwrap();
    assert!(check.status.success(), "{}", text(&check));
}

#[tokio::test(flavor = "multi_thread")]
async fn copy_before_a_migration_is_whole_or_nothing_is_migrated() {
    let world = World::new(Database::Sqlite).await;
    world.owner().await;
    let World { running, folder, .. } = world;
    running.stop().await;
    let file = folder.path().join("roster.db");
    crate::store::make_older(&file).await;
    let copy = folder.path().join("roster.schema-3.db");
    let before = std::fs::read(&file).unwrap();
    let disk = Disk::under(folder.path());
    let start = || {
        let mut command = roster(
            &["owner", "create", "--email", "x@example.com", "--name", "X", "--organization", "X"],
            folder.path(),
        );
        disk.put(&mut command);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    disk.fail("kill");
    assert!(!start().status.success());
    assert!(!copy.exists() && std::fs::read(&file).unwrap() == before, "killed while copying");
    for fault in ["full", "write", "sync"] {
        disk.fail(fault);
        assert!(!start().status.success());
        assert!(!copy.exists(), "{fault}");
    }
    disk.heal();
    // What an earlier version left that was killed while copying.
    std::fs::write(&copy, &before[..8_192]).unwrap();
    let started = start();
    assert!(started.status.success(), "{}", text(&started));
    let older = TempDir::new().unwrap();
    for (from, to) in [(&copy, "roster.db"), (&folder.path().join("secret.key"), "secret.key")] {
        std::fs::copy(from, older.path().join(to)).unwrap();
    }
    let process = Process::start(older.path(), "smtp://127.0.0.1:1");
    Client::new(&process.base).sign_in("olivia@example.com", PASSWORD).await.good();
}

#[tokio::test(flavor = "multi_thread")]
async fn start_on_a_full_disk_says_that_it_is_full() {
    let folder = TempDir::new().unwrap();
    let disk = Disk::under(folder.path());
    disk.fail("full");
    let mut command = roster(&["migrate"], folder.path());
    disk.put(&mut command);
    let output = command.output().unwrap();
    assert!(!output.status.success() && text(&output).contains("the disk is full"), "{}", text(&output));
}

/// The power goes while several people make groups: what was answered is there, and what was not written to the disk is
/// lost altogether.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_power_cut() {
    const CUTS: u32 = 4;
    let mut folder = TempDir::new().unwrap();
    let (mut made, mut owner) = (Vec::new(), None::<Client>);
    for cut in 0..CUTS {
        let durable = TempDir::new().unwrap();
        if cut > 0 {
            // What was on the disk when the power went is on it when it comes back.
            for name in ["roster.db", "roster.db-wal"] {
                std::fs::copy(folder.path().join(name), durable.path().join(name)).unwrap();
            }
        }
        let disk = Disk::under(folder.path());
        let mut command = serving(folder.path());
        disk.put_with_power_cut(&mut command, durable.path());
        let process = Process::spawn(command);
        let signed_in = match owner.take() {
            None => process.owner().await,
            Some(known) => Client { base: process.base.clone(), ..known },
        };
        let makers = (0..4).map(|maker| {
            let owner = signed_in.clone();
            tokio::spawn(async move {
                let mut made = Vec::new();
                for number in 0.. {
                    let name = format!("Group {cut} {maker} {number}");
                    let body = json!({ "name": name }).to_string();
                    let request = owner.request(reqwest::Method::POST, "/api/v1/groups");
                    match request.header("content-type", "application/json").body(body).send().await {
                        Ok(answer) if answer.status() == 201 => made.push(name),
                        _ => break,
                    }
                }
                made
            })
        });
        let makers: Vec<_> = makers.collect();
        let count = eventually("some groups", async || {
            let total = signed_in.get("/api/v1/groups?limit=1").await.good()["total"].as_u64().unwrap();
            (total > u64::from(cut + 1) * 20).then_some(total)
        })
        .await;
        assert!(count > 20);
        process.kill();
        for maker in makers {
            made.extend(maker.await.unwrap());
        }
        std::fs::copy(folder.path().join("secret.key"), durable.path().join("secret.key")).unwrap();
        // SQLite brings the end of a journal to the disk before it goes on.
        if !folder.path().join("roster.db-journal").exists() {
            let _ = std::fs::remove_file(durable.path().join("roster.db-journal"));
        }
        folder = durable;
        owner = Some(signed_in);
    }
    let check = roster(&["check"], folder.path()).output().unwrap();
    assert!(check.status.success(), "{}", text(&check));
    let process = Process::start(folder.path(), "smtp://127.0.0.1:1");
    let owner = Client { base: process.base.clone(), ..owner.unwrap() };
    for name in &made {
        let found = owner.get(&format!("/api/v1/groups?q={}", name.replace(' ', "+"))).await.good();
        assert!(found["total"].as_u64().unwrap() > 0, "{name} was acknowledged, and is not there");
    }
}
