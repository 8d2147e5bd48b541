//! Listens: connections with their limits, and a stop that finishes what is in flight.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::crowd::Crowd;
use super::patience::{Answer, Patience, PatientStream, Turns};
use super::unread::AnsweringStream;

/// The longest head of a request, in octets.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// The most headers of a request.
const HEADERS_MAX: usize = 100;
/// How long requests in flight get when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(25);
/// Connections open at once; more wait to be taken.
const CONNECTIONS_MAX: u32 = 4_096;
/// Open files kept for all that is no connection: the database, the mail server, the console's readers.
const OTHER_FILES_MAX: u32 = 128;

/// Connections for which the system lets this process open files. Its limit is raised as far as is needed and allowed:
/// the usual one of 1,024 is soon used up by clients that only wait.
fn connections_max() -> usize {
    let wanted = u64::from(CONNECTIONS_MAX + OTHER_FILES_MAX);
    let limit = getrlimit(Resource::Nofile);
    let raised = limit.maximum.map_or(wanted, |most| most.min(wanted));
    let mut files = limit.current.unwrap_or(wanted);
    if files < raised && setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum }).is_ok() {
        files = raised;
    }
    let most = files.min(wanted).saturating_sub(u64::from(OTHER_FILES_MAX));
    usize::try_from(most).unwrap_or_default().max(1)
}

/// Serves until `stop` turns true; then takes no more connections and finishes what is in flight.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    crowd: Crowd,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(connections_max()));
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(crowd_place) = crowd.enter(peer.ip()) else {
                    metrics::counter!("roster_connections_refused_total").increment(1);
                    continue;
                };
                let connection = connection(stream, peer, router.clone(), patience);
                let watched = graceful.watch(connection);
                tokio::spawn(async move {
                    // A client that breaks its connection off is its own affair.
                    let _ = watched.await;
                    drop((place, crowd_place));
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(STOP_WITHIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight after {} seconds", STOP_WITHIN.as_secs());
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
) -> http1::Connection<
    TokioIo<AnsweringStream<PatientStream>>,
    impl hyper::service::HttpService<Incoming, ResBody = Answer, Future: Send, Error = std::convert::Infallible>,
> {
    let _ = stream.set_nodelay(true);
    let turns = Turns::default();
    let stream = AnsweringStream::new(PatientStream::new(stream, patience, turns.clone()), router.clone(), peer);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let turn = turns.begin();
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = router.clone().oneshot(request.map(axum::body::Body::new));
        async move { answered.await.map(|response| response.map(|body| Answer::new(body, turn))) }
    });
    // The stream has the limits of time; hyper's own would count idling and the head together.
    http1::Builder::new()
        .header_read_timeout(None)
        // A client that has sent all it has to say still waits for the answer.
        .half_close(true)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
}
