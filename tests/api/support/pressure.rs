//! Requests that are made again and again while something is taken from whoever makes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::RequestBuilder;
use tokio::sync::Semaphore;

use super::send;

/// Requests that each client makes after the taking.
const AFTER: usize = 5;
/// What no working server needs before it has answered each client once.
const PATIENCE: Duration = Duration::from_secs(40);

/// Keeps asking with each of the clients, and takes something once all of them have been answered 200: no request may
/// succeed that begins after `take` has ended; each is answered `expected`.
pub(crate) async fn nothing_succeeds_after<A>(
    what: &'static str,
    clients: Vec<A>,
    take: impl Future<Output = ()>,
    expected: u16,
) where
    A: Fn() -> RequestBuilder + Send + Sync + 'static,
{
    let (taken, worked) = (Arc::new(AtomicBool::new(false)), Arc::new(Semaphore::new(0)));
    let everybody = u32::try_from(clients.len()).unwrap();
    let start = |ask: A| {
        let (taken, worked) = (taken.clone(), worked.clone());
        tokio::spawn(async move {
            let (mut has_worked, mut after) = (false, 0);
            while after < AFTER {
                let began_after = taken.load(Ordering::SeqCst);
                let answer = send(ask()).await;
                if began_after {
                    assert_eq!(answer.status, expected, "{what}: {}", answer.text);
                    after += 1;
                } else if answer.status == 200 && !has_worked {
                    has_worked = true;
                    worked.add_permits(1);
                }
            }
        })
    };
    let clients: Vec<_> = clients.into_iter().map(start).collect();
    let all_worked = tokio::time::timeout(PATIENCE, worked.acquire_many(everybody)).await;
    drop(all_worked.expect("each client is answered once, at the least").unwrap());
    take.await;
    taken.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
}
