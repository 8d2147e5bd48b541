//! Whether a request has arrived: of one that takes too long, who is the slow one.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use hyper::body::{Bytes, Frame, SizeHint};

/// Tells whether the server waits for the rest of a request's body.
pub struct Arrival(Arc<AtomicBool>);

impl Arrival {
    /// Watches the body of a request.
    #[must_use]
    pub fn watch(request: Request) -> (Self, Request) {
        let is_awaited = Arc::new(AtomicBool::new(false));
        let body = |body| Body::new(WatchedBody { body, is_awaited: is_awaited.clone() });
        let request = request.map(body);
        (Self(is_awaited), request)
    }

    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct WatchedBody {
    body: Body,
    is_awaited: Arc<AtomicBool>,
}

impl hyper::body::Body for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.is_awaited.store(polled.is_pending(), Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
