//! An organization's row as it is now, read once for all the requests that wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::OrganizationId;
use sqlx::AnyConnection;

use super::store::{self, OrganizationRow};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::store::shared::{self, Line, Shared};

/// Reads rows of organizations.
#[derive(Debug, Default)]
pub struct OrganizationReader {
    line: Line<OrganizationId, Arc<OrganizationRow>>,
    /// Rows as they were read last. Most requests come between two writes: then the marks are all that has to be read.
    known: Mutex<HashMap<OrganizationId, Arc<OrganizationRow>>>,
}

/// The row of an organization, with all that was acknowledged before this was asked.
///
/// # Errors
/// When the store does not answer, or has no such organization.
pub async fn read(app: &App, id: OrganizationId) -> Outcome<Arc<OrganizationRow>> {
    let row = shared::read::<OrganizationReader>(app, id).await?;
    row.ok_or_else(|| Failure::Unavailable("an organization's row is gone".to_owned()))
}

impl Shared for OrganizationReader {
    type Key = OrganizationId;
    type Found = Arc<OrganizationRow>;
    const WHAT: &'static str = "an organization's row";

    fn line(app: &App) -> &Line<OrganizationId, Arc<OrganizationRow>> {
        &app.organizations.line
    }

    async fn load(app: &App, ids: Vec<OrganizationId>) -> Outcome<HashMap<OrganizationId, Arc<OrganizationRow>>> {
        let mut connection = app.db.reader().acquire().await?;
        let mut rows = HashMap::new();
        for id in ids {
            if let Some(row) = find(app, &mut connection, id).await? {
                rows.insert(id, row);
            }
        }
        Ok(rows)
    }
}

async fn find(app: &App, connection: &mut AnyConnection, id: OrganizationId) -> Outcome<Option<Arc<OrganizationRow>>> {
    let lock = || app.organizations.known.lock().unwrap_or_else(PoisonError::into_inner);
    let known = lock().get(&id).cloned();
    if let Some(known) = known
        && store::marks(connection, id).await? == Some(known.marks())
    {
        return Ok(Some(known));
    }
    let found = store::find(connection, id).await?.map(Arc::new);
    match &found {
        Some(found) => lock().insert(id, found.clone()),
        None => lock().remove(&id),
    };
    Ok(found)
}
