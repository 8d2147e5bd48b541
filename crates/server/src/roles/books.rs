//! The roles of each organization in memory, as old as the organization's revision and never older.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::OrganizationId;
use domain::effective::RoleBook;
use domain::permissions::{Catalogue, ConsolePermission};
use domain::profile::Profile;
use domain::roles::RoleDefinition;
use sqlx::AnyConnection;

use super::store;
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::organization::store::OrganizationRow;

/// Role books by organization, each with the revision it was read at. A write raises the revision in its transaction,
/// so the request after it reads the roles anew, on every process.
#[derive(Debug, Default)]
pub struct BookCache(Mutex<HashMap<OrganizationId, (i64, Arc<RoleBook>)>>);

impl BookCache {
    /// The roles as of the organization's revision.
    ///
    /// # Errors
    /// When the store does not answer, or the organization's profile is not loaded.
    pub async fn get(
        &self,
        app: &App,
        connection: &mut AnyConnection,
        organization: &OrganizationRow,
    ) -> Outcome<Arc<RoleBook>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&organization.id).cloned();
        if let Some((revision, book)) = known
            && revision == organization.revision
        {
            return Ok(book);
        }
        let profile = app.profile(&organization.profile).ok_or_else(|| {
            Failure::Internal(format!("profile {} is not loaded: start with --profile", organization.profile))
        })?;
        let book = Arc::new(read(connection, organization.id, profile).await?);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(organization.id, (organization.revision, book.clone()));
        Ok(book)
    }
}

async fn read(connection: &mut AnyConnection, organization: OrganizationId, profile: &Profile) -> Outcome<RoleBook> {
    let roles = store::list(connection, organization).await?;
    let definitions = roles
        .into_iter()
        .map(|role| RoleDefinition {
            key: role.key,
            name: role.name,
            description: role.description,
            permissions: role.permissions,
            level_rank: role.level_rank,
        })
        .collect();
    Ok(RoleBook::new(definitions, profile.baseline.clone(), catalogue(profile)))
}

/// All permissions there are under a profile: its own, then the console's.
#[must_use]
pub fn catalogue(profile: &Profile) -> Catalogue {
    Catalogue(
        profile
            .permissions
            .iter()
            .cloned()
            .chain(ConsolePermission::ALL.iter().map(|permission| permission.entry()))
            .collect(),
    )
}
