//! Facts about connections whose clients are slow: each ends by itself, and others are served meanwhile.

use std::time::Duration;

use server::http::patience::Patience;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::support::{Database, World, WorldOptions, eventually};

/// As many as the security bar asks for.
const CONNECTIONS: usize = 1_000;
/// A limit that is short for a test, and long beside what an answer takes.
const SHORT: Duration = Duration::from_millis(800);
/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);
const PATIENT: Patience = Patience { head: LONG, idle: LONG, request: LONG, write: LONG };

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
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_take_nothing_end_and_others_are_served() {
    /// Together more than the buffers of both sides hold.
    const REQUESTS: usize = 400;
    const READERS: usize = 20;
    let world = world(Patience { write: SHORT, ..PATIENT }).await;
    let request = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(REQUESTS);
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(world.running.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        readers.push(stream);
    }
    assert!(is_serving(&world).await);
    for mut stream in readers {
        eventually("the end of an answer that nobody takes", async || stream.write_all(b"x").await.err()).await;
    }
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
