//! What many requests read at the same time: those that ask while it is being read share the next reading.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::app::App;
use crate::failure::{Failure, Outcome};

/// A reading that takes longer is given up, and those who wait for it are sent away: its connection may be dead, and the next
/// reading takes another.
const READ_WITHIN: Duration = Duration::from_secs(8);

/// Something that is read by key.
pub trait Shared: 'static {
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    type Found: Clone + Send + Sync + 'static;
    /// What it is, in messages.
    const WHAT: &'static str;

    /// Where those stand who wait for it.
    fn line(app: &App) -> &Line<Self::Key, Self::Found>;

    /// Reads what there is of some keys, each named once.
    fn load(app: &App, keys: Vec<Self::Key>) -> impl Future<Output = Outcome<HashMap<Self::Key, Self::Found>>> + Send;
}

/// Those who wait for the next reading; none where nothing is being read.
pub struct Line<K, V>(Mutex<Option<Vec<Waiting<K, V>>>>);

struct Waiting<K, V> {
    key: K,
    /// Dropped where nothing was read because the store did not answer.
    sender: oneshot::Sender<Result<Option<V>, OursToMend>>,
}

/// What was read could not be understood: a fault of ours, which no waiting mends.
#[derive(Debug, PartialEq, Eq)]
struct OursToMend;

impl<K, V> Default for Line<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K, V> fmt::Debug for Line<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

impl<K, V> Line<K, V> {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<Waiting<K, V>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the line, and says whether somebody has to begin to read.
    fn join(&self, waiting: Waiting<K, V>) -> bool {
        let mut line = self.lock();
        let is_first = line.is_none();
        line.get_or_insert_default().push(waiting);
        is_first
    }

    /// Takes those who wait; where nobody does, the next to ask begins anew.
    fn take(&self) -> Option<Vec<Waiting<K, V>>> {
        let mut line = self.lock();
        let waiting = std::mem::take(line.as_mut()?);
        if waiting.is_empty() {
            *line = None;
            return None;
        }
        Some(waiting)
    }
}

/// What there is of a key, by a reading that began after it was asked for: whatever was acknowledged before is in it, on
/// every process.
///
/// # Errors
/// `Unavailable` when the store does not answer, `Internal` when what it answers is not understood; the log says why.
pub async fn read<S: Shared>(app: &App, key: S::Key) -> Outcome<Option<S::Found>> {
    let (sender, receiver) = oneshot::channel();
    if S::line(app).join(Waiting { key, sender }) {
        // A task of its own: a client that goes away must not leave the others waiting.
        tokio::spawn(serve::<S>(app.clone()));
    }
    match receiver.await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(OursToMend)) => Err(Failure::Internal(format!("{} could not be understood", S::WHAT))),
        Err(_) => Err(Failure::Unavailable(format!("{} could not be read", S::WHAT))),
    }
}

async fn serve<S: Shared>(app: App) {
    let mut closing = Closing { line: S::line(&app), is_over: false };
    while let Some(waiting) = closing.line.take() {
        let keys: HashSet<S::Key> = waiting.iter().map(|waiting| waiting.key.clone()).collect();
        match tokio::time::timeout(READ_WITHIN, S::load(&app, keys.into_iter().collect())).await {
            Ok(Ok(found)) => {
                for Waiting { key, sender } in waiting {
                    let _ = sender.send(Ok(found.get(&key).cloned()));
                }
            }
            Ok(Err(failure)) => {
                tracing::error!(?failure, "{} could not be read", S::WHAT);
                if let Failure::Internal(_) = failure {
                    for Waiting { sender, .. } in waiting {
                        let _ = sender.send(Err(OursToMend));
                    }
                }
            }
            Err(_) => tracing::error!("{} could not be read in time", S::WHAT),
        }
    }
    closing.is_over = true;
}

/// Sends everybody away when reading ends by a panic: they would wait for ever, and all who come after them.
struct Closing<'a, K, V> {
    line: &'a Line<K, V>,
    /// The line is empty, and whoever joins it now begins anew.
    is_over: bool,
}

impl<K, V> Drop for Closing<'_, K, V> {
    fn drop(&mut self) {
        if !self.is_over {
            *self.line.lock() = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &Line<u8, u8>, key: u8) -> (bool, oneshot::Receiver<Result<Option<u8>, OursToMend>>) {
        let (sender, receiver) = oneshot::channel();
        (line.join(Waiting { key, sender }), receiver)
    }

    #[test]
    fn only_the_first_to_ask_begins_to_read_and_the_others_share_the_next_reading() {
        let line = Line::default();
        assert!(ask(&line, 1).0);
        assert_eq!(line.take().map(|waiting| waiting.len()), Some(1));
        assert!(!ask(&line, 1).0 && !ask(&line, 2).0, "a reading is under way");
        assert_eq!(line.take().map(|waiting| waiting.len()), Some(2));
        assert!(line.take().is_none());
        assert!(ask(&line, 1).0, "nothing is under way any more");
    }

    #[test]
    fn whoever_waits_is_sent_away_when_reading_ends_by_a_panic() {
        let line = Line::default();
        let (_, mut first) = ask(&line, 1);
        drop(Closing { line: &line, is_over: false });
        assert_eq!(first.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        assert!(ask(&line, 1).0, "the next to ask begins anew");
    }
}
