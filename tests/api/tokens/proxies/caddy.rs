//! Facts about a real Caddy.

use super::*;

fn start_with(roster: &str, product: &str, change: fn(&str) -> String) -> Proxy {
    Proxy::start(["caddy", "/usr/sbin/caddy"], |folder, port| {
        let site = manual("With Caddy:")
            .replace("product.example.com", &format!("http://127.0.0.1:{port}"))
            .replace("127.0.0.1:8080", roster.trim_start_matches("http://"))
            .replace("127.0.0.1:3000", product.trim_start_matches("http://"));
        let file = folder.join("Caddyfile");
        std::fs::write(&file, format!("{{\nadmin off\n}}\n{}", change(&site))).unwrap();
        let file = file.display().to_string();
        ["run", "--adapter", "caddyfile", "--config", &file].map(str::to_owned).to_vec()
    })
}

fn start(roster: &str, product: &str) -> Proxy {
    start_with(roster, product, str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_lets_in_and_keeps_out_as_roster_says() {
    lets_in_and_keeps_out_as_roster_says(Database::Sqlite, start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_believes_nobody_for_whom_they_act() {
    believes_nobody_for_whom_they_act(Database::Sqlite, start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_passes_on_what_kind_of_refusal_it_is() {
    passes_on_what_kind_of_refusal_it_is(|roster, product| start_with(roster, product, asking_for_accounts_view)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_passes_on_that_an_address_has_to_wait() {
    passes_on_that_an_address_has_to_wait(start).await;
}

/// The manual's sites before Roster itself, without encryption: the one of https is at the proxy's address, the plain one
/// at the port that is given.
fn start_before_roster(roster: &str, plain: u16) -> Proxy {
    Proxy::start(["caddy", "/usr/sbin/caddy"], |folder, port| {
        let site = manual("With Caddy this is all")
            .replace("http://roster.example.com", &format!("http://127.0.0.1:{plain}"))
            .replace("roster.example.com", &format!("http://127.0.0.1:{port}"))
            .replace("    tls {\n        protocols tls1.2 tls1.3\n    }\n", "")
            .replace("127.0.0.1:8080", roster.trim_start_matches("http://"));
        let file = folder.join("Caddyfile");
        std::fs::write(&file, format!("{{\nadmin off\n}}\n{site}")).unwrap();
        let file = file.display().to_string();
        ["run", "--adapter", "caddyfile", "--config", &file].map(str::to_owned).to_vec()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_keeps_what_is_for_monitoring_inside_and_redirects_people_alone() {
    let world = World::new(Database::Sqlite).await;
    let plain = free_port();
    let proxy = start_before_roster(&world.base(), plain);
    let outside = Client::new(&proxy.base);
    eventually("the proxy", async || outside.bare(Method::GET, "/healthz").send().await.ok()).await;
    for (path, expected) in
        [("/healthz", 200), ("/api/v1/setup", 200), ("/api/v1/openapi.json", 200), ("/metrics", 404), ("/readyz", 404)]
    {
        assert_eq!(outside.get(path).await.status, expected, "{path}");
    }
    let follows_nothing = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().no_proxy().redirect(follows_nothing).build().unwrap();
    let plain = Client { http, ..Client::new(&format!("http://127.0.0.1:{plain}")) };
    let page = send(plain.bare(Method::GET, "/accounts?q=a")).await;
    assert_eq!((page.status, page.headers["location"].to_str().unwrap()), (301, "https://127.0.0.1/accounts?q=a"));
    for (method, path) in [(Method::GET, "/api/v1/setup"), (Method::POST, "/api/v1/session")] {
        assert_eq!(send(plain.bare(method, path)).await.status, 403, "{path}");
    }
}
