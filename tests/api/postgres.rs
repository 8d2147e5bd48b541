//! Facts about PostgreSQL as it is found: what it is set to, who asks it, what lies between, and what becomes of it later.

mod durability;
mod encryption;
mod outage;
mod pooler;
mod privileges;
mod refused;

use serde_json::json;
use server::clock::Clock;
use server::commands::serve::start;
use server::options::StoreOptions;
use tempfile::TempDir;

use crate::support::{Client, World, WorldOptions, serve_options};

/// Why the server does not start on a database.
async fn refusal(url: &str) -> String {
    let folder = TempDir::new().unwrap();
    let store =
        StoreOptions { data_dir: folder.path().to_owned(), database_url: Some(url.to_owned()), secret_key_file: None };
    match start(serve_options(store, WorldOptions::default()), Clock::default()).await {
        Ok(running) => {
            running.stop().await;
            "it started".to_owned()
        }
        Err(error) => error,
    }
}

/// How the server answers to being asked whether it is ready, to reading, and to writing; the code of a refusal.
async fn answers(world: &World, owner: &Client) -> (u16, u16, u16, String) {
    let ready = world.nobody().get("/readyz").await.status;
    let read = owner.get("/api/v1/groups").await.status;
    let name = server::secrets::hex(&server::random::bytes::<6>().unwrap());
    let write = owner.post("/api/v1/groups", json!({ "name": name })).await;
    (ready, read, write.status, write.code())
}

/// The answers where all is well, and where nothing can be written.
fn healthy() -> (u16, u16, u16, String) {
    (200, 200, 201, String::new())
}

fn takes_no_writes() -> (u16, u16, u16, String) {
    (503, 200, 503, "unavailable".to_owned())
}
