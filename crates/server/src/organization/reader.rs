//! An organization's row as it is now, read once for all the requests that wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::OrganizationId;
use tokio::sync::oneshot;

use super::store::{self, OrganizationRow};
use crate::app::App;
use crate::failure::{Failure, Outcome};

/// Reads rows of organizations. A request gets what a query found that began after the request asked: whatever was
/// acknowledged before is in it, on every process. Those that ask while a query runs share the next one.
#[derive(Debug, Default)]
pub struct OrganizationReader {
    running: Mutex<HashMap<OrganizationId, Waiting>>,
    /// Rows as they were read last. Most requests come between two writes: then the marks are all that has to be read.
    known: Mutex<HashMap<OrganizationId, Arc<OrganizationRow>>>,
}

/// Those who wait for the next query of an organization. It is there while a query runs.
type Waiting = Vec<oneshot::Sender<Option<Arc<OrganizationRow>>>>;

impl OrganizationReader {
    /// # Errors
    /// When the store does not answer, or has no such organization.
    pub async fn read(&self, app: &App, id: OrganizationId) -> Outcome<Arc<OrganizationRow>> {
        let (sender, receiver) = oneshot::channel();
        let is_first = {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            let is_first = !running.contains_key(&id);
            running.entry(id).or_default().push(sender);
            is_first
        };
        if is_first {
            // A task of its own: a client that goes away must not leave the others waiting.
            tokio::spawn(serve(app.clone(), id));
        }
        let row = receiver.await.ok().flatten();
        row.ok_or_else(|| Failure::Unavailable("an organization's row could not be read".to_owned()))
    }

    /// Takes those who wait; where nobody does, the next to ask begins anew.
    fn take(&self, id: OrganizationId) -> Option<Waiting> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = std::mem::take(running.get_mut(&id)?);
        if waiting.is_empty() {
            running.remove(&id);
            return None;
        }
        Some(waiting)
    }
}

async fn serve(app: App, id: OrganizationId) {
    while let Some(waiting) = app.organizations.take(id) {
        let found = match find(&app, id).await {
            Ok(found) => found,
            Err(failure) => {
                tracing::error!(?failure, organization = %id, "an organization's row could not be read");
                None
            }
        };
        for sender in waiting {
            let _ = sender.send(found.clone());
        }
    }
}

async fn find(app: &App, id: OrganizationId) -> Outcome<Option<Arc<OrganizationRow>>> {
    let lock = || app.organizations.known.lock().unwrap_or_else(PoisonError::into_inner);
    let mut connection = app.db.reader().acquire().await?;
    let known = lock().get(&id).cloned();
    if let Some(known) = known
        && store::marks(&mut connection, id).await? == Some(known.marks())
    {
        return Ok(Some(known));
    }
    let found = store::find(&mut connection, id).await?.map(Arc::new);
    match &found {
        Some(found) => lock().insert(id, found.clone()),
        None => lock().remove(&id),
    };
    Ok(found)
}
