//! A PostgreSQL server of a test's own: to stop, to start again and to set as no other test could bear.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use super::eventually;

/// Files in memory need no time to be synced.
const MEMORY: &str = "/dev/shm";

/// Runs until it is dropped.
pub(crate) struct Cluster {
    server: Option<Child>,
    folder: TempDir,
    pub(crate) port: u16,
}

impl Cluster {
    /// Makes one and starts it, with lines of its configuration.
    pub(crate) async fn start(settings: &[&str]) -> Self {
        let folder = own_folder();
        let mut initdb = as_server(Command::new(programs().join("initdb")));
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--pgdata").arg(folder.path().join("data")).current_dir(folder.path()).stdout(Stdio::null());
        assert!(initdb.status().unwrap().success());
        let mut cluster = Self { server: None, folder, port: free_port() };
        cluster.set(settings);
        cluster.start_again().await;
        cluster
    }

    /// A file for the server, which it alone may read.
    pub(crate) fn put(&self, name: &str, content: &[u8]) -> PathBuf {
        let file = self.folder.path().join("data").join(name);
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        give(&file);
        file
    }

    /// Adds lines to its configuration, for the next start or reload.
    pub(crate) fn set(&self, settings: &[&str]) {
        let file = self.folder.path().join("data/postgresql.conf");
        let mut file = OpenOptions::new().append(true).open(file).unwrap();
        settings.iter().for_each(|line| writeln!(file, "{line}").unwrap());
    }

    /// Starts it, and waits until it takes statements.
    pub(crate) async fn start_again(&mut self) {
        let mut command = as_server(Command::new(programs().join("postgres")));
        command.arg("-D").arg(self.folder.path().join("data")).arg("-k").arg(self.folder.path());
        command.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.server = Some(command.spawn().unwrap());
        let url = self.url("postgres");
        sqlx::any::install_default_drivers();
        eventually("PostgreSQL", async || AnyConnection::connect(&url).await.ok()).await;
    }

    /// Ends it at once, as a failure would.
    pub(crate) fn stop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // SIGQUIT takes its own children with it, which SIGKILL would leave behind.
        let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&server), rustix::process::Signal::QUIT);
        let _ = server.wait();
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// A database of its own, and its address.
    pub(crate) async fn database(&self, name: &str) -> String {
        self.run(&format!("CREATE DATABASE {name}")).await;
        self.url(name)
    }

    /// Runs a statement as the superuser.
    pub(crate) async fn run(&self, statement: &str) {
        run(&self.url("postgres"), statement).await;
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs a statement on a connection of its own.
pub(crate) async fn run(url: &str, statement: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}

/// A folder for programs that do not run as root.
pub(crate) fn own_folder() -> TempDir {
    let folder = if Path::new(MEMORY).is_dir() { TempDir::new_in(MEMORY) } else { TempDir::new() }.unwrap();
    give(folder.path());
    folder
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs a command as the user that PostgreSQL's packages make, where the tests run as root: no server of theirs does.
pub(crate) fn as_server(mut command: Command) -> Command {
    if let Some((user, group)) = server_user() {
        command.uid(user).gid(group);
    }
    command
}

/// Makes a file or folder that user's.
pub(crate) fn give(path: &Path) {
    if let Some((user, group)) = server_user() {
        std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
    }
}

fn server_user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> u32 {
        let output = Command::new("id").args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}

/// The folder of PostgreSQL's programs: named by `cargo xtask test`, or where Debian has the newest.
fn programs() -> PathBuf {
    if let Some(named) = std::env::var_os("ROSTER_TEST_POSTGRES_BIN") {
        return named.into();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL's programs are there").filter_map(Result::ok);
    let major = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    versions.map(|entry| entry.path()).max_by_key(major).unwrap().join("bin")
}
