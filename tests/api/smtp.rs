//! Facts about mail servers that ask for encryption and a password.

use serde_json::{Value, json};

use crate::support::{Client, Database, Mailbox, PASSWORD, Process, World, WorldOptions, canary, eventually, serving};

const AUTH: [&str; 2] = ["--auth", "roster:p@ss word"];
const LOGIN: &str = "roster:p%40ss%20word@";

/// How the mail of an invitation fared at a mail server, whose certificate is trusted or not.
struct Sending {
    world: World,
    owner: Client,
}

impl Sending {
    async fn start(mailbox: Mailbox, url: String, is_trusted: bool) -> Self {
        let options = WorldOptions {
            smtp_url: Some(url),
            smtp_ca_file: is_trusted.then(|| mailbox.certificate()),
            ..WorldOptions::default()
        };
        let world = World { mailbox: Some(mailbox), ..World::with(Database::Sqlite, options).await };
        let owner = world.owner().await;
        owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
        Self { world, owner }
    }

    async fn arrives(self) {
        let token = self.world.mailbox.as_ref().unwrap().token("ana@example.com").await;
        self.world.accept(&token, "Ana").await;
    }

    /// The reason for which the mail waits.
    async fn waits(self) -> String {
        let waiting = eventually("the failed attempt", async || {
            let page = self.owner.get("/api/v1/accounts?q=ana").await.good();
            Some(page["items"][0]["invitation"].clone()).filter(|invitation| invitation["error"].is_string())
        })
        .await;
        assert_eq!(waiting["delivery"], Value::from("queued"), "{waiting}");
        assert_eq!(self.world.mailbox.as_ref().unwrap().all().len(), 0);
        waiting["error"].as_str().unwrap().to_owned()
    }
}

fn starttls(mailbox: &Mailbox, login: &str) -> String {
    format!("smtp://{login}localhost:{}?tls=required", mailbox.port)
}

fn tls(mailbox: &Mailbox, login: &str) -> String {
    format!("smtps://{login}localhost:{}", mailbox.port)
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_leaves_by_starttls_with_a_password() {
    let mailbox = Mailbox::start(&[&["--starttls"], &AUTH[..]].concat());
    let url = starttls(&mailbox, LOGIN);
    Sending::start(mailbox, url, true).await.arrives().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_leaves_by_tls_with_a_password() {
    let mailbox = Mailbox::start(&[&["--tls"], &AUTH[..]].concat());
    let url = tls(&mailbox, LOGIN);
    Sending::start(mailbox, url, true).await.arrives().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_of_the_mail_server_is_no_refusal_of_the_recipient() {
    let mailbox = Mailbox::start(&[&["--starttls"], &AUTH[..]].concat());
    let url = starttls(&mailbox, "roster:wrong@");
    let reason = Sending::start(mailbox, url, true).await.waits().await;
    assert!(reason.contains("535"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_to_a_mail_server_whose_certificate_is_not_trusted() {
    for (argument, url) in [("--starttls", starttls as fn(&Mailbox, &str) -> String), ("--tls", tls)] {
        let mailbox = Mailbox::start(&[&[argument], &AUTH[..]].concat());
        let url = url(&mailbox, LOGIN);
        let reason = Sending::start(mailbox, url, false).await.waits().await;
        assert!(reason.to_lowercase().contains("certificate"), "{argument}: {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_does_not_leave_says_why_in_the_log() {
    let mailbox = Mailbox::start(&["--tls"]);
    let url = tls(&mailbox, "");
    Sending::start(mailbox, url, false).await.waits().await;
    let log = canary::logged();
    let line = log.lines().find(|line| line.contains("a mail did not leave")).unwrap();
    assert!(line.to_lowercase().contains("certificate") && line.contains("Away"), "{line}");
    assert!(!log.contains("ana@example.com"));
}

/// The system's authorities are those that `SSL_CERT_FILE` names.
#[tokio::test(flavor = "multi_thread")]
async fn authority_that_is_given_replaces_those_of_the_system() {
    let (mailbox, other) = (Mailbox::start(&["--tls"]), Mailbox::start(&["--tls"]));
    let folder = tempfile::TempDir::new().unwrap();
    let serve = |further: &[&str]| {
        let mut command = serving(folder.path());
        command.args(["--smtp-url", &tls(&mailbox, "")]).args(further).env("SSL_CERT_FILE", mailbox.certificate());
        Process::spawn(command)
    };
    let process = serve(&[]);
    let owner = process.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    mailbox.token("ana@example.com").await;
    process.kill();
    let process = serve(&["--smtp-ca-file", other.certificate().to_str().unwrap()]);
    let mut owner = Client::new(&process.base);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    owner.post("/api/v1/invitations", json!({ "emails": ["ben@example.com"] })).await.good();
    let reason = eventually("the failed attempt", async || {
        let page = owner.get("/api/v1/accounts?q=ben").await.good();
        page["items"][0]["invitation"]["error"].as_str().map(str::to_lowercase)
    })
    .await;
    assert!(reason.contains("certificate"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_in_clear_where_encryption_is_required() {
    let plain = Mailbox::start(&[]);
    let url = starttls(&plain, "");
    let reason = Sending::start(plain, url, false).await.waits().await;
    assert!(reason.to_lowercase().contains("starttls"), "{reason}");
    // A certificate to trust requires encryption by itself.
    let (secure, plain) = (Mailbox::start(&["--starttls"]), Mailbox::start(&[]));
    let options = WorldOptions {
        smtp_url: Some(plain.url()),
        smtp_ca_file: Some(secure.certificate()),
        ..WorldOptions::default()
    };
    let world = World { mailbox: Some(plain), ..World::with(Database::Sqlite, options).await };
    let owner = world.owner().await;
    owner.post("/api/v1/invitations", json!({ "emails": ["ana@example.com"] })).await.good();
    let reason = Sending { world, owner }.waits().await;
    assert!(reason.to_lowercase().contains("starttls"), "{reason}");
}
