//! How long a client may keep a connection waiting: for a head, between requests, and while it takes an answer.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::body::Body;
use hyper::body::{Bytes, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// The limits of a connection's time.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the first octet of a request's head to its last: 5 s by default.
    pub head: Duration,
    /// Until the first octet of the first or the next request, nothing being left to send: 60 s by default.
    pub idle: Duration,
    /// From the head of a request to its answer, the body that is sent slowly included: 30 s by default.
    pub request: Duration,
    /// While the client takes nothing at all of what is sent: 30 s by default.
    pub write: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            idle: Duration::from_secs(60),
            request: Duration::from_secs(30),
            write: Duration::from_secs(30),
        }
    }
}

/// Counts where a connection's requests begin and end: odd while one is answered. What waits for a head does not count
/// then, for the handler has a limit of its own.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<TurnsParts>);

#[derive(Default)]
struct TurnsParts {
    count: AtomicUsize,
    /// Of the connection, when it asked for octets during a turn: hyper does not ask again by itself once it is over, and
    /// the connection would idle without a limit.
    waker: Mutex<Option<Waker>>,
}

impl Turns {
    /// A request has come; it is over when the answer's body is handed over.
    pub(super) fn begin(&self) -> Turn {
        self.0.count.fetch_add(1, Ordering::Relaxed);
        Turn(self.clone())
    }

    fn wake_at_end(&self, waker: &Waker) {
        *self.0.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }
}

/// A request that is being answered.
pub(super) struct Turn(Turns);

impl Drop for Turn {
    fn drop(&mut self) {
        let Turns(parts) = &self.0;
        parts.count.fetch_add(1, Ordering::Relaxed);
        if let Some(waker) = parts.waker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            waker.wake();
        }
    }
}

/// The body of an answer, which ends its turn.
pub(super) struct Answer {
    body: Body,
    _turn: Turn,
}

impl Answer {
    pub(super) const fn new(body: Body, turn: Turn) -> Self {
        Self { body, _turn: turn }
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A running limit.
type Wait = Option<Pin<Box<Sleep>>>;

/// Whether a limit has passed. It begins when it is first asked for.
fn is_over(wait: &mut Wait, limit: Duration, context: &mut Context<'_>) -> bool {
    wait.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(context).is_ready()
}

/// A stream that fails when its client keeps it waiting for longer than it may.
pub(super) struct PatientStream {
    stream: TcpStream,
    patience: Patience,
    turns: Turns,
    /// The turn that was seen last.
    turn: usize,
    is_in_head: bool,
    reading: Wait,
    writing: Wait,
}

impl PatientStream {
    pub(super) fn new(stream: TcpStream, patience: Patience, turns: Turns) -> Self {
        Self { stream, patience, turns, turn: 0, is_in_head: false, reading: None, writing: None }
    }

    fn written(&mut self, written: Poll<Result<usize>>, context: &mut Context<'_>) -> Poll<Result<usize>> {
        if written.is_ready() {
            self.writing = None;
            return written;
        }
        if is_over(&mut self.writing, self.patience.write, context) {
            // What is unsent would else stay with the system for minutes.
            let _ = self.stream.set_zero_linger();
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not take its answer")));
        }
        Poll::Pending
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let turn = this.turns.0.count.load(Ordering::Relaxed);
        if turn != this.turn {
            (this.turn, this.is_in_head, this.reading) = (turn, false, None);
        }
        let is_busy = turn % 2 == 1;
        if let read @ Poll::Ready(_) = Pin::new(&mut this.stream).poll_read(context, buffer) {
            if !is_busy && !this.is_in_head {
                (this.is_in_head, this.reading) = (true, Some(Box::pin(sleep(this.patience.head))));
            }
            return read;
        }
        let limit = if this.is_in_head { this.patience.head } else { this.patience.idle };
        if is_busy {
            this.turns.wake_at_end(context.waker());
        } else if !this.is_in_head && this.writing.is_some() {
            this.reading = None;
        } else if is_over(&mut this.reading, limit, context) {
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client sends no request")));
        }
        Poll::Pending
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.written(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.written(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
