//! Facts about a real PgBouncer between Roster and PostgreSQL, set as `docs/OPERATING.md` shows.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use super::{answers, healthy, refusal};
use crate::support::cluster::{as_server, free_port, give, own_folder};
use crate::support::{World, eventually, new_postgres_database, roster, text};

const MANUAL: &str = include_str!("../../../docs/OPERATING.md");

/// A PgBouncer of a test's own, while it lives.
struct Pooler {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Pooler {
    /// Puts one before the server of an address, with settings.
    async fn before(url: &str, settings: &str) -> Self {
        let (folder, port) = (own_folder(), free_port());
        let server = url.split(['@', '/']).nth(3).unwrap();
        let (host, server_port) = server.split_once(':').unwrap();
        let users = folder.path().join("users.txt");
        std::fs::write(&users, "\"postgres\" \"\"\n").unwrap();
        let file = folder.path().join("pgbouncer.ini");
        let configuration = format!(
            "[databases]\n* = host={host} port={server_port}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\n{settings}\n",
            users.display()
        );
        std::fs::write(&file, configuration).unwrap();
        give(&users);
        give(&file);
        let name = ["pgbouncer", "/usr/sbin/pgbouncer"].into_iter().find(|name| is_there(name));
        let mut command = as_server(Command::new(name.expect("PgBouncer is there; cargo xtask test installs it")));
        command.arg(&file).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        eventually("PgBouncer", async || TcpStream::connect(("127.0.0.1", port)).ok()).await;
        Self { child, port, _folder: folder }
    }

    /// The address of a database by way of it.
    fn url(&self, database_url: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{}", self.port, database_url.rsplit('/').next().unwrap())
    }
}

fn is_there(name: &str) -> bool {
    Command::new(name).arg("--version").stdout(Stdio::null()).status().is_ok()
}

/// The settings that the manual names.
fn manual() -> &'static str {
    let below = &MANUAL[MANUAL.find("With PgBouncer these two settings are needed").unwrap()..];
    below.split("```").nth(1).unwrap().split_once('\n').unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn pooler_that_keeps_sessions_may_stand_between() {
    let direct = new_postgres_database().await;
    let pooler = Pooler::before(&direct, manual()).await;
    let world = World::on(&pooler.url(&direct)).await;
    let owner = world.owner().await;
    world.member(&owner, "ana@example.com", json!({})).await;
    let asked = (0..20).map(|_| answers(&world, &owner));
    for asked in asked {
        assert_eq!(asked.await, healthy());
    }
    let world = world.restart().await;
    assert_eq!(answers(&world, &owner_of(&world).await).await, healthy(), "and after a start on what is there");
    let check = ["check", "--database-url", &pooler.url(&direct)].map(str::to_owned);
    let arguments: Vec<&str> = check.iter().map(String::as_str).collect();
    let output = roster(&arguments, world.folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
}

async fn owner_of(world: &World) -> crate::support::Client {
    let mut owner = world.nobody();
    owner.sign_in("olivia@example.com", crate::support::PASSWORD).await.good();
    owner
}

#[tokio::test(flavor = "multi_thread")]
async fn pooler_that_parts_sessions_is_refused_with_what_is_needed() {
    let direct = new_postgres_database().await;
    for mode in ["transaction", "statement", "transaction\nserver_round_robin = 1\nmin_pool_size = 4"] {
        let settings = manual().replace("pool_mode = session", &format!("pool_mode = {mode}"));
        let pooler = Pooler::before(&direct, &settings).await;
        let error = refusal(&pooler.url(&direct)).await;
        assert!(error.contains("pool_mode = session"), "{mode}: {error}");
        let arguments = ["check", "--database-url", &pooler.url(&direct)].map(str::to_owned);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let told = text(&roster(&arguments, Path::new("/nonexistent")).output().unwrap());
        assert!(told.contains("pool_mode = session"), "{mode}: {told}");
    }
    let pooler = Pooler::before(&direct, "pool_mode = session").await;
    let error = refusal(&pooler.url(&direct)).await;
    assert!(error.contains("ignore_startup_parameters = extra_float_digits"), "{error}");
}
