//! Facts about requests as they come over the wire: what is no request is refused as everything is that is refused.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Database, World, WorldOptions, send};

/// As the server has it: written down once more, so that a change is seen.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// What every answer carries, whatever it answers.
pub(crate) const CARRIED: [(&str, &str); 6] = [
    ("content-security-policy", CONTENT_SECURITY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
];
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// An answer as it came.
#[derive(Debug)]
struct Raw {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Raw {
    fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    fn problem(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    fn code(&self) -> String {
        self.problem()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A problem with all that answers carry, at the end of its connection.
    fn assert_is_problem(&self, status: u16, code: &str, what: &str) {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{what}: {self:?}");
        for (name, value) in CARRIED {
            assert_eq!(self.header(name), [value], "{what}");
        }
        assert_eq!(self.header("content-type"), ["application/problem+json"], "{what}");
        assert_eq!(self.header("cache-control"), ["no-store"], "{what}");
        assert_eq!(self.header("x-request-id"), [self.problem()["request_id"].as_str().unwrap()], "{what}");
        assert_eq!((self.header("x-request-id")[0].len(), self.header("date").len()), (24, 1), "{what}");
        assert_eq!(self.header("content-length"), [self.body.len().to_string()], "{what}");
        assert_eq!(self.problem()["status"], status, "{what}");
    }
}

/// Sends octets, and reads all answers until the server ends the connection.
async fn exchange(world: &World, octets: &[u8]) -> Vec<Raw> {
    let mut stream = TcpStream::connect(world.running.address).await.unwrap();
    // What the server does not read any more it need not take.
    let _ = stream.write_all(octets).await;
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read).await;
    answers(&String::from_utf8(read).unwrap())
}

fn answers(mut text: &str) -> Vec<Raw> {
    let mut found = Vec::new();
    while let Some((head, rest)) = text.split_once("\r\n\r\n") {
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers: Vec<_> = lines.map(|line| pair(line).unwrap()).collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
        let (body, rest) = rest.split_at(length);
        found.push(Raw { status, headers, body: body.to_owned() });
        text = rest;
    }
    assert_eq!(text, "");
    found
}

/// The one answer to a request that ends its connection.
async fn ask(world: &World, octets: &[u8]) -> Raw {
    let mut answers = exchange(world, octets).await;
    assert_eq!(answers.len(), 1, "{:?} {answers:?}", String::from_utf8_lossy(octets));
    answers.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn head_that_cannot_be_read_is_refused_as_all_that_is_refused() {
    let world = World::new(Database::Sqlite).await;
    let many = "X: y\r\n".repeat(101);
    let cases: [(&str, String, u16, &str); 10] = [
        ("no request", "nonsense\r\n\r\n".into(), 400, "malformed"),
        ("a method that is none", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400, "malformed"),
        ("a target that is none", "GET /\u{1} HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400, "malformed"),
        ("another version", "GET / HTTP/3.7\r\nHost: x\r\n\r\n".into(), 400, "malformed"),
        ("a header that is none", "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n".into(), 400, "malformed"),
        ("a blank before the colon", "GET / HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n".into(), 400, "malformed"),
        ("a folded header", "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n".into(), 400, "malformed"),
        ("many headers", format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), 431, "too_large"),
        ("a long head", format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "y".repeat(17_000)), 431, "too_large"),
        ("a long target", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "y".repeat(17_000)), 431, "too_large"),
    ];
    for (what, octets, status, code) in &cases {
        ask(&world, octets.as_bytes()).await.assert_is_problem(*status, code, what);
        // On a connection that has served before, and behind a request that is served.
        let before = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        let both = exchange(&world, format!("{before}{before}{octets}").as_bytes()).await;
        assert_eq!(both.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, *status], "{what}");
        assert_eq!(both[0].body, "ok\n");
        both[2].assert_is_problem(*status, code, what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_to_use_https_where_people_do() {
    let options = WorldOptions { public_url: Some("https://roster.example".into()), ..WorldOptions::default() };
    let world = World::with(Database::Sqlite, options).await;
    let plain = World::new(Database::Sqlite).await;
    let request = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    for octets in
        [request("/"), request("/api/v1/session"), request("/nothing"), request("/healthz"), "nonsense\r\n\r\n".into()]
    {
        let answer = ask(&world, octets.as_bytes()).await;
        assert_eq!(answer.header("strict-transport-security"), [HSTS], "{octets}");
        for (name, value) in CARRIED {
            assert_eq!(answer.header(name), [value], "{octets}");
        }
        assert!(ask(&plain, octets.as_bytes()).await.header("strict-transport-security").is_empty(), "{octets}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn request_names_the_host_that_it_is_for() {
    let world = World::new(Database::Sqlite).await;
    let get = |target: &str, version: &str, hosts: &[&str]| {
        let hosts: String = hosts.iter().map(|host| format!("Host:{host}\r\n")).collect();
        format!("GET {target} {version}\r\n{hosts}Connection: close\r\n\r\n")
    };
    for (target, version, hosts) in [
        ("/healthz", "HTTP/1.1", &["roster.example"][..]),
        ("/healthz", "HTTP/1.1", &[" 127.0.0.1:8080 "]),
        ("/healthz", "HTTP/1.1", &[" [::1]:8080"]),
        ("/healthz", "HTTP/1.0", &[]),
        ("http://roster.example/healthz", "HTTP/1.1", &["roster.example"]),
        ("http://roster.example/healthz", "HTTP/1.0", &[]),
    ] {
        let answer = ask(&world, get(target, version, hosts).as_bytes()).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "{target} {version} {hosts:?}");
    }
    for (target, version, hosts) in [
        ("/healthz", "HTTP/1.1", &[][..]),
        ("/healthz", "HTTP/1.1", &[""]),
        ("/healthz", "HTTP/1.1", &["a", "b"]),
        ("/healthz", "HTTP/1.1", &["a", "a"]),
        ("/healthz", "HTTP/1.0", &["a", "b"]),
        ("/healthz", "HTTP/1.1", &["a b"]),
        ("/healthz", "HTTP/1.1", &["a/b"]),
        ("/healthz", "HTTP/1.1", &["user@a"]),
        ("/healthz", "HTTP/1.1", &["a:b"]),
        ("http://roster.example/healthz", "HTTP/1.1", &[]),
        ("http://roster.example/healthz", "HTTP/1.1", &["other.example"]),
        ("/", "HTTP/1.1", &[]),
        ("/api/v1/session", "HTTP/1.1", &[]),
        ("/nothing", "HTTP/1.1", &[]),
    ] {
        let answer = ask(&world, get(target, version, hosts).as_bytes()).await;
        answer.assert_is_problem(400, "malformed", &format!("{target} {version} {hosts:?}"));
    }
}

/// Where a proxy and Roster would find another end of a request, the rest of it would be somebody else's.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_smuggled_behind_a_request_of_two_lengths() {
    let world = World::new(Database::Sqlite).await;
    let post = |version: &str, lengths: &[&str], body: &str| {
        let start = format!("POST /api/v1/session {version}\r\nHost: x\r\nContent-Type: application/json\r\n");
        format!(
            "{start}{}\r\n\r\n{body}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            lengths.join("\r\n")
        )
    };
    for (what, version, lengths) in [
        ("two lengths", "HTTP/1.1", &["Content-Length: 2", "Content-Length: 3"][..]),
        ("a list of lengths", "HTTP/1.1", &["Content-Length: 2, 3"]),
        ("a sign", "HTTP/1.1", &["Content-Length: +2"]),
        ("hexadecimal", "HTTP/1.1", &["Content-Length: 0x2"]),
        ("chunked, and then not", "HTTP/1.1", &["Transfer-Encoding: chunked, identity"]),
        ("not chunked", "HTTP/1.1", &["Transfer-Encoding: gzip"]),
        ("packed, and then chunked", "HTTP/1.1", &["Transfer-Encoding: gzip, chunked"]),
        ("chunked twice", "HTTP/1.1", &["Transfer-Encoding: chunked, chunked"]),
        ("chunked in two lines", "HTTP/1.1", &["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]),
        ("chunked by another name", "HTTP/1.1", &["Transfer-Encoding: xchunked"]),
        ("chunked in HTTP/1.0", "HTTP/1.0", &["Transfer-Encoding: chunked"]),
        ("a blank before the colon", "HTTP/1.1", &["Transfer-Encoding : chunked"]),
        ("in another line", "HTTP/1.1", &["X: y", " Transfer-Encoding: chunked"]),
    ] {
        let answer = ask(&world, post(version, lengths, "{}").as_bytes()).await;
        answer.assert_is_problem(400, "malformed", what);
    }
    // Of a length beside chunks the chunks are read, as RFC 9112 has it, and nothing more on that connection.
    for lengths in
        [["Content-Length: 4", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 4"]]
    {
        let answer = ask(&world, post("HTTP/1.1", &lengths, "2\r\n{}\r\n0\r\n\r\n").as_bytes()).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{lengths:?}");
        assert_eq!(answer.header("connection"), ["close"], "{lengths:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn body_that_is_broken_is_not_called_too_large() {
    let world = World::new(Database::Sqlite).await;
    let post = |path: &str, kind: &str, body: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n{body}")
    };
    for body in ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}xx0\r\n\r\n", "-1\r\n", "2\n{}\n0\n\n", "fffffffffffffffff\r\n{}"] {
        for path in ["/api/v1/session", "/api/v1/invitations/preview", "/api/v1/setup"] {
            let answer = ask(&world, post(path, "application/json", body).as_bytes()).await;
            answer.assert_is_problem(400, "malformed", body);
        }
        let form = ask(&world, post("/api/v1/revoke", "application/x-www-form-urlencoded", body).as_bytes()).await;
        assert_eq!((form.status, form.problem()["error"].as_str()), (400, Some("invalid_request")), "{body}");
    }
    let large = format!("{:x}\r\n{}\r\n0\r\n\r\n", 70_000, "x".repeat(70_000));
    let answer = ask(&world, post("/api/v1/session", "application/json", &large).as_bytes()).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
    let announced =
        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n\r\n";
    assert_eq!(ask(&world, announced.as_bytes()).await.status, 413, "nobody waits for what will not be read");
}

#[tokio::test(flavor = "multi_thread")]
async fn body_that_is_packed_is_not_taken() {
    let world = World::new(Database::Sqlite).await;
    let owner = world.owner().await;
    let ask = async |coding: &'static str| {
        let request = owner.request(Method::POST, "/api/v1/groups").header("content-encoding", coding);
        send(request.json(&json!({ "name": "Packed" }))).await
    };
    assert_eq!((ask("gzip").await.status, ask("identity").await.status), (415, 201));
}

#[tokio::test(flavor = "multi_thread")]
async fn client_that_has_sent_all_gets_its_answer() {
    let world = World::new(Database::Sqlite).await;
    let body = json!({ "email": "olivia@example.com", "password": "not this one" }).to_string();
    let head = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length:";
    for _ in 0..5 {
        let mut stream = TcpStream::connect(world.running.address).await.unwrap();
        stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut read = Vec::new();
        stream.read_to_end(&mut read).await.unwrap();
        assert_eq!(answers(&String::from_utf8(read).unwrap())[0].status, 401);
    }
}

/// A client takes its next request to a connection that does not say it ends, and loses it where it does.
#[tokio::test(flavor = "multi_thread")]
async fn connection_that_ends_with_its_answer_says_so() {
    let world = World::new(Database::Sqlite).await;
    let post = |path: &str, kind: &str, body: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    let long = "x".repeat(70_000);
    for (what, octets, status) in [
        ("too long", post("/api/v1/session", "application/json", &long), 413),
        ("a form that is too long", post("/api/v1/introspect", "application/x-www-form-urlencoded", &long), 401),
        ("no JSON", post("/api/v1/session", "text/plain", &long), 415),
        ("nobody", post("/api/v1/groups", "application/json", &long), 401),
        ("no route", post("/api/v1/nothing", "application/json", &long), 404),
    ] {
        let answer = ask(&world, octets.as_bytes()).await;
        assert_eq!((answer.status, answer.header("connection")), (status, vec!["close"]), "{what}");
    }
    // One that was read is no end, whatever its answer.
    let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for body in ["{", "{}", "[]"] {
        let octets = post("/api/v1/session", "application/json", body) + last;
        let both = exchange(&world, octets.as_bytes()).await;
        assert_eq!(both.iter().map(|answer| answer.status).collect::<Vec<_>>()[1..], [200], "{body}");
        assert!(both[0].header("connection").is_empty(), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_a_body_are_kept_by_no_cache() {
    let world = World::new(Database::Sqlite).await;
    let owner = world.owner().await;
    let (_, program) = world.service(&owner, "product", json!({})).await;
    let forward_auth = "/api/v1/forward-auth";
    let group = owner.new_group("Gone", &[]).await;
    world.start_of_minute();
    let seen = owner.get("/api/v1/accounts").await.headers["etag"].clone();
    let cases = [
        (send(owner.request(Method::GET, "/api/v1/accounts").header("if-none-match", seen)).await, 304),
        (owner.change(Method::DELETE, &format!("/api/v1/groups/{group}"), 2, None).await, 204),
        (program.get(forward_auth).await, 200),
        (program.get(&format!("{forward_auth}?permission=accounts.manage")).await, 403),
        (world.nobody().get(forward_auth).await, 401),
        (send(world.nobody().request(Method::HEAD, "/healthz")).await, 200),
        (send(owner.request(Method::DELETE, "/api/v1/session")).await, 204),
    ];
    for (answer, status) in cases {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{status}");
        for (name, value) in CARRIED {
            assert_eq!(answer.headers[name], value, "{status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_says_how_it_is_written() {
    let world = World::new(Database::Sqlite).await;
    for (path, media_type) in [
        ("/healthz", "text/plain; charset=utf-8"),
        ("/readyz", "text/plain; charset=utf-8"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
        ("/api/v1/openapi.json", "application/json"),
        ("/api/v1/setup", "application/json"),
        ("/api/v1/session", "application/problem+json"),
    ] {
        assert_eq!(world.nobody().get(path).await.headers["content-type"], media_type, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn document_is_made_once_and_told_by_its_tag() {
    let world = World::new(Database::Sqlite).await;
    let path = "/api/v1/openapi.json";
    let ask = async |header: &'static str, value: &str| {
        send(world.nobody().request(Method::GET, path).header(header, value)).await
    };
    let plain = world.nobody().get(path).await;
    let tag = plain.headers["etag"].to_str().unwrap().to_owned();
    assert!(plain.headers.get("content-encoding").is_none() && plain.body()["openapi"].is_string());
    assert_eq!((ask("if-none-match", &tag).await.status, ask("if-none-match", "\"other\"").await.status), (304, 200));
    let request = format!("GET {path} HTTP/1.0\r\nAccept-Encoding: gzip\r\nIf-None-Match: {tag}\r\n\r\n");
    let mut stream = TcpStream::connect(world.running.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    let end = read.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    assert!(head.contains("content-encoding: gzip") && head.contains("vary: accept-encoding"), "{head}");
    assert!(!head.contains(&tag), "each encoding has a tag of its own");
    assert!(read[end..].starts_with(&[0x1f, 0x8b]) && (read.len() - end) * 4 < plain.text.len(), "{}", read.len());
}
