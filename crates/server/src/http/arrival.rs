//! How far a request has arrived: of one that takes too long, who is the slow one; and whether the next one on its
//! connection can be read.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use hyper::body::{Body as _, Bytes, Frame, SizeHint};

/// Tells how much of a request's body has been read.
pub struct Arrival(Arc<Parts>);

#[derive(Default)]
struct Parts {
    is_awaited: AtomicBool,
    is_whole: AtomicBool,
}

impl Arrival {
    /// Watches the body of a request.
    #[must_use]
    pub fn watch(request: Request) -> (Self, Request) {
        let parts = Arc::<Parts>::default();
        let request = request.map(|body| {
            let watched = WatchedBody { body, parts: parts.clone() };
            watched.note_end();
            Body::new(watched)
        });
        (Self(parts), request)
    }

    /// Whether the server waits for the rest of the body.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.0.is_awaited.load(Ordering::Relaxed)
    }

    /// Whether the body has been read to its end.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.is_whole.load(Ordering::Relaxed)
    }
}

struct WatchedBody {
    body: Body,
    parts: Arc<Parts>,
}

impl WatchedBody {
    fn note_end(&self) {
        if self.body.is_end_stream() {
            self.parts.is_whole.store(true, Ordering::Relaxed);
        }
    }
}

impl hyper::body::Body for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.parts.is_awaited.store(polled.is_pending(), Ordering::Relaxed);
        if matches!(polled, Poll::Ready(None)) {
            self.parts.is_whole.store(true, Ordering::Relaxed);
        }
        self.note_end();
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
