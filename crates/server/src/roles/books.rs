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

/// Role books by organization, each with the rights revision it was read at. A write of roles raises that in its
/// transaction, so the request after it reads the roles anew, on every process.
#[derive(Debug, Default)]
pub struct BookCache(Mutex<HashMap<OrganizationId, (i64, Arc<RoleBook>)>>);

impl BookCache {
    /// The roles as of the organization's rights revision, as a committed transaction left it. In a transaction that has
    /// raised it, the roles are read by `fresh`: if it fails, another will be given the same number.
    ///
    /// # Errors
    /// When the store does not answer, or the organization's profile is not loaded.
    pub async fn get(
        &self,
        app: &App,
        connection: &mut AnyConnection,
        organization: &OrganizationRow,
    ) -> Outcome<Arc<RoleBook>> {
        if let Some(book) = self.known(organization) {
            return Ok(book);
        }
        let book = Arc::new(fresh(app, connection, organization).await?);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(organization.id, (organization.rights_revision, book.clone()));
        Ok(book)
    }

    /// The roles as of the organization's rights revision, where they were read already.
    #[must_use]
    pub fn known(&self, organization: &OrganizationRow) -> Option<Arc<RoleBook>> {
        let books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (revision, book) = books.get(&organization.id)?;
        (*revision == organization.rights_revision).then(|| book.clone())
    }
}

/// The roles as the connection sees them now.
///
/// # Errors
/// As `BookCache::get`.
pub async fn fresh(app: &App, connection: &mut AnyConnection, organization: &OrganizationRow) -> Outcome<RoleBook> {
    let profile = app.profile(&organization.profile).ok_or_else(|| {
        Failure::Internal(format!("profile {} is not loaded: start with --profile", organization.profile))
    })?;
    let roles = store::list(connection, organization.id).await?;
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
    Ok(RoleBook::new(definitions, profile.baseline.clone(), catalogue(profile))
        .with_narrowing(profile.narrowing.clone()))
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
