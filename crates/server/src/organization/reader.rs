//! An organization's row as it is now, read once for all the requests that wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::OrganizationId;

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
        let known = || app.organizations.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = app.db.reader().acquire().await?;
        let marks = store::marks(&mut connection, &ids).await?;
        let mut rows = HashMap::new();
        for (id, marks) in marks {
            let as_known = known().get(&id).filter(|known| known.marks() == marks).cloned();
            let row = match as_known {
                Some(row) => row,
                None => {
                    let Some(row) = store::find(&mut connection, id).await?.map(Arc::new) else { continue };
                    known().insert(id, row.clone());
                    row
                }
            };
            rows.insert(id, row);
        }
        Ok(rows)
    }
}
