//! What is measured: the release build, a database of demo accounts, and somebody signed in.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use super::http::{self, Client};
use super::options::Options;
use super::process::Running;
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program, run};
use crate::{console, files};

/// What the console asks for first.
pub(super) const FIRST_PAGE: &str = "/api/v1/accounts?kind=user&sort=name&limit=100";
pub(super) const SEARCH: &str = "/api/v1/accounts?kind=user&sort=name&limit=100&q=novak";
/// What is typed into the console. Its last letter takes rows away, since addresses of the demo carry numbers.
pub(super) const TYPED: &str = "novak7";
const SESSION_COOKIE: &str = "__Host-session";
/// Lets what a server does right after its start come to an end.
pub(super) const SETTLE: Duration = Duration::from_secs(1);

pub(super) struct World<'a> {
    pub(super) repo: &'a Repo,
    pub(super) options: &'a Options,
    /// Removed in the end.
    folder: PathBuf,
    pub(super) email: String,
    pub(super) password: String,
    /// The session, as the header `cookie` has it.
    pub(super) cookie: String,
}

impl<'a> World<'a> {
    /// Builds both programs, fills a database, signs in, and keeps the answers that the floor repeats.
    pub(super) fn build(repo: &'a Repo, options: &'a Options) -> Result<Self> {
        if !options.is_built {
            build_programs(repo)?;
        }
        let folder = std::env::temp_dir().join(format!("roster-bench-{}", std::process::id()));
        files::empty_folder(&folder)?;
        let mut world =
            Self { repo, options, folder, email: String::new(), password: String::new(), cookie: String::new() };
        world.fill()?;
        let server = world.roster()?;
        let mut client = Client::open(server.address)?;
        world.cookie = sign_in(&mut client, &world.sign_in_request())?;
        for (name, target) in [("list.json", FIRST_PAGE.to_owned()), ("found.json", format!("{FIRST_PAGE}&q={TYPED}"))]
        {
            let answer = client.ask(&world.get(&target))?;
            files::write(&world.folder.join(name), &answer.body)?;
        }
        drop(server);
        fs::copy(world.data().join("roster.db"), world.folder.join("floor.db"))
            .map_err(|error| Failure::at(&world.folder, error))?;
        Ok(world)
    }

    /// `roster demo`, which prints who may sign in.
    fn fill(&mut self) -> Result {
        let accounts = self.options.accounts.to_string();
        println!("bench: making {accounts} accounts");
        let mut command = program(self.repo, self.binary(), &["demo", "--accounts", &accounts, "--data-dir"])?;
        let said = output(command.arg(self.data())).ok_or_else(|| Failure::new("`roster demo` failed"))?;
        let words: Vec<&str> = said.split_whitespace().collect();
        let after = |word: &str| {
            let at = words.iter().rposition(|found| *found == word);
            let next = at.and_then(|at| words.get(at + 1)).map(|found| (*found).to_owned());
            next.ok_or_else(|| Failure::new("`roster demo` did not tell who may sign in"))
        };
        self.email = after("as")?;
        self.password = after("password")?;
        Ok(())
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A path for something of this run.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn binary(&self) -> PathBuf {
        self.repo.server("release")
    }

    fn floor_binary(&self) -> PathBuf {
        self.binary().with_file_name("floor")
    }

    /// Starts the server.
    pub(super) fn roster(&self) -> Result<Running> {
        let mut command = program(self.repo, self.binary(), &["serve", "--listen", "127.0.0.1:0", "--data-dir"])?;
        Running::start(command.arg(self.data()), &self.folder.join("roster.log"))
    }

    /// Starts the server, and waits until it has nothing to do.
    pub(super) fn settled_roster(&self) -> Result<Running> {
        let running = self.roster()?;
        sleep(SETTLE);
        Ok(running)
    }

    /// Starts the floor's server.
    pub(super) fn floor(&self) -> Result<Running> {
        let mut command = program(self.repo, self.floor_binary(), &["serve", "--search", TYPED])?;
        for (option, name) in [("--list", "list.json"), ("--found", "found.json"), ("--database", "floor.db")] {
            command.arg(option).arg(self.folder.join(name));
        }
        Running::start(&mut command, &self.folder.join("floor.log"))
    }

    pub(super) fn get(&self, target: &str) -> Vec<u8> {
        http::request("GET", target, &self.cookie, "")
    }

    pub(super) fn sign_in_request(&self) -> Vec<u8> {
        let body = format!(r#"{{"email":"{}","password":"{}"}}"#, self.email, self.password);
        http::request("POST", "/api/v1/session", "", &body)
    }

    /// Sends a request over eight kept connections; the lines that the load generator prints.
    pub(super) fn load(&self, to: &Running, request: &[u8]) -> Result<String> {
        let millis = self.options.load_millis().to_string();
        let arguments = ["load", "--millis", &millis, "--to", &to.address.to_string()];
        let file = self.folder.join("request");
        File::create(&file).and_then(|mut file| file.write_all(request)).map_err(|error| Failure::at(&file, error))?;
        let input = File::open(&file).map_err(|error| Failure::at(&file, error))?;
        let mut command = program(self.repo, self.floor_binary(), &arguments)?;
        output(command.stdin(input).stderr(Stdio::inherit())).ok_or_else(|| Failure::new("the load broke off"))
    }

    /// The lines of one of the floor's other measurements.
    pub(super) fn floor_lines(&self, arguments: &[&str]) -> Result<String> {
        output(&mut program(self.repo, self.floor_binary(), arguments)?)
            .ok_or_else(|| Failure::new(format!("`floor {}` failed", arguments.join(" "))))
    }
}

impl Drop for World<'_> {
    fn drop(&mut self) {
        if let Err(failure) = files::remove_folder(&self.folder) {
            eprintln!("xtask: {failure}");
        }
    }
}

fn build_programs(repo: &Repo) -> Result {
    console::build(repo, console::Mode::Release)?;
    let packages = ["--package", "roster-server", "--package", "roster-floor"];
    run(program(repo, "cargo", &["build", "--release", "--bins"])?.args(packages))
}

/// Signs in; the header `cookie` of what follows.
pub(super) fn sign_in(client: &mut Client, request: &[u8]) -> Result<String> {
    let session = client.ask(request)?.cookie(SESSION_COOKIE);
    let session = session.ok_or_else(|| Failure::new("signing in set no session"))?;
    Ok(format!("{SESSION_COOKIE}={session}"))
}

/// The length of a file, in octets.
pub(super) fn length(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|metadata| metadata.len()).map_err(|error| Failure::at(path, error))
}
