//! A server of this process on a database of its own, with a clock that can be moved.

use std::path::PathBuf;

use domain::EmailAddress;
use domain::text::Name;
use serde_json::{Value, json};
use server::audit::Actor;
use server::clock::Clock;
use server::commands::serve::{Running, start};
use server::http::address::AttemptBuckets;
use server::http::patience::Patience;
use server::options::{ServeOptions, StoreOptions};
use server::setup::create::{self, NewOwner};
use sqlx::{Connection, Executor};
use tempfile::TempDir;

use super::canary::Canary;
use super::{Client, Mailbox, Program, eventually, token_of};

/// A password within the rule, for everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Which database a fact is held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// How a world differs from the plain one: an embedded or PostgreSQL database, and no mail server.
#[derive(Debug, Default)]
pub(crate) struct WorldOptions {
    pub(crate) smtp_url: Option<String>,
    pub(crate) smtp_ca_file: Option<PathBuf>,
    /// Believe what a test says of its address, so that many of its requests come from as many places.
    pub(crate) is_behind_proxy: bool,
    pub(crate) public_url: Option<String>,
    /// On PostgreSQL, a database that is there already instead of a new one.
    pub(crate) database_url: Option<String>,
    pub(crate) patience: Patience,
}

/// A running server, not yet set up.
pub(crate) struct World {
    pub(crate) running: Running,
    pub(crate) clock: Clock,
    pub(crate) mailbox: Option<Mailbox>,
    // Before the folder, which it looks into when the world ends.
    pub(crate) canary: Canary,
    pub(crate) folder: TempDir,
    pub(crate) options: ServeOptions,
}

impl World {
    /// Without a mail server.
    pub(crate) async fn new(database: Database) -> Self {
        Self::with(database, WorldOptions::default()).await
    }

    /// On a PostgreSQL database that is there already.
    pub(crate) async fn on(database_url: &str) -> Self {
        let options = WorldOptions { database_url: Some(database_url.to_owned()), ..WorldOptions::default() };
        Self::with(Database::Postgres, options).await
    }

    /// With a mail server that takes everything.
    pub(crate) async fn with_mail(database: Database) -> Self {
        Self::with_mailbox(database, Mailbox::start(&[])).await
    }

    pub(crate) async fn with_mailbox(database: Database, mailbox: Mailbox) -> Self {
        let options = WorldOptions { smtp_url: Some(mailbox.url()), ..WorldOptions::default() };
        Self { mailbox: Some(mailbox), ..Self::with(database, options).await }
    }

