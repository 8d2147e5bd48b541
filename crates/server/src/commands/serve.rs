//! `roster serve`: opens the database, starts the worker and the listener, and stops them in order.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Method};
use axum::middleware::from_fn;
use domain::session::SessionLimits;
use domain::time::{HOUR_MS, MINUTE_MS};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;

use super::{opening, profiles, time};
use crate::app::{App, AppParts};
use crate::audit::store::sealing::OtherKey;
use crate::caller::token;
use crate::clock::Clock;
use crate::exposure::{listen_warning, mail_warning};
use crate::failure::Failure;
use crate::http::arrival::Arrival;
use crate::http::crowd::Crowd;
use crate::http::{console, headers, listen, route};
use crate::log::{self, Lines};
use crate::options::ServeOptions;
use crate::outbox::mail::Mailer;
use crate::outbox::worker;
use crate::passwords::Hasher;
use crate::session::refused;
use crate::{invitations, setup};

/// How often it is looked whether the set-up link has ended.
const LOOK_FOR_SET_UP_EVERY: Duration = Duration::from_secs(60);

/// A server that runs.
pub struct Running {
    pub app: App,
    pub address: SocketAddr,
    /// The one-time link, where nothing is set up yet.
    pub setup_link: Option<String>,
    stop: watch::Sender<bool>,
    listener: JoinHandle<()>,
    worker: JoinHandle<()>,
}

impl Running {
    /// Stops: what is in flight is finished, mails not yet sent are given back, the database is closed.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.listener.await;
        let _ = self.worker.await;
        refused::write_all(&self.app).await;
        self.app.db.close().await;
    }
}

/// Serves until it is told to stop.
///
/// # Errors
/// When it cannot start, in words for the operator.
pub async fn run(options: ServeOptions) -> Result<(), String> {
    let log = log::start().map_err(|error| format!("standard error: {error}"))?;
    let output = Lines::to_standard_output().map_err(|error| format!("standard output: {error}"))?;
    let served = serve(options, &output).await;
    output.flush(log::FLUSH_WITHIN);
    log.flush(log::FLUSH_WITHIN);
    served
}

