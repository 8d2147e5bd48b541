//! A real SMTP server in a process of its own, and the mails it received.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::eventually;

/// The server of `tests/mail`, while it lives.
pub(crate) struct Mailbox {
    child: Child,
    folder: TempDir,
    pub(crate) port: u16,
}

impl Mailbox {
    /// Starts it on a free port.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_on(0, arguments)
    }

    /// Starts it on a port that another one had.
    pub(crate) fn start_on(port: u16, arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let script = super::tests_folder().join("mail/server.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .args(["--port", &port.to_string(), "--dir"])
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.starts_with("Listening on "))).unwrap();
        let port = line.rsplit([' ', ':']).next().and_then(|port| port.trim().parse().ok()).unwrap();
        Self { child, folder, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The certificate to trust, of a server with TLS.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// Everything received so far.
    pub(crate) fn all(&self) -> Vec<Value> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().filter_map(Result::ok).map(|entry| entry.path());
        let mails = entries.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        mails.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// Mails to one address, oldest first is not promised.
    pub(crate) fn to(&self, address: &str) -> Vec<Value> {
        self.all().into_iter().filter(|mail| mail["to"][0] == address).collect()
    }

    /// Waits for so many mails to an address.
    pub(crate) async fn wait(&self, address: &str, count: usize) -> Vec<Value> {
        eventually(&format!("{count} mails to {address}"), async || {
            Some(self.to(address)).filter(|mails| mails.len() >= count)
        })
        .await
    }

    /// Waits for the first mail to an address, and gives the token of its link.
    pub(crate) async fn token(&self, address: &str) -> String {
        let mails = self.wait(address, 1).await;
        token_of(&mails[0])
    }
}

/// The token in the link of a mail.
pub(crate) fn token_of(mail: &Value) -> String {
    let links = mail["links"].as_array().cloned().unwrap_or_default();
    let link = links.iter().filter_map(Value::as_str).find(|link| link.contains("/invitation#")).unwrap();
    link.split('#').nth(1).unwrap().to_owned()
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
