//! A database of demo accounts, and its Owner signed in.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::http::{self, Client};
use super::process::Running;
use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program};

const SESSION_COOKIE: &str = "__Host-session";
/// Lets what a server does right after its start come to an end.
pub(super) const SETTLE: Duration = Duration::from_secs(1);

pub(super) struct Demo<'a> {
    repo: &'a Repo,
    /// Its data, or only the key where the data is elsewhere.
    folder: PathBuf,
    database_url: Option<String>,
    pub(super) email: String,
    pub(super) password: String,
    /// The session, as the header `cookie` has it.
    pub(super) cookie: String,
}

impl<'a> Demo<'a> {
    /// Runs `roster demo` with these options in a folder that it makes, and signs in.
    pub(super) fn make(repo: &'a Repo, folder: &Path, database_url: Option<&str>, options: &[&str]) -> Result<Self> {
        println!("bench: roster demo {}", options.join(" "));
        files::empty_folder(folder)?;
        let mut demo = Self {
            repo,
            folder: folder.to_owned(),
            database_url: database_url.map(str::to_owned),
            email: String::new(),
            password: String::new(),
            cookie: String::new(),
        };
        let mut command = demo.command("demo")?;
        let said = output(command.args(options)).ok_or_else(|| Failure::new("`roster demo` failed"))?;
        let words: Vec<&str> = said.split_whitespace().collect();
        let after = |word: &str| {
            let at = words.iter().rposition(|found| *found == word);
            let next = at.and_then(|at| words.get(at + 1)).map(|found| (*found).to_owned());
            next.ok_or_else(|| Failure::new("`roster demo` did not tell who may sign in"))
        };
        (demo.email, demo.password) = (after("as")?, after("password")?);
        let server = demo.serve()?;
        demo.cookie = demo.sign_in(&mut Client::open(server.address)?)?;
        Ok(demo)
    }

    fn command(&self, name: &str) -> Result<std::process::Command> {
        let mut command = program(self.repo, self.repo.server("release"), &[name, "--data-dir"])?;
        command.arg(&self.folder);
        if let Some(url) = &self.database_url {
            command.args(["--database-url", url]);
        }
        Ok(command)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.join("roster.db")
    }

    /// Starts the server.
    pub(super) fn serve(&self) -> Result<Running> {
        Running::start(self.command("serve")?.args(["--listen", "127.0.0.1:0"]), &self.folder.join("roster.log"))
    }

    /// Starts the server, and waits until it has nothing to do.
    pub(super) fn settled(&self) -> Result<Running> {
        let running = self.serve()?;
        sleep(SETTLE);
        Ok(running)
    }

    pub(super) fn get(&self, target: &str) -> Vec<u8> {
        http::request("GET", target, &self.cookie, "")
    }

    pub(super) fn post(&self, target: &str, body: &str) -> Vec<u8> {
        http::request("POST", target, &self.cookie, body)
    }

    pub(super) fn sign_in_request(&self) -> Vec<u8> {
        let body = format!(r#"{{"email":"{}","password":"{}"}}"#, self.email, self.password);
        http::request("POST", "/api/v1/session", "", &body)
    }

    /// Signs in; the header `cookie` of what follows.
    fn sign_in(&self, client: &mut Client) -> Result<String> {
        let session = client.ask(&self.sign_in_request())?.cookie(SESSION_COOKIE);
        let session = session.ok_or_else(|| Failure::new("signing in set no session"))?;
        Ok(format!("{SESSION_COOKIE}={session}"))
    }
}
