//! Facts about real proxies before a small product: what `docs/OPERATING.md` shows works as it is written there.

mod caddy;
mod nginx;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::http::{HeaderMap, HeaderName};
use axum::routing::get;
use domain::tokens::ON_BEHALF_HEADER;
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use super::{generate, path, tokens_of};
use crate::support::{Client, Database, Program, World, WorldOptions, eventually, on_both, send};

/// The configurations that the documentation shows, between its marks.
const MANUAL: &str = include_str!("../../../../docs/OPERATING.md");

/// What the product is told about who asks; and the token, which it is not told.
const HEADERS: [&str; 8] = [
    "x-roster-account",
    "x-roster-account-id",
    "x-roster-account-kind",
    "x-roster-organization-id",
    "x-roster-permissions",
    "x-roster-on-behalf-of",
    "x-roster-on-behalf-of-id",
    "authorization",
];

/// How a proxy is started before a product, both given by their addresses.
type Start = fn(roster: &str, product: &str) -> Proxy;

/// A proxy of its own, while it lives.
struct Proxy {
    child: Child,
    _folder: TempDir,
    base: String,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Proxy {
    /// Starts a program with arguments that take the folder of its files and the port it listens at.
    fn start(names: [&str; 2], arguments: impl FnOnce(&Path, u16) -> Vec<String>) -> Self {
        let (folder, port) = (TempDir::new().unwrap(), free_port());
        let arguments = arguments(folder.path(), port);
        let is_there = |name: &&str| Command::new(name).arg("version").output().is_ok();
        let name = names.into_iter().find(is_there).expect("the proxy is there; cargo xtask test installs it");
        let mut command = Command::new(name);
        command.args(arguments).current_dir(folder.path()).env("HOME", folder.path());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { child, _folder: folder, base: format!("http://127.0.0.1:{port}") }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The block of the manual that stands below a sentence.
fn manual(sentence: &str) -> &'static str {
    let below = &MANUAL[MANUAL.find(sentence).unwrap()..];
    below.split("```").nth(1).unwrap().split_once('\n').unwrap().1
}

/// A product that says what it was told about who asks.
async fn start_product() -> String {
    let answer = |headers: HeaderMap| async move {
        // As a product reads them that takes an underscore for a hyphen.
        let folded = |name: &str| -> Vec<&str> {
            let is_it = |(known, _): &(&HeaderName, _)| known.as_str().replace('_', "-") == name;
            headers.iter().filter(is_it).filter_map(|(_, value)| value.to_str().ok()).collect()
        };
        let told = |name: &str| match &folded(name)[..] {
            [] => "-".to_owned(),
            all => all.join("+"),
        };
        HEADERS.map(told).join(" ")
    };
    let router = Router::new().route("/", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn lets_in_and_keeps_out_as_roster_says(database: Database, start: Start) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, program) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    let proxy = start(&world.base(), &start_product().await);
    let through = Program::new(&proxy.base, &program.secret);
    let let_in = eventually("the proxy", async || {
        // For whom it acts a client may say, and is believed where Roster lets it: that is another test's.
        let forged = HEADERS.into_iter().filter(|name| *name != "authorization" && *name != ON_BEHALF_HEADER);
        let request = forged.fold(through.request(Method::GET, "/"), |request, name| {
            let other = [name.replace('-', "_"), name.replacen('-', "_", 1), name.replace("x-roster-", "x-roster_")];
            other.into_iter().fold(request.header(name, "forged"), |request, name| request.header(name, "forged"))
        });
        let answer = request.send().await.ok()?;
        (answer.status() == 200).then_some(answer.text().await.ok()?)
    })
    .await;
    let organization = owner.get("/api/v1/session").await.good()["organization"]["id"].as_str().unwrap().to_owned();
    let told = format!("sa::ci {} service {organization} audit.view - - -", account["id"].as_str().unwrap());
    assert_eq!(let_in, told, "and what a client says of itself is not believed");
    let queried = through.get("/?permission=roles.manage&a=1").await;
    assert_eq!(
        (queried.status, queried.text),
        (200, told.clone()),
        "what the client asks the product is not asked of Roster"
    );
    for names in ["x-roster-account, X-Roster-Permissions", "close, X-ROSTER-ACCOUNT-ID"] {
        let hop = send(through.request(Method::GET, "/").header("connection", names)).await;
        assert_eq!((hop.status, hop.text), (200, told.clone()), "a client takes nothing away: {names}");
    }
    let nobody = send(Client::new(&proxy.base).bare(Method::GET, "/")).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.headers["www-authenticate"], "Bearer realm=\"roster\"");
    let wrong = Program::new(&proxy.base, "rsts_wrong").get("/").await;
    assert_eq!(wrong.status, 401);
    let at = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    owner.change(Method::PATCH, &at, 1, Some(json!({ "status": "deactivated" }))).await.good();
    assert_eq!(through.get("/").await.status, 401, "deactivated");
    owner.change(Method::PATCH, &at, 2, Some(json!({ "status": "active" }))).await.good();
    assert_eq!(through.get("/").await.status, 200);
    let token = owner.get(&tokens_of(&account)).await.good()["items"][0].clone();
    send(owner.request(Method::DELETE, &path(&token))).await;
    assert_eq!(through.get("/").await.status, 401, "revoked");
}

async fn believes_nobody_for_whom_they_act(database: Database, start: Start) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "permissions": ["audit.view"] })).await;
    let (account, plain) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    let new = json!({ "name": "for", "on_behalf": true });
    let (_, may) = generate(&world, &owner, &tokens_of(&account), new).await;
    let proxy = start(&world.base(), &start_product().await);
    let through = async |secret: &str| {
        let program = Program::new(&proxy.base, secret);
        send(program.request(Method::GET, "/").header(ON_BEHALF_HEADER, "ana@example.com")).await
    };
    eventually("the proxy", async || Client::new(&proxy.base).bare(Method::GET, "/").send().await.ok()).await;
    let told = through(&may.secret).await;
    assert_eq!(told.status, 200, "{}", told.text);
    assert!(told.text.ends_with(&format!(" audit.view ana@example.com {} -", ana.id().await)), "{}", told.text);
    assert_eq!(through(&plain.secret).await.status, 401, "one that may not is refused");
    let session = ana.request(Method::GET, "/api/v1/forward-auth").header(ON_BEHALF_HEADER, "olivia@example.com");
    assert_eq!(send(session).await.status, 400, "and a person who is signed in acts for nobody else");
}

