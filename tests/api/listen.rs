//! Facts about connections whose clients are slow: each ends by itself, and others are served meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use server::http::crowd::Crowd;
use server::http::listen;
use server::http::patience::Patience;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::{Database, World, WorldOptions, eventually};

/// As many as the security bar asks for.
const CONNECTIONS: usize = 1_000;
/// A limit that is short for a test, and long beside what an answer takes.
const SHORT: Duration = Duration::from_millis(800);
/// Of 60 KB and more each.
const LARGE_ANSWERS: usize = 400;
/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);
const PATIENT: Patience = Patience { head: LONG, idle: LONG, request: LONG, write: LONG, lag: LONG, rate: 1 };

async fn world(patience: Patience) -> World {
    World::with(Database::Sqlite, WorldOptions { patience, ..WorldOptions::default() }).await
}

async fn connect(world: &World, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.running.address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

async fn crowd(world: &World, text: &str) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        streams.push(connect(world, text).await);
    }
    streams
}

/// A listener without a world behind it, which stops with the sender.
async fn listening(router: Router, patience: Patience, crowd: Crowd) -> (SocketAddr, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(listen::serve(listener, router, patience, crowd, stopped));
    (address, stop)
}

/// All that still comes, until the server ends the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer of `GET /healthz`, the connection staying open.
async fn healthy(stream: &mut TcpStream) {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\nok\n") {
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "{}", String::from_utf8_lossy(&bytes));
    }
}

async fn is_serving(world: &World) -> bool {
    let asked = async { world.nobody().get("/readyz").await.status == 200 };
    timeout(Duration::from_secs(5), asked).await.unwrap_or(false)
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_end_and_others_are_served() {
    let world = world(Patience { head: SHORT, ..PATIENT }).await;
    let mut trickle = connect(&world, "GET / HTTP/1.1\r\nX: ").await;
    let crowd = crowd(&world, "GET / HTTP/1.1\r\nHost: x\r\n").await;
    assert!(is_serving(&world).await);
    eventually("the end of a head that never stops", async || trickle.write_all(b"x").await.err()).await;
    for mut stream in crowd {
        assert_eq!(rest(&mut stream).await, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_end_and_others_are_served() {
    let world = world(Patience { request: SHORT, ..PATIENT }).await;
    let head =
        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{";
    let crowd = crowd(&world, head).await;
    assert!(is_serving(&world).await);
    for mut stream in crowd {
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"code\":\"timeout\""), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_that_takes_too_long_promises_nothing() {
    let world = world(Patience { request: SHORT, ..PATIENT }).await;
    let lock = world.running.app.db.begin().await.unwrap();
    let late = world.nobody().post("/api/v1/setup", world.setup_body()).await;
    assert_eq!((late.status, late.code().as_str()), (503, "unavailable"));
    let detail = late.body()["detail"].as_str().unwrap().to_owned();
    assert!(!detail.contains("Nothing was changed") && !detail.contains("database"), "{detail}");
    lock.rollback().await.unwrap();
}

/// Asks for more at once than the buffers of both sides hold.
async fn slow_reader(world: &World) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(world.running.address).await.unwrap();
    let request = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(LARGE_ANSWERS);
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_take_nothing_end_and_others_are_served() {
    const READERS: usize = 20;
    let world = world(Patience { write: SHORT, ..PATIENT }).await;
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(slow_reader(&world).await);
    }
    assert!(is_serving(&world).await);
    for mut stream in readers {
        eventually("the end of an answer that nobody takes", async || stream.write_all(b"x").await.err()).await;
    }
}

/// However much a client asks for at once, no more is answered than it takes, but for what buffers hold.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_for_a_slow_reader_are_not_answered() {
    const OCTETS: usize = 1024 * 1024;
    /// More than the buffers of the system hold of such answers.
    const ANSWERED_MAX: usize = 20;
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    let answer = move || {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::ready(vec![b'x'; OCTETS])
    };
    let (address, _stop) =
        listening(Router::new().route("/", get(answer)), Patience { write: SHORT, ..PATIENT }, Crowd::new(1, |_| true))
            .await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(LARGE_ANSWERS);
    stream.write_all(request.as_bytes()).await.unwrap();
    eventually("the end of answers that nobody takes", async || stream.write_all(b"x").await.err()).await;
    let answered = answered.load(Ordering::Relaxed);
    assert!((1..=ANSWERED_MAX).contains(&answered), "{answered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_take_a_little_now_and_then_end() {
    let world = world(Patience { lag: SHORT, rate: u32::MAX, ..PATIENT }).await;
    let mut stream = slow_reader(&world).await;
    eventually("the end of an answer that is taken too slowly", async || stream.read(&mut [0; 4_096]).await.err())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_whose_answer_was_taken_slowly_ends_when_it_idles() {
    /// More than the buffers of both sides hold.
    const OCTETS: usize = 32 * 1024 * 1024;
    let router = Router::new().route("/", get(async || vec![b'x'; OCTETS]));
    let (address, _stop) = listening(router, Patience { idle: SHORT, ..PATIENT }, Crowd::new(1, |_| true)).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let taken = timeout(Duration::from_secs(30), rest(&mut stream)).await;
    assert_eq!(taken.map(|text| text.matches('x').count()), Ok(OCTETS));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_take_every_place() {
    let router = Router::new().route("/healthz", get(async || "ok\n"));
    let (address, _stop) = listening(router, PATIENT, Crowd::new(2, |_| false)).await;
    let connect = || TcpStream::connect(address);
    let (mut first, mut second) = (connect().await.unwrap(), connect().await.unwrap());
    healthy(&mut first).await;
    healthy(&mut second).await;
    assert_eq!(rest(&mut connect().await.unwrap()).await, "", "there is no third");
    drop(second);
    eventually("the place that became free", async || {
        let mut third = connect().await.ok()?;
        third.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.ok()?;
        rest(&mut third).await.ends_with("ok\n").then_some(())
    })
    .await;
    healthy(&mut first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_timed_from_its_first_octet_alone() {
    let world = world(Patience { head: Duration::from_millis(50), ..PATIENT }).await;
    world.owner().await;
    let mut stream = TcpStream::connect(world.running.address).await.unwrap();
    for _ in 0..3 {
        let idling = timeout(Duration::from_millis(150), stream.read_u8()).await;
        assert!(idling.is_err(), "neither a long answer nor a pause is a slow head");
        healthy(&mut stream).await;
    }
    stream.write_all(b"GET").await.unwrap();
    assert_eq!(rest(&mut stream).await, "", "and every head is timed");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_end() {
    let world = world(Patience { idle: SHORT, ..PATIENT }).await;
    let (mut new, mut used) = (connect(&world, "").await, connect(&world, "").await);
    healthy(&mut used).await;
    assert_eq!((rest(&mut new).await, rest(&mut used).await), (String::new(), String::new()));
}
