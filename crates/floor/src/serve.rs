//! `serve`: bare axum routes over fixed bytes, and the page written by hand.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::store::Store;

const PAGE: &str = include_str!("../page/index.html");
const SCRIPT: &str = include_str!("../page/page.js");

#[derive(Args)]
pub(crate) struct Options {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The bytes of the list's first page, as Roster answered them.
    #[arg(long)]
    list: PathBuf,
    /// The text that finds something.
    #[arg(long)]
    search: String,
    /// The bytes of what it finds.
    #[arg(long)]
    found: PathBuf,
    /// The bytes of a short answer.
    #[arg(long)]
    answer: PathBuf,
    /// A database file that Roster made.
    #[arg(long)]
    database: PathBuf,
}

#[derive(Clone)]
struct Floor {
    list: Bytes,
    search: String,
    found: Bytes,
    answer: Bytes,
    store: Store,
}

#[derive(serde::Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
}

#[derive(serde::Deserialize)]
struct Page {
    #[serde(default)]
    skip: u32,
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(serve(options))
}

async fn serve(options: &Options) -> Result<(), String> {
    let read =
        |path: &PathBuf| std::fs::read(path).map(Bytes::from).map_err(|error| format!("{}: {error}", path.display()));
    let store = Store::open(&options.database).await.map_err(|error| error.to_string())?;
    let floor = Floor {
        list: read(&options.list)?,
        search: options.search.clone(),
        found: read(&options.found)?,
        answer: read(&options.answer)?,
        store,
    };
    let router = Router::new()
        .route("/", get(async || typed(PAGE, "text/html; charset=utf-8", "no-cache")))
        .route(
            "/page.js",
            get(async || typed(SCRIPT, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable")),
        )
        .route("/healthz", get(async || "ok\n"))
        .route("/bare", get(bare))
        .route("/constant", post(constant).get(constant))
        .route("/query", get(query))
        .route("/data", get(data))
        .with_state(floor);
    let listener = TcpListener::bind(options.listen).await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    println!("Listening on http://{address}");
    tokio::select! {
        served = axum::serve(listener, router) => served.map_err(|error| error.to_string()),
        _ = terminate.recv() => Ok(()),
    }
}

fn typed(body: impl IntoResponse, media_type: &'static str, cache: &'static str) -> Response {
    ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, cache)], body).into_response()
}

fn json(bytes: Bytes) -> Response {
    typed(bytes, "application/json", "no-store")
}

async fn bare(State(floor): State<Floor>) -> Response {
    json(floor.list)
}

/// Reads the body, as whoever answers a question has to.
async fn constant(State(floor): State<Floor>, _question: Bytes) -> Response {
    json(floor.answer)
}

async fn query(State(floor): State<Floor>, Query(page): Query<Page>) -> Response {
    match floor.store.count_rows(page.skip).await {
        Ok(1..) => json(floor.list),
        Ok(0) => (StatusCode::INTERNAL_SERVER_ERROR, "no rows").into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn data(State(floor): State<Floor>, Query(search): Query<Search>) -> Response {
    json(if search.q == floor.search { floor.found } else { floor.list })
}