/// The proxy is named to Roster, and each client has an address of its own there.
async fn passes_on_that_an_address_has_to_wait(start: Start) {
    let options = WorldOptions { is_behind_proxy: true, ..WorldOptions::default() };
    let world = World::with(Database::Sqlite, options).await;
    let proxy = start(&world.base(), &start_product().await);
    let wrong = Program::new(&proxy.base, "rsts_wrong");
    let first = eventually("the proxy", async || wrong.request(Method::GET, "/").send().await.ok()).await;
    assert_eq!(first.status(), 401);
    let slowed = eventually("the limit of wrong tokens", async || {
        let answer = wrong.get("/").await;
        (answer.status != 401).then_some(answer)
    })
    .await;
    assert_eq!(slowed.status, 429, "{}", slowed.text);
    assert!(slowed.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
}

async fn passes_on_what_kind_of_refusal_it_is(start: Start) {
    let world = World::new(Database::Sqlite).await;
    let owner = world.owner().await;
    let (_, program) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    let proxy = start(&world.base(), &start_product().await);
    let through = Program::new(&proxy.base, &program.secret);
    let refused = eventually("the proxy", async || {
        let answer = through.request(Method::GET, "/").send().await.ok()?;
        (answer.status() == 403).then_some(answer)
    })
    .await;
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("accounts.view"), "{challenge}");
}

/// The block, asked for a permission behind the address.
fn asking_for_accounts_view(block: &str) -> String {
    block.replace("forward-auth?", "forward-auth").replacen(
        "/api/v1/forward-auth",
        "/api/v1/forward-auth?permission=accounts.view",
        1,
    )
}
