//! `/healthz`, `/readyz` and `/metrics`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use super::route::{Needs, Route};
use crate::app::App;
use crate::store::is_answering;

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Needs::Nobody, "The process runs", healthy).gives_text(),
        Route::get("/readyz", Needs::Nobody, "The database answers, and takes writes", ready).always_gives_text(),
        Route::get("/metrics", Needs::Nobody, "Numbers for Prometheus", metrics).gives_text(),
    ]
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn ready(State(app): State<App>) -> impl IntoResponse {
    if is_answering(&app.db, app.clock.now()).await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
    }
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}
