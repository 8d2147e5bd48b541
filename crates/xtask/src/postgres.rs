//! A throw-away PostgreSQL cluster for the tests and the benchmark.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::repo::Repo;
use crate::run::{Failure, Result, output, program, run};
use crate::{files, setup};

const CONNECTIONS_MAX: u32 = 200;
const START_TRIES_MAX: u32 = 300;
const START_TRY_EVERY: Duration = Duration::from_millis(100);

/// Where files in memory lie.
const MEMORY: &str = "/dev/shm";
/// What has to be free there: the write-ahead log grows to a gigabyte, beside the databases of the tests that run.
const MEMORY_FREE_MIB_MIN: u64 = 3_072;

/// Where a cluster's files lie. Roster refuses a server that does not wait for the disk, so that a quick one has a disk
/// that takes no time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    Disk,
    /// In memory where there is room, else on the disk.
    Memory,
}

impl Storage {
    fn folder(self, repo: &Repo) -> Result<PathBuf> {
        match self {
            Self::Memory if memory_free_mib(repo)? >= MEMORY_FREE_MIB_MIN => Ok(MEMORY.into()),
            Self::Memory | Self::Disk => Ok(std::env::temp_dir()),
        }
    }
}

/// None is free where there is no such folder, or no `df` that can say so.
fn memory_free_mib(repo: &Repo) -> Result<u64> {
    if !Path::new(MEMORY).is_dir() {
        return Ok(0);
    }
    let told = output(&mut program(repo, "df", &["--output=avail", "--block-size=1M", MEMORY])?);
    Ok(told.and_then(|told| told.lines().last()?.trim().parse().ok()).unwrap_or(0))
}

/// Runs until it is dropped; then its data is deleted.
pub(crate) struct Cluster {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes a cluster and starts it on a free port of 127.0.0.1. It trusts whoever connects.
    pub(crate) fn start(repo: &Repo, storage: Storage) -> Result<Self> {
        let programs = setup::postgres(repo)?;
        let user = User::for_server(repo)?;
        let folder = storage.folder(repo)?.join(format!("roster-postgres-{}", std::process::id()));
        files::empty_folder(&folder)?;
        user.own(&folder)?;
        let data = folder.join("data");
        let mut initdb = program(
            repo,
            programs.join("initdb"),
            &["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"],
        )?;
        initdb.args(["--locale=C", "--pgdata"]).arg(&data).current_dir(&folder).stdout(Stdio::null());
        user.run_as(&mut initdb);
        run(&mut initdb)?;
        let port = free_port()?;
        let server = spawn(repo, &programs, &user, &folder, port)?;
        let mut cluster = Self { server, folder, port };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self) -> Result {
        for _ in 0..START_TRIES_MAX {
            if let Ok(Some(status)) = self.server.try_wait() {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Failure::new(format!("PostgreSQL ended with {status} as it started:\n{log}")));
            }
            // The server listens on its port before it has recovered, but it writes `ready` into this file only after.
            let state = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
            if state.contains("ready") && TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            sleep(START_TRY_EVERY);
        }
        Err(Failure::new("PostgreSQL did not get ready"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGQUIT is PostgreSQL's immediate shutdown: it takes its own children with it, which SIGKILL would leave behind.
        let stopped = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _already_gone = self.server.kill();
        }
        let _status = self.server.wait();
        if let Err(failure) = files::remove_folder(&self.folder) {
            eprintln!("xtask: {failure}");
        }
    }
}

fn spawn(repo: &Repo, programs: &Path, user: &User, folder: &Path, port: u16) -> Result<Child> {
    let log_path = folder.join("log");
    let log = std::fs::File::create(&log_path).map_err(|error| Failure::at(&log_path, error))?;
    let mut command = program(repo, programs.join("postgres"), &[])?;
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-p", &port.to_string()]);
    let connections = format!("max_connections={CONNECTIONS_MAX}");
    for setting in ["listen_addresses=127.0.0.1", connections.as_str()] {
        command.args(["-c", setting]);
    }
    user.run_as(&mut command);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.spawn().map_err(|error| Failure::new(format!("postgres: {error}")))
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.map(|address| address.port()).map_err(|error| Failure::new(format!("no free port: {error}")))
}

/// Who runs the server: PostgreSQL refuses to run as root.
enum User {
    Caller,
    Postgres { user: u32, group: u32 },
}

impl User {
    fn for_server(repo: &Repo) -> Result<Self> {
        let id = |arguments: &[&str]| -> Result<Option<u32>> {
            Ok(output(&mut program(repo, "id", arguments)?).and_then(|number| number.parse().ok()))
        };
        if id(&["-u"])? != Some(0) {
            return Ok(Self::Caller);
        }
        match (id(&["-u", "postgres"])?, id(&["-g", "postgres"])?) {
            (Some(user), Some(group)) => Ok(Self::Postgres { user, group }),
            _ => Err(Failure::new("PostgreSQL does not run as root, and there is no user `postgres` to run it as")),
        }
    }

    fn own(&self, folder: &Path) -> Result {
        if let Self::Postgres { user, group } = *self {
            std::os::unix::fs::chown(folder, Some(user), Some(group)).map_err(|error| Failure::at(folder, error))?;
        }
        Ok(())
    }

    fn run_as(&self, command: &mut Command) {
        if let Self::Postgres { user, group } = *self {
            command.uid(user).gid(group);
        }
    }
}
