//! The binary in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;

use super::{Client, PASSWORD};

/// A command of the binary, on the data of a folder.
pub(crate) fn roster(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roster"));
    command.args(arguments).arg("--data-dir").arg(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A command that serves a folder, whose process may be put in any surroundings before it starts.
pub(crate) fn serving(folder: &Path) -> Command {
    let mut command = roster(&["serve", "--listen", "127.0.0.1:0"], folder);
    command.stderr(Stdio::inherit());
    command
}

/// A server in a process of its own.
pub(crate) struct Process {
    child: Child,
    pub(crate) base: String,
    pub(crate) setup: Option<String>,
}

impl Process {
    pub(crate) fn start(folder: &Path, smtp_url: &str) -> Self {
        Self::start_with(folder, smtp_url, &[])
    }

    /// With further options.
    pub(crate) fn start_with(folder: &Path, smtp_url: &str, further: &[&str]) -> Self {
        let arguments =
            ["serve", "--listen", "127.0.0.1:0", "--smtp-url", smtp_url, "--public-url", "http://roster.example"];
        let mut command = roster(&[&arguments, further].concat(), folder);
        // Its log is shown with a test that fails.
        command.stderr(Stdio::inherit());
        Self::spawn(command)
    }

    /// From a command made by `serving`.
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut process = Self { child: command.spawn().unwrap(), base: String::new(), setup: None };
        for line in BufReader::new(process.child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            if let Some(link) = line.strip_prefix("Set up: ") {
                process.setup = link.split('#').nth(1).map(str::to_owned);
            }
            if let Some(base) = line.strip_prefix("Listening on ") {
                process.base = base.to_owned();
                return process;
            }
        }
        panic!("the server ended before it listened");
    }

    /// Its log, where that is a pipe.
    pub(crate) fn take_log(&mut self) -> std::process::ChildStderr {
        self.child.stderr.take().unwrap()
    }

    /// At once, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    /// Waits for its end; whether it ended well.
    pub(crate) fn ended_well(mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// Sets it up, and signs its Owner in.
    pub(crate) async fn owner(&self) -> Client {
        let mut owner = Client::new(&self.base);
        let setup = json!({ "setup_token": self.setup.clone().unwrap(), "organization": "Acme", "profile": "default", "email": "olivia@example.com", "display_name": "Olivia", "password": PASSWORD });
        let answer = owner.post("/api/v1/setup", setup).await;
        owner.take_session(&answer);
        answer.good();
        owner
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command printed, and complained about.
pub(crate) fn text(output: &Output) -> String {
    [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat()
}
