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
use tokio::time::{Instant, Sleep, sleep};

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
    /// How far a client may be behind one that takes `rate`: 30 s by default.
    pub lag: Duration,
    /// What the slowest client takes of what is sent, in octets a second: 1,024 by default.
    pub rate: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            idle: Duration::from_secs(60),
            request: Duration::from_secs(30),
            write: Duration::from_secs(30),
            lag: Duration::from_secs(30),
            rate: 1_024,
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

/// How far a client is behind one that takes what is sent at the slowest rate there may be. Without it, a few octets now
/// and then would hold a place for hours.
#[derive(Debug, Default, PartialEq, Eq)]
struct Lag(Duration);

impl Lag {
    fn after(&self, waited: Duration, taken: usize, rate: u32) -> Self {
        let due = u32::try_from(taken).map_or(Duration::MAX, |taken| Duration::from_secs(taken.into()) / rate.max(1));
        Self((self.0 + waited).saturating_sub(due))
    }
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
    /// Since when the client takes nothing.
    stuck_since: Option<Instant>,
    lag: Lag,
    /// Of the connection, when it asked for octets while it wrote: hyper does not ask again by itself.
    reader: Option<Waker>,
}

impl PatientStream {
    pub(super) fn new(stream: TcpStream, patience: Patience, turns: Turns) -> Self {
        Self {
            stream,
            patience,
            turns,
            turn: 0,
            is_in_head: false,
            reading: None,
            writing: None,
            stuck_since: None,
            lag: Lag::default(),
            reader: None,
        }
    }

    fn written(&mut self, written: Poll<Result<usize>>, context: &mut Context<'_>) -> Poll<Result<usize>> {
        if let Poll::Ready(result) = written {
            let waited = self.stuck_since.take().map_or(Duration::ZERO, |since| since.elapsed());
            self.lag = self.lag.after(waited, *result.as_ref().unwrap_or(&0), self.patience.rate);
            self.writing = None;
            if let Some(reader) = self.reader.take() {
                reader.wake();
            }
            return Poll::Ready(result);
        }
        self.stuck_since.get_or_insert_with(Instant::now);
        let limit = self.patience.write.min(self.patience.lag.saturating_sub(self.lag.0));
        if is_over(&mut self.writing, limit, context) {
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
            (this.reading, this.reader) = (None, Some(context.waker().clone()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_grows_while_nothing_is_taken_and_shrinks_with_what_is() {
        let seconds = Duration::from_secs;
        let behind = Lag::default().after(seconds(29), 1_024, 1_024);
        assert_eq!(behind, Lag(seconds(28)), "a few octets do not make up for the wait");
        assert_eq!(behind.after(seconds(29), 0, 1_024), Lag(seconds(57)));
        assert_eq!(behind.after(seconds(2), 40 * 1_024, 1_024), Lag::default(), "nobody gathers time in advance");
        assert_eq!(behind.after(seconds(1), usize::MAX, 1_024), Lag::default());
    }
}
