//! Facts about a real nginx.

use std::fmt::Write;

use super::*;

/// The server block of the manual, for these addresses.
fn server_block(port: u16, roster: &str, product: &str) -> String {
    manual("With nginx:")
        .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"))
        .replace("http://127.0.0.1:8080", roster)
        .replace("http://127.0.0.1:3000", product)
        .lines()
        .filter(|line| !line.trim_start().starts_with("ssl_") && !line.trim_start().starts_with("server_name"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn start_with(roster: &str, product: &str, change: fn(&str) -> String) -> Proxy {
    Proxy::start(["/usr/sbin/nginx", "nginx"], |folder, port| {
        let folder = folder.display();
        let mut text = format!("daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n");
        text.push_str("events {}\nhttp {\naccess_log off;\n");
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            writeln!(text, "{kind}_temp_path {folder}/{kind};").unwrap();
        }
        writeln!(text, "{}\n}}", change(&server_block(port, roster, product))).unwrap();
        let file = format!("{folder}/nginx.conf");
        std::fs::write(&file, text).unwrap();
        vec!["-e".to_owned(), format!("{folder}/start.log"), "-c".to_owned(), file]
    })
}

fn start(roster: &str, product: &str) -> Proxy {
    start_with(roster, product, str::to_owned)
}

on_both! { nginx_lets_in_and_keeps_out_as_roster_says nginx_believes_nobody_for_whom_they_act }

async fn nginx_lets_in_and_keeps_out_as_roster_says(database: Database) {
    lets_in_and_keeps_out_as_roster_says(database, start).await;
}

async fn nginx_believes_nobody_for_whom_they_act(database: Database) {
    believes_nobody_for_whom_they_act(database, start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_passes_on_what_kind_of_refusal_it_is() {
    passes_on_what_kind_of_refusal_it_is(|roster, product| start_with(roster, product, asking_for_accounts_view)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_passes_on_that_an_address_has_to_wait() {
    passes_on_that_an_address_has_to_wait(start).await;
}