async fn serve(options: ServeOptions, output: &Lines) -> Result<(), String> {
    let running = start(options, Clock::default()).await?;
    if let Some(link) = &running.setup_link {
        output.say(&format!("Set up: {link}"));
    }
    output.say(&format!("Listening on http://{}", running.address));
    let mut signal = std::pin::pin!(wait_for_signal());
    loop {
        tokio::select! {
            told = &mut signal => break told?,
            () = tokio::time::sleep(LOOK_FOR_SET_UP_EVERY) => tell_new_link(&running.app, output).await,
        }
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Where nothing is set up yet and the link has ended, the next one is printed.
async fn tell_new_link(app: &App, output: &Lines) {
    match setup::next_link(app).await {
        Ok(Some(link)) => output.say(&format!("Set up: {link}")),
        Ok(None) => {}
        Err(failure) => tracing::warn!(?failure, "whether the set-up link has ended was not read"),
    }
}

async fn wait_for_signal() -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Says in the log what travels where others could read it.
fn warn_of_exposure(options: &ServeOptions) {
    let mail = options.smtp_url.as_deref().and_then(|url| mail_warning(url, options.smtp_ca_file.is_some()));
    for warning in [mail, listen_warning(options.listen, options.public_url.as_deref())].into_iter().flatten() {
        tracing::warn!("{warning}");
    }
}

/// Opens everything and begins to listen.
///
/// # Errors
/// When an option is wrong, or the database or the port cannot be opened.
pub async fn start(options: ServeOptions, clock: Clock) -> Result<Running, String> {
    warn_of_exposure(&options);
    let profiles = profiles::load(options.profile.as_deref())?;
    let other = if options.accept_new_key { OtherKey::Accepted } else { OtherKey::Refused };
    let (db, key) = opening::open_alone(&options.store, other).await?;
    time::set(&clock, &db).await?;
    let listener =
        TcpListener::bind(options.listen).await.map_err(|error| format!("--listen {}: {error}", options.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let public_url = options.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let mailer = Mailer::new(&options, &public_url)?;
    let app = App::new(AppParts {
        db,
        clock,
        key,
        public_url,
        has_mail: mailer.is_smtp(),
        profiles,
        hasher: Hasher::new().map_err(|failure| format!("{failure:?}"))?,
        attempts: Default::default(),
        token_attempts: Default::default(),
        token_look_ups: Semaphore::new(token::LOOK_UPS_BESIDE),
        tokens: Default::default(),
        sessions: Default::default(),
        held: Default::default(),
        organizations: Default::default(),
        refusals: Default::default(),
        refused_sign_ins: Default::default(),
        counts: Default::default(),
        pages: Default::default(),
        books: Default::default(),
        worlds: Default::default(),
        gate: Default::default(),
        events: Default::default(),
        session_limits: SessionLimits {
            idle_ms: i64::from(options.session_idle_minutes) * MINUTE_MS,
            absolute_ms: i64::from(options.session_hours) * HOUR_MS,
        },
        trusted_proxies: options.trusted_proxies.clone(),
        outbox_wake: Notify::new(),
        metrics: recorder()?,
    });
    invitations::record_earlier(&app).await.map_err(|failure| format!("invitations: {failure:?}"))?;
    let setup_link = setup::new_link(&app).await.map_err(|failure| format!("set-up: {failure:?}"))?;
    let (stop, stopped) = watch::channel(false);
    let patience = options.patience;
    let (mails, refusals) =
        (worker::run(app.clone(), mailer, stopped.clone()), refused::run(app.clone(), stopped.clone()));
    let worker = tokio::spawn(async move {
        tokio::join!(mails, refusals);
    });
    let crowd = Crowd::behind(options.trusted_proxies);
    let listener = tokio::spawn(listen::serve(listener, router(&app, patience.request), patience, crowd, stopped));
    Ok(Running { app, address, setup_link, stop, listener, worker })
}

/// Bounds of the numbers of requests by how long they took: from what a list costs to the limit of a request.
const SECONDS: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Numbers of this server alone; a process that runs several, as the tests do, keeps the first one's recorder.
fn recorder() -> Result<PrometheusHandle, String> {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS).map_err(|error| error.to_string())?;
    let recorder = builder.build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle)
}

/// The whole router: the API behind its guards, the console's page and files, and what stands around all of them.
fn router(app: &App, request_limit: Duration) -> Router {
    let inner = route::router(app).merge(console::pages()).fallback(console::fallback);
    stand_around(inner, app, request_limit)
}

/// What stands around every route: the limit of time, what becomes of a panic, and what all answers carry.
pub fn stand_around(inner: Router<App>, app: &App, request_limit: Duration) -> Router {
    let around = app.clone();
    inner
        .layer(from_fn(move |request, next| limits(request_limit, request, next)))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            axum::response::IntoResponse::into_response(Failure::Internal("a panic".to_owned()))
        }))
        .layer(from_fn(move |request, next| headers::around(around.clone(), request, next)))
        .with_state(app.clone())
}

/// The method as a label. A client can invent methods, and each would be a series of its own for ever.
fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Counts and times requests, ends those that take too long, and says where a connection ends with its answer.
async fn limits(
    limit: Duration,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    let route =
        request.extensions().get::<axum::extract::MatchedPath>().map_or("none", |path| path.as_str()).to_owned();
    let method = known_method(request.method());
    let (arrival, request) = Arrival::watch(request);
    let began = Instant::now();
    let response = tokio::time::timeout(limit, next.run(request)).await;
    let mut response = response.unwrap_or_else(|_| {
        let failure = if arrival.is_awaited() { Failure::SlowBody } else { Failure::TookTooLong };
        axum::response::IntoResponse::into_response(failure)
    });
    if !arrival.is_whole() {
        // hyper closes the connection, since the next request starts behind a body that nobody reads, but does not say so
        // (RFC 9112, section 9.6): the client would send its next request there, and lose it.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    metrics::histogram!("roster_request_seconds", "route" => route.clone(), "method" => method)
        .record(began.elapsed().as_secs_f64());
    metrics::counter!("roster_requests_total", "route" => route, "method" => method, "status" => response.status().as_u16().to_string()).increment(1);
    response
}
