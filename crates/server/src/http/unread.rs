//! Requests whose head cannot be read: hyper answers them by itself, before anything of ours is asked, with a status and
//! nothing else. Here that answer is taken out of the stream, and a problem with all that answers carry put in its place.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use axum::response::Response;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tower::ServiceExt;

use crate::failure::Failure;

/// The longest answer that hyper makes by itself, in octets, and more.
const BARE_BYTES_MAX: usize = 256;
/// The statuses that it answers with.
const BARE_STATUSES: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::URI_TOO_LONG, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE];
/// The longest problem that is put in its place, in octets.
const PROBLEM_BYTES_MAX: usize = 16 * 1024;
/// How much of what a client still sends is read after the last answer, in octets, and for how long.
const LINGER_BYTES_MAX: usize = 256 * 1024;
const LINGER: Duration = Duration::from_secs(1);

/// Stands for a request whose head could not be read, with the status that hyper found for it.
#[derive(Clone, Copy, Debug)]
pub struct Unread(StatusCode);

impl Unread {
    /// As our answers call it.
    #[must_use]
    pub fn failure(self) -> Failure {
        match self.0 {
            StatusCode::BAD_REQUEST => Failure::Malformed("The head of the request is not HTTP/1.1.".to_owned()),
            _ => Failure::HeadTooLarge,
        }
    }
}

/// A stream on which every answer is one of ours.
pub(super) struct AnsweringStream<S> {
    stream: S,
    router: Router,
    peer: SocketAddr,
    answer: Option<Answering>,
    lingering: Option<Lingering>,
}

/// Reads on after the last answer: closing a connection with unread octets resets it, and the client may lose the answer.
struct Lingering {
    count: usize,
    end: Pin<Box<Sleep>>,
}

/// The problem that takes the place of a bare answer.
enum Answering {
    Made(Pin<Box<dyn Future<Output = Vec<u8>> + Send>>),
    Sent { octets: Vec<u8>, count: usize },
}

impl<S: AsyncWrite + Unpin> AnsweringStream<S> {
    pub(super) const fn new(stream: S, router: Router, peer: SocketAddr) -> Self {
        Self { stream, router, peer, answer: None, lingering: None }
    }

    /// Sends the problem in place of a bare answer, which counts as written when all of the problem is.
    fn poll_answer(&mut self, bare: &[u8], context: &mut Context<'_>) -> Poll<Result<usize>> {
        loop {
            match self.answer.get_or_insert_with(|| Answering::Made(self::answer(&self.router, self.peer, bare))) {
                Answering::Made(made) => {
                    let octets = ready!(made.as_mut().poll(context));
                    self.answer = Some(Answering::Sent { octets, count: 0 });
                }
                Answering::Sent { octets, count } if *count < octets.len() => {
                    match ready!(Pin::new(&mut self.stream).poll_write(context, &octets[*count..]))? {
                        0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                        written => *count += written,
                    }
                }
                Answering::Sent { .. } => {
                    self.answer = None;
                    return Poll::Ready(Ok(bare.len()));
                }
            }
        }
    }
}

/// The problem for a bare answer, as it goes over the wire.
fn answer(router: &Router, peer: SocketAddr, bare: &[u8]) -> Pin<Box<dyn Future<Output = Vec<u8>> + Send>> {
    let mut request = Request::new(Body::empty());
    request.extensions_mut().insert(ConnectInfo(peer));
    if let Some(status) = bare_status(bare) {
        request.extensions_mut().insert(Unread(status));
    }
    let answered = router.clone().oneshot(request);
    let bare = String::from_utf8_lossy(bare).into_owned();
    Box::pin(async move {
        match answered.await {
            Ok(response) => written(response, &bare).await,
            Err(never) => match never {},
        }
    })
}

async fn written(response: Response, bare: &str) -> Vec<u8> {
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, PROBLEM_BYTES_MAX).await.unwrap_or_default();
    let mut octets = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    let mut line = |name: &str, value: &[u8]| octets.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    for (name, value) in parts.headers.iter().filter(|(name, _)| **name != CONTENT_LENGTH) {
        line(name.as_str(), value.as_bytes());
    }
    // The clock of all other answers is hyper's.
    let date = bare.lines().find_map(|line| line.strip_prefix("date: "));
    date.iter().for_each(|date| line(DATE.as_str(), date.as_bytes()));
    line(CONNECTION.as_str(), b"close");
    line(CONTENT_LENGTH.as_str(), body.len().to_string().as_bytes());
    octets.extend(b"\r\n");
    octets.extend(body);
    octets
}

fn bare_status(bare: &[u8]) -> Option<StatusCode> {
    StatusCode::from_bytes(bare.strip_prefix(b"HTTP/1.1 ")?.get(..3)?).ok()
}

/// Where in octets that are to be written a bare answer begins: it is the last thing on its connection. All answers of ours
/// carry the id of their request.
fn bare_start(octets: &[u8]) -> Option<usize> {
    const START: &[u8] = b"HTTP/1.1 ";
    if !octets.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = octets.len().saturating_sub(BARE_BYTES_MAX);
    let start = from + octets[from..].windows(START.len()).rposition(|window| window == START)?;
    let head = std::str::from_utf8(&octets[start..]).ok()?.trim_end();
    let is_bare = !head.contains("\r\n\r\n") && !head.contains("x-request-id:") && head.contains("content-length: 0");
    let is_known = bare_status(head.as_bytes()).is_some_and(|status| BARE_STATUSES.contains(&status));
    (is_bare && is_known).then_some(start)
}

impl<S: AsyncRead + Unpin> AsyncRead for AnsweringStream<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + Unpin> AnsweringStream<S> {
    /// Ready when the client has closed its side, or has been waited for long enough.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let start = || Lingering { count: 0, end: Box::pin(tokio::time::sleep(LINGER)) };
        let lingering = self.lingering.get_or_insert_with(start);
        let mut octets = [0; 4096];
        while lingering.count < LINGER_BYTES_MAX && lingering.end.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut octets);
            match ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => lingering.count += buffer.filled().len(),
                _ => break,
            }
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for AnsweringStream<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        match bare_start(octets) {
            Some(0) => this.poll_answer(octets, context),
            // What comes before it goes first.
            Some(start) => Pin::new(&mut this.stream).poll_write(context, &octets[..start]),
            None => Pin::new(&mut this.stream).poll_write(context, octets),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        // hyper writes heads into the first slice and bodies into those after it.
        let mut filled = slices.iter().filter(|slice| !slice.is_empty());
        let first: &[u8] = filled.next().map_or(&[], |slice| slice);
        if bare_start(first).is_none() {
            return Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices);
        }
        if filled.next().is_some() {
            // It was written before the rest of another answer: the client has to see that that one is not whole.
            return Poll::Ready(Err(Error::new(ErrorKind::InvalidData, "an answer inside of another one")));
        }
        self.poll_write(context, first)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        this.poll_linger(context).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_answers_are_told_from_ours() {
        let bare = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: Mon, 30 Nov 2026 22:00:00 GMT\r\n\r\n";
        assert_eq!(bare_start(bare.as_bytes()), Some(0));
        let before = [vec![0xff; 1_000], b"HTTP/1.1 200 OK\r\nx-request-id: 1\r\n\r\nok\n".to_vec()].concat();
        assert_eq!(bare_start(&[&before[..], bare.as_bytes()].concat()), Some(before.len()));
        let ours = bare.replace("date", "x-request-id: 12\r\ndate");
        for other in [ours.as_str(), "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "", "ok\n", &bare[..60]] {
            assert_eq!(bare_start(other.as_bytes()), None, "{other:?}");
        }
    }
}
