//! What is measured: the release build, a database of demo accounts, and the floor beside it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::demo::Demo;
use super::http::Client;
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
/// A question about oneself.
pub(super) const CHECK: &str = r#"{"permission":"alerts"}"#;

pub(super) struct World<'a> {
    pub(super) repo: &'a Repo,
    pub(super) options: &'a Options,
    folder: Folder,
    /// The database that most parts measure.
    pub(super) demo: Demo<'a>,
}

impl<'a> World<'a> {
    /// Builds both programs, fills a database, signs in, and keeps the answers that the floor repeats.
    pub(super) fn build(repo: &'a Repo, options: &'a Options) -> Result<Self> {
        if !options.is_built {
            build_programs(repo)?;
        }
        let folder = Folder(std::env::temp_dir().join(format!("roster-bench-{}", std::process::id())));
        files::empty_folder(&folder.0)?;
        let accounts = options.accounts.to_string();
        let demo = Demo::make(repo, &folder.0.join("data"), None, &["--accounts", &accounts])?;
        let world = Self { repo, options, folder, demo };
        let server = world.demo.serve()?;
        let mut client = Client::open(server.address)?;
        let kept = [
            ("list.json", world.demo.get(FIRST_PAGE)),
            ("found.json", world.demo.get(&format!("{FIRST_PAGE}&q={TYPED}"))),
            ("check.json", world.demo.post("/api/v1/check", CHECK)),
        ];
        for (name, request) in kept {
            files::write(&world.file(name), &client.ask(&request)?.body)?;
        }
        drop(server);
        fs::copy(world.demo.database(), world.file("floor.db")).map_err(|error| Failure::at(&world.folder.0, error))?;
        Ok(world)
    }

    /// A path for something of this run.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    pub(super) fn binary(&self) -> PathBuf {
        self.repo.server("release")
    }

    fn floor_binary(&self) -> PathBuf {
        self.binary().with_file_name("floor")
    }

    /// Starts the floor's server.
    pub(super) fn floor(&self) -> Result<Running> {
        let mut command = program(self.repo, self.floor_binary(), &["serve", "--search", TYPED])?;
        let files = [
            ("--list", "list.json"),
            ("--found", "found.json"),
            ("--answer", "check.json"),
            ("--database", "floor.db"),
        ];
        for (option, name) in files {
            command.arg(option).arg(self.file(name));
        }
        Running::start(&mut command, &self.file("floor.log"))
    }

    /// Sends a request over eight kept connections; the lines that the load generator prints.
    pub(super) fn load(&self, to: &Running, request: &[u8]) -> Result<String> {
        let millis = self.options.load_millis().to_string();
        let arguments = ["load", "--millis", &millis, "--to", &to.address.to_string()];
        let file = self.file("request");
        files::write(&file, request)?;
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

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(failure) = files::remove_folder(&self.0) {
            eprintln!("xtask: {failure}");
        }
    }
}

fn build_programs(repo: &Repo) -> Result {
    console::build(repo, |_| Ok(()))?;
    let packages = ["--package", "roster-server", "--package", "roster-floor"];
    run(program(repo, "cargo", &["build", "--release", "--bins"])?.args(packages))
}

/// The length of a file, in octets.
pub(super) fn length(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|metadata| metadata.len()).map_err(|error| Failure::at(path, error))
}