    pub(crate) async fn with(database: Database, wanted: WorldOptions) -> Self {
        let folder = TempDir::new().unwrap();
        let database_url = match database {
            Database::Sqlite => None,
            Database::Postgres => match wanted.database_url.clone() {
                Some(url) => Some(url),
                None => Some(new_postgres_database().await),
            },
        };
        let store = StoreOptions { data_dir: folder.path().to_owned(), database_url, secret_key_file: None };
        let options = serve_options(store, wanted);
        let clock = Clock::default();
        let canary = Canary::new(folder.path(), options.store.database_url.as_deref());
        let running = start(options.clone(), clock.clone()).await.unwrap();
        Self { running, clock, mailbox: None, canary, folder, options }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn nobody(&self) -> Client {
        Client::new(&self.base())
    }

    /// Uses up what the address of the tests may try. It gets nothing back for an hour: on a slow machine, attempts that
    /// come back within seconds would decide.
    pub(crate) fn wear_out(&self, attempts: &AttemptBuckets) {
        let later = self.clock.now().plus(domain::time::HOUR_MS);
        while attempts.take(self.running.address.ip(), later).is_ok() {}
    }

    /// Waits until the mails that were asked for have left. Each changes what is told of its invitation, and so the organization.
    pub(crate) async fn mails_have_left(&self) {
        let waiting = "SELECT COUNT(*) AS waiting FROM outbox WHERE sent_at IS NULL AND dropped_at IS NULL";
        eventually("the mails to leave", async || {
            let row = sqlx::query(waiting).fetch_one(self.running.app.db.reader()).await.unwrap();
            (sqlx::Row::get::<i64, _>(&row, "waiting") == 0).then_some(())
        })
        .await;
    }

    /// Moves the clock to a second after the start of a minute. Tags of lists change every ten seconds, and a test that asks
    /// for the same list twice must not fail because it happened to start just before such a moment.
    pub(crate) fn start_of_minute(&self) {
        use domain::time::{MINUTE_MS, SECOND_MS};
        let into_minute = self.clock.now().millis() % MINUTE_MS;
        self.clock.advance(MINUTE_MS - into_minute + SECOND_MS);
    }

    pub(crate) fn setup_token(&self) -> String {
        self.running.setup_link.as_ref().unwrap().split('#').nth(1).unwrap().to_owned()
    }

    /// Sets up "Acme" and signs its Owner in.
    pub(crate) async fn owner(&self) -> Client {
        let mut client = self.nobody();
        let answer = client.post("/api/v1/setup", self.setup_body()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        client.take_session(&answer);
        client
    }

    /// As `owner`, with another profile.
    pub(crate) async fn owner_with(&self, profile: &str) -> Client {
        let mut client = self.nobody();
        let mut body = self.setup_body();
        body["profile"] = profile.into();
        let answer = client.post("/api/v1/setup", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        client.take_session(&answer);
        client
    }

    pub(crate) fn setup_body(&self) -> Value {
        json!({ "setup_token": self.setup_token(), "organization": "Acme", "profile": "default", "email": "olivia@example.com", "display_name": "Olivia Owner", "password": PASSWORD })
    }

    /// Invites one person with what `gifts` says, and has them accept. Needs no mail server.
    pub(crate) async fn member(&self, inviter: &Client, email: &str, gifts: Value) -> Client {
        let mut request = json!({ "emails": [email] });
        request.as_object_mut().unwrap().extend(gifts.as_object().cloned().unwrap_or_default());
        let results = inviter.post("/api/v1/invitations", request).await.good();
        let token = match results["results"][0]["link"].as_str() {
            Some(link) => link.split('#').nth(1).unwrap().to_owned(),
            None => token_of(&self.mailbox.as_ref().unwrap().wait(email, 1).await[0]),
        };
        self.accept(&token, "Some Body").await
    }

    /// Accepts an invitation as a new person.
    pub(crate) async fn accept(&self, token: &str, name: &str) -> Client {
        let mut client = self.nobody();
        let answer = client
            .post("/api/v1/invitations/accept", json!({ "token": token, "display_name": name, "password": PASSWORD }))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        client.take_session(&answer);
        client
    }

    /// Makes a service account as an administrator, with what `gifts` says, and a token; the account, and its program.
    pub(crate) async fn service(&self, admin: &Client, id: &str, gifts: Value) -> (Value, Program) {
        let mut request = json!({ "account_id": id, "token": { "name": "first" } });
        request.as_object_mut().unwrap().extend(gifts.as_object().cloned().unwrap_or_default());
        let made = admin.post("/api/v1/service-accounts", request).await.good();
        let program = Program::new(&self.base(), made["token"]["secret"].as_str().unwrap());
        (made["account"].clone(), program)
    }

    /// A second organization in the same database, and its Owner signed in.
    pub(crate) async fn other_organization(&self, email: &str) -> Client {
        let app = &self.running.app;
        let owner = NewOwner {
            organization: Name::parse("Other").unwrap(),
            email: EmailAddress::parse(email).unwrap(),
            name: Name::parse("Otto Other").unwrap(),
            password_hash: app.hasher.hash(&domain::password::Password::new(PASSWORD)).await.unwrap(),
        };
        let mut tx = app.db.begin().await.unwrap();
        create::organization(&mut tx, &app.profiles[0], &owner, &Actor::server(), app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut client = self.nobody();
        assert_eq!(client.sign_in(email, PASSWORD).await.status, 200);
        client
    }

    /// Stops the server and starts it again on the same data.
    pub(crate) async fn restart(self) -> Self {
        let clock = self.clock.clone();
        self.restart_at(clock).await
    }

    /// As `restart`, with another clock.
    pub(crate) async fn restart_at(self, clock: Clock) -> Self {
        self.restart_after(clock, async |_, _| {}).await
    }

    /// As `restart_at`, with something done to the data while no server runs.
    pub(crate) async fn restart_after(
        self,
        clock: Clock,
        meanwhile: impl AsyncFnOnce(&std::path::Path, &ServeOptions),
    ) -> Self {
        let Self { running, mailbox, canary, folder, options, .. } = self;
        running.stop().await;
        meanwhile(folder.path(), &options).await;
        let running = start(options.clone(), clock.clone()).await.unwrap();
        Self { running, clock, mailbox, canary, folder, options }
    }
}

/// The options of a server, as a world wants them.
pub(crate) fn serve_options(store: StoreOptions, wanted: WorldOptions) -> ServeOptions {
    ServeOptions {
        store,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: wanted.public_url,
        smtp_url: wanted.smtp_url,
        mail_from: None,
        smtp_ca_file: wanted.smtp_ca_file,
        profile: None,
        accept_new_key: false,
        session_idle_minutes: 30,
        session_hours: 12,
        trusted_proxies: wanted.is_behind_proxy.then_some([127, 0, 0, 1].into()).into_iter().collect(),
        patience: wanted.patience,
    }
}

/// A database of its own on the cluster that `cargo xtask test` started.
pub(crate) async fn new_postgres_database() -> String {
    let admin = std::env::var("ROSTER_TEST_POSTGRES_URL")
        .expect("ROSTER_TEST_POSTGRES_URL names a cluster; run: cargo xtask test api");
    let name = format!("roster_{}", server::secrets::hex(&server::random::bytes::<12>().unwrap()));
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&admin).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    connection.close().await.unwrap();
    let (server, _) = admin.split_once('?').unwrap_or((&admin, ""));
    let parts: Vec<&str> = server.splitn(4, '/').collect();
    format!("{}//{}/{name}", parts[0], parts[2])
}
