//! Whether the database takes writes: many who ask share one write.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use tokio::time::Instant;

use super::{Db, clock};

/// That all is well is said again for so long. So this often, at the most, a write is made only to find out.
const ANSWER_HOLDS: Duration = Duration::from_secs(1);
/// A database that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known about a database's writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Health(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    /// When a write was last committed.
    written_at: Mutex<Option<Instant>>,
    /// The last answer, and when it was found. Held by whoever finds out, so that the others wait for their answer.
    answer: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

impl Health {
    /// A write was committed.
    pub(super) fn written(&self) {
        *self.0.written_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// A write failed: an earlier one says nothing any more.
    pub(super) fn failed(&self) {
        *self.0.written_at.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn was_just_written(&self) -> bool {
        let written_at = *self.0.written_at.lock().unwrap_or_else(PoisonError::into_inner);
        written_at.is_some_and(|at| at.elapsed() < ANSWER_HOLDS)
    }
}

/// Whether the database answers, to reading and to writing, within a moment. What is written is the time, which has to be
/// written down anyway.
pub async fn is_answering(db: &Db, now: Timestamp) -> bool {
    if !db.is_in_place() || db.writer().is_closed() {
        return false;
    }
    let (db, asked_at) = (db.clone(), Instant::now());
    // A task of its own: a client that goes away would begin a write for each of its requests.
    let asked = tokio::spawn(async move {
        let mut answer = db.health.0.answer.lock().await;
        // Of trouble, only those are told who asked before it was found: it may be over.
        let holds = |found_at: Instant, is_well: bool| match is_well {
            true => found_at.elapsed() < ANSWER_HOLDS,
            false => found_at >= asked_at,
        };
        if let Some((_, known)) = answer.filter(|(at, is_well)| holds(*at, *is_well)) {
            return known;
        }
        let found = tokio::time::timeout(PATIENCE, ask(&db, now)).await.unwrap_or(false);
        *answer = Some((Instant::now(), found));
        found
    });
    asked.await.unwrap_or(false)
}

async fn ask(db: &Db, now: Timestamp) -> bool {
    if let Err(error) = sqlx::query("SELECT COUNT(*) AS setups FROM setup").fetch_one(db.reader()).await {
        tracing::warn!(%error, "the database cannot be read");
        return false;
    }
    if db.health.was_just_written() {
        return true;
    }
    match clock::keep_seen(db, now).await {
        Ok(()) => true,
        Err(failure) => {
            tracing::warn!(?failure, "the database takes no writes");
            false
        }
    }
}
