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
