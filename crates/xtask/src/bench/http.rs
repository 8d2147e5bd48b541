//! The least of an HTTP/1.1 client, for what is asked once: signing in, pages to copy, invitations.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::run::{Failure, Result};

const PATIENCE: Duration = Duration::from_secs(60);
const BODY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The octets of a request. `cookie` and `body` may be empty.
pub(super) fn request(method: &str, target: &str, cookie: &str, body: &str) -> Vec<u8> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    written(method, target, &format!("sec-fetch-site: same-origin\r\n{cookie}"), "application/json", body)
}

/// As a program asks that has a token. `body` may be empty.
pub(super) fn with_token(method: &str, target: &str, secret: &str, media_type: &str, body: &str) -> Vec<u8> {
    written(method, target, &format!("authorization: Bearer {secret}\r\n"), media_type, body)
}

fn written(method: &str, target: &str, more: &str, media_type: &str, body: &str) -> Vec<u8> {
    let head = format!("{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n{more}");
    let about = match method {
        "GET" => String::new(),
        _ => format!("content-type: {media_type}\r\ncontent-length: {}\r\n", body.len()),
    };
    format!("{head}{about}\r\n{body}").into_bytes()
}

pub(super) struct Answer {
    status: String,
    head: Vec<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The value of a cookie that the answer sets.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        let set = self.head.iter().filter_map(|line| line.split_once(": ")).filter(|(name, _)| *name == "set-cookie");
        let mut pairs = set.filter_map(|(_, value)| value.split(';').next()?.split_once('='));
        pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    }
}

/// One connection, kept between requests.
pub(super) struct Client(BufReader<TcpStream>);

impl Client {
    pub(super) fn open(to: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(to).map_err(fault)?;
        stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(PATIENCE))).map_err(fault)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends the request; any answer but a success is a failure.
    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.0.get_mut().write_all(request).map_err(fault)?;
        let status = self.line()?;
        let mut head = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        let length =
            head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or_default();
        let mut answer = Answer { status, head, body: Vec::new() };
        Read::by_ref(&mut self.0).take(BODY_BYTES_MAX.min(length)).read_to_end(&mut answer.body).map_err(fault)?;
        match answer.status.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
            true => Ok(answer),
            false => Err(Failure::new(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)))),
        }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).map_err(fault)?;
        if line.is_empty() {
            Err(Failure::new("the server closed the connection"))
        } else {
            Ok(line.trim_end().to_owned())
        }
    }
}

fn fault(error: std::io::Error) -> Failure {
    Failure::new(format!("HTTP: {error}"))
}
