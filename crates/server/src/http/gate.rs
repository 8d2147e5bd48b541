//! How much work that takes long is done at once: for each caller, and in all. The threads that serve do none of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::AccountId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::failure::{Failure, Outcome};

/// Requests of one caller that wait for their turn, at the most; the next is told to come again.
pub const WAITING_MAX: usize = 32;
/// What it is told, in seconds.
const RETRY_AFTER_S: u64 = 1;

/// Lets one request of each caller work at a time, and in all so many that half of the machine stays free for others.
#[derive(Debug)]
pub struct Gate {
    all: Arc<Semaphore>,
    callers: Arc<Mutex<HashMap<AccountId, Requests>>>,
}

/// The requests of one caller that work or wait.
#[derive(Debug)]
struct Requests {
    count: usize,
    turn: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new((cores / 2).max(1))
    }
}

impl Gate {
    /// Lets so many requests work at once.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(at_once)), callers: Arc::default() }
    }

    /// Waits for a turn. A request that has one may read from the database; one that waits must hold no connection.
    ///
    /// # Errors
    /// `TooMany` when too many requests of the caller wait already.
    pub async fn enter(&self, caller: AccountId) -> Outcome<Pass> {
        let (request, turn) = self.request(caller)?;
        let closed = |error: tokio::sync::AcquireError| Failure::Internal(error.to_string());
        // The caller's own turn comes first: however much one caller asks for, one request of theirs waits among those of all.
        let own = turn.acquire_owned().await.map_err(closed)?;
        let of_all = self.all.clone().acquire_owned().await.map_err(closed)?;
        Ok(Pass(Arc::new(Turn { _of_all: of_all, _own: own, _request: request })))
    }

    fn request(&self, caller: AccountId) -> Outcome<(Request, Arc<Semaphore>)> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Requests { count: 0, turn: Arc::new(Semaphore::new(1)) };
        let requests = callers.entry(caller).or_insert_with(new);
        if requests.count > WAITING_MAX {
            return Err(Failure::TooMany { retry_after_s: RETRY_AFTER_S });
        }
        requests.count += 1;
        Ok((Request { caller, callers: self.callers.clone() }, requests.turn.clone()))
    }
}

/// A turn. It is over once the last copy of it is dropped, however the request ends.
#[derive(Debug, Clone)]
pub struct Pass(#[expect(dead_code, reason = "it is held, not read")] Arc<Turn>);

#[derive(Debug)]
struct Turn {
    _of_all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
    _request: Request,
}

impl Pass {
    /// Does work that takes a while on a thread that serves nobody. The turn lasts until the work is done, also when nobody
    /// waits for it any more: a client that goes away does not make room for the next one's work.
    ///
    /// # Errors
    /// When the work panics.
    pub async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
        let turn = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await.map_err(|error| Failure::Internal(error.to_string()))
    }
}

/// A request that counts among its caller's.
#[derive(Debug)]
struct Request {
    caller: AccountId,
    callers: Arc<Mutex<HashMap<AccountId, Requests>>>,
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(requests) = callers.get_mut(&self.caller) else { return };
        requests.count -= 1;
        if requests.count == 0 {
            callers.remove(&self.caller);
        }
    }
}

/// Steps of a long loop between which nobody else is served.
const STEPS_AT_ONCE: usize = 64;

/// Lets others be served between the steps of a loop that borrows what it works on, and so cannot leave its thread.
pub async fn now_and_then(step: usize) {
    if step % STEPS_AT_ONCE == STEPS_AT_ONCE - 1 {
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(number: u128) -> AccountId {
        AccountId::from_u128(number)
    }

    #[tokio::test]
    async fn one_caller_takes_one_turn_and_waits_in_a_short_queue() {
        let gate = Arc::new(Gate::new(2));
        let first = gate.enter(caller(1)).await.unwrap();
        let waiting: Vec<_> = (0..WAITING_MAX)
            .map(|_| gate.clone())
            .map(|gate| tokio::spawn(async move { gate.enter(caller(1)).await.map(drop) }))
            .collect();
        while gate.callers.lock().unwrap()[&caller(1)].count <= WAITING_MAX {
            tokio::task::yield_now().await;
        }
        assert!(matches!(gate.enter(caller(1)).await, Err(Failure::TooMany { .. })));
        let other = gate.enter(caller(2)).await.unwrap();
        drop((first, other));
        for task in waiting {
            assert!(task.await.unwrap().is_ok());
        }
        assert!(gate.callers.lock().unwrap().is_empty(), "nothing is remembered of who has left");
    }

    #[tokio::test]
    async fn turns_of_all_callers_are_limited() {
        let gate = Gate::new(1);
        let first = gate.enter(caller(1)).await.unwrap();
        let mut second = std::pin::pin!(gate.enter(caller(2)));
        let is_ready = std::future::poll_fn(|context| std::task::Poll::Ready(second.as_mut().poll(context).is_ready()));
        assert!(!is_ready.await);
        drop(first);
        assert!(second.await.is_ok());
    }
}
