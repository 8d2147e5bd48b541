//! Facts about what travels to PostgreSQL, to the mail server and to people, and who could read it on the way.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::Row;
use tempfile::TempDir;

use super::{answers, healthy, refusal};
use crate::support::cluster::Cluster;
use crate::support::{World, roster, text};

/// An authority of a test's own, for a moment.
struct Authority {
    folder: TempDir,
}

impl Authority {
    fn make() -> Self {
        let authority = Self { folder: TempDir::new().unwrap() };
        authority.openssl("ca", &["-subj", "/CN=Authority of a test"]);
        authority
    }

    /// A certificate and its key, for a name.
    fn certificate(&self, name: &str, subject: &str) -> (Vec<u8>, Vec<u8>) {
        let alternative = format!("subjectAltName={subject}");
        let (ca, key) = (self.file("ca.pem"), self.file("ca.key"));
        let signed = ["-CA", ca.to_str().unwrap(), "-CAkey", key.to_str().unwrap()];
        let subject = format!("/CN={name}");
        let extensions = ["-subj", &subject, "-addext", &alternative, "-addext", "basicConstraints=critical,CA:false"];
        self.openssl(name, &[&signed[..], &extensions[..]].concat());
        [".pem", ".key"].map(|ending| std::fs::read(self.file(&format!("{name}{ending}"))).unwrap()).into()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, name: &str, further: &[&str]) {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
        command.arg("-keyout").arg(self.file(&format!("{name}.key")));
        command.arg("-out").arg(self.file(&format!("{name}.pem"))).args(further);
        let made = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(made.expect("openssl is there, as PostgreSQL's package needs it").success());
    }
}

/// A server with TLS whose certificate is for `localhost`, and not for the number of the same address.
async fn server(authority: &Authority) -> Cluster {
    let mut cluster = Cluster::start(&[]).await;
    let (certificate, key) = authority.certificate("localhost", "DNS:localhost");
    cluster.put("server.crt", &certificate);
    cluster.put("server.key", &key);
    cluster.set(&["ssl = on"]);
    cluster.stop();
    cluster.start_again().await;
    cluster
}

/// An address that is verified, by an authority beside the system's.
fn verified(url: &str, host: &str, authority: Option<&Path>) -> String {
    let root = authority.map(|file| format!("&sslrootcert={}", file.display())).unwrap_or_default();
    format!("{}?sslmode=verify-full{root}", url.replace("127.0.0.1", host))
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_is_encrypted_to_a_server_that_is_verified_in_full() {
    let authority = Authority::make();
    let cluster = server(&authority).await;
    let url = verified(&cluster.database("roster").await, "localhost", Some(&authority.file("ca.pem")));
    let world = World::on(&url).await;
    let owner = world.owner().await;
    assert_eq!(answers(&world, &owner).await, healthy());
    let connections = sqlx::query(
        "SELECT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
         WHERE datname = 'roster' AND backend_type = 'client backend'",
    );
    let connections = connections.fetch_all(world.running.app.db.reader()).await.unwrap();
    assert!(connections.len() >= 2);
    for connection in connections {
        let version: String = connection.get("version");
        assert!(connection.get::<bool, _>("ssl") && ["TLSv1.2", "TLSv1.3"].contains(&version.as_str()), "{version}");
    }
}

/// Instead of a password.
#[tokio::test(flavor = "multi_thread")]
async fn certificate_of_its_own_lets_roster_in() {
    let authority = Authority::make();
    let mut cluster = server(&authority).await;
    cluster.run("CREATE ROLE roster LOGIN").await;
    cluster.run("CREATE DATABASE roster OWNER roster").await;
    let root = authority.file("ca.pem");
    cluster.put("ca.crt", &std::fs::read(&root).unwrap());
    cluster.set(&["ssl_ca_file = 'ca.crt'"]);
    cluster.put("pg_hba.conf", b"host all postgres 127.0.0.1/32 trust\nhostssl all roster 127.0.0.1/32 cert\n");
    cluster.stop();
    cluster.start_again().await;
    authority.certificate("roster", "DNS:roster");
    let (certificate, key) = (authority.file("roster.pem"), authority.file("roster.key"));
    let without = verified(&cluster.url("roster"), "localhost", Some(&root)).replace("postgres@", "roster@");
    let with = format!("{without}&sslcert={}&sslkey={}", certificate.display(), key.display());
    let error = refusal(&without).await;
    assert!(error.contains("client certificate"), "{error}");
    let world = World::on(&with).await;
    assert_eq!(answers(&world, &world.owner().await).await, healthy());
}

#[tokio::test(flavor = "multi_thread")]
async fn server_that_is_not_who_it_should_be_is_refused() {
    let (authority, other) = (Authority::make(), Authority::make());
    let cluster = server(&authority).await;
    let url = cluster.database("roster").await;
    let (own, wrong) = (authority.file("ca.pem"), other.file("ca.pem"));
    for (address, expected) in [
        (verified(&url, "localhost", Some(&wrong)), "invalid peer certificate"),
        (verified(&url, "localhost", None), "UnknownIssuer"),
        (verified(&url, "127.0.0.1", Some(&own)), "not valid for name"),
        (verified(&url, "localhost", Some(Path::new("/nonexistent.pem"))), "/nonexistent.pem"),
    ] {
        let error = refusal(&address).await;
        assert!(error.contains(expected), "{address}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn server_without_encryption_is_refused_where_it_is_asked_for() {
    let cluster = Cluster::start(&[]).await;
    let url = cluster.database("roster").await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = refusal(&format!("{url}?sslmode={mode}")).await;
        assert!(error.contains("does not support TLS"), "{mode}: {error}");
    }
}

/// Connects with nothing: no name below `.invalid` leads anywhere.
#[test]
fn what_others_could_read_on_the_way_is_a_warning_at_the_start() {
    let folder = TempDir::new().unwrap();
    let serve = |options: &[&str]| {
        let output = roster(&[&["serve"], options].concat(), folder.path()).output().unwrap();
        assert!(!output.status.success());
        let told = text(&output);
        told.lines().filter(|line| line.contains("\"WARN\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    let open = serve(&[
        "--listen",
        "0.0.0.0:0",
        "--smtp-url",
        "smtp://u:very-secret@mail.invalid:25",
        "--database-url",
        "postgres://u:very-secret@db.invalid/roster",
    ]);
    for part in ["--listen 0.0.0.0:0 is open", "mails to mail.invalid", "PostgreSQL on db.invalid"] {
        assert_eq!(open.iter().filter(|line| line.contains(part)).count(), 1, "{part}: {open:?}");
    }
    assert!(!open.concat().contains("very-secret"), "{open:?}");
    let closed = serve(&[
        "--listen",
        "0.0.0.0:0",
        "--public-url",
        "https://roster.example.com",
        "--smtp-url",
        "smtps://u:p@mail.invalid:465",
        "--database-url",
        "postgres://u:p@db.invalid/roster?sslmode=verify-full",
    ]);
    assert_eq!(closed, Vec::<String>::new());
}
