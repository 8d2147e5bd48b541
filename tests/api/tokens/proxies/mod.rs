//! Facts about a real nginx before a small product: what `docs/OPERATING.md` shows works as it is written there.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use domain::tokens::ON_BEHALF_HEADER;
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use super::{generate, path, tokens_of};
use crate::support::{Client, Database, Program, World, eventually, on_both, send};

/// The configuration that the documentation shows, between its marks.
const MANUAL: &str = include_str!("../../../docs/OPERATING.md");

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

/// An nginx of its own, while it lives.
struct Nginx {
    child: Child,
    _folder: TempDir,
    base: String,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The server block of the manual, for these addresses.
fn server_block(port: u16, roster: &str, product: &str) -> String {
    let start = MANUAL.find("```nginx\n").unwrap() + "```nginx\n".len();
    let block = MANUAL[start..].split("```").next().unwrap();
    block
        .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"))
        .replace("http://127.0.0.1:8080", roster)
        .replace("http://127.0.0.1:3000", product)
        .lines()
        .filter(|line| !line.trim_start().starts_with("ssl_") && !line.trim_start().starts_with("server_name"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn start_nginx(roster: &str, product: &str) -> Nginx {
    start_nginx_with(roster, product, |block| block)
}

fn start_nginx_with(roster: &str, product: &str, change: impl Fn(String) -> String) -> Nginx {
    let folder = TempDir::new().unwrap();
    let port = free_port();
    let text = format!(
        "daemon off;\nmaster_process off;\npid {0}/pid;\nerror_log {0}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n\
         client_body_temp_path {0}/body;\nproxy_temp_path {0}/proxy;\nfastcgi_temp_path {0}/fastcgi;\nuwsgi_temp_path {0}/uwsgi;\n\
         scgi_temp_path {0}/scgi;\n{1}\n}}\n",
        folder.path().display(),
        change(server_block(port, roster, product))
    );
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, text).unwrap();
    let program =
        ["/usr/sbin/nginx", "nginx"].into_iter().find(|program| Command::new(program).arg("-v").output().is_ok());
    let program = program.expect("nginx is there; cargo xtask test installs it");
    let child = Command::new(program)
        .arg("-e")
        .arg(folder.path().join("start.log"))
        .arg("-c")
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Nginx { child, _folder: folder, base: format!("http://127.0.0.1:{port}") }
}

/// A product that says what it was told about who asks.
async fn start_product() -> String {
    let answer = |headers: HeaderMap| async move {
        let told = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned();
        HEADERS.map(told).join(" ")
    };
    let router = Router::new().route("/", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

on_both! { nginx_lets_in_and_keeps_out_as_roster_says nginx_believes_nobody_for_whom_they_act }

async fn nginx_lets_in_and_keeps_out_as_roster_says(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let (account, program) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    let nginx = start_nginx(&world.base(), &start_product().await);
    let through = Program::new(&nginx.base, &program.secret);
    let let_in = eventually("nginx", async || {
        // For whom it acts a client may say, and is believed where Roster lets it: that is another test's.
        let forged = HEADERS.into_iter().filter(|name| *name != "authorization" && *name != ON_BEHALF_HEADER);
        let request = forged.fold(through.request(Method::GET, "/"), |request, name| request.header(name, "forged"));
        let answer = request.send().await.ok()?;
        (answer.status() == 200).then_some(answer.text().await.ok()?)
    })
    .await;
    let organization = owner.get("/api/v1/session").await.good()["organization"]["id"].as_str().unwrap().to_owned();
    let told = format!("sa::ci {} service {organization} audit.view - - -", account["id"].as_str().unwrap());
    assert_eq!(let_in, told, "and what a client says of itself is not believed");
    let nobody = send(Client::new(&nginx.base).bare(Method::GET, "/")).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.headers["www-authenticate"], "Bearer realm=\"roster\"");
    let wrong = Program::new(&nginx.base, "rsts_wrong").get("/").await;
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

async fn nginx_believes_nobody_for_whom_they_act(database: Database) {
    let world = World::new(database).await;
    let owner = world.owner().await;
    let ana = world.member(&owner, "ana@example.com", json!({ "permissions": ["audit.view"] })).await;
    let (account, plain) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    let new = json!({ "name": "for", "on_behalf": true });
    let (_, may) = generate(&world, &owner, &tokens_of(&account), new).await;
    let nginx = start_nginx(&world.base(), &start_product().await);
    let through = async |secret: &str| {
        let program = Program::new(&nginx.base, secret);
        send(program.request(Method::GET, "/").header(ON_BEHALF_HEADER, "ana@example.com")).await
    };
    eventually("nginx", async || Client::new(&nginx.base).bare(Method::GET, "/").send().await.ok()).await;
    let told = through(&may.secret).await;
    assert_eq!(told.status, 200, "{}", told.text);
    assert!(told.text.ends_with(&format!(" audit.view ana@example.com {} -", ana.id().await)), "{}", told.text);
    assert_eq!(through(&plain.secret).await.status, 401, "one that may not is refused");
    let session = ana.request(Method::GET, "/api/v1/forward-auth").header(ON_BEHALF_HEADER, "olivia@example.com");
    assert_eq!(send(session).await.status, 400, "and a person who is signed in acts for nobody else");
}

/// The manual's block, asked for a permission behind the address.
#[tokio::test(flavor = "multi_thread")]
async fn nginx_passes_on_what_kind_of_refusal_it_is() {
    let world = World::new(Database::Sqlite).await;
    let owner = world.owner().await;
    let (_, program) = world.service(&owner, "ci", json!({ "permissions": ["audit.view"] })).await;
    let product = start_product().await;
    let nginx = start_nginx_with(&world.base(), &product, |block| {
        block.replace("/api/v1/forward-auth;", "/api/v1/forward-auth?permission=accounts.view;")
    });
    let through = Program::new(&nginx.base, &program.secret);
    let refused = eventually("nginx", async || {
        let answer = through.request(Method::GET, "/").send().await.ok()?;
        (answer.status() == 403).then_some(answer)
    })
    .await;
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("accounts.view"), "{challenge}");
}
