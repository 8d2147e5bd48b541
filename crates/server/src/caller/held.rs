//! What accounts hold, in memory for as long as no rights have changed in their organization.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::accounts::ShownStatus;
use domain::effective::{Effective, Holdings, RoleBook, effective};
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::find_holdings;
use super::generations::Generations;
use crate::app::App;
use crate::failure::Outcome;
use crate::organization::{self, store::OrganizationRow};

/// What an account holds, and what that lets it do.
#[derive(Clone, Debug)]
pub struct Held {
    pub holdings: Arc<Holdings>,
    pub effective: Arc<Effective>,
    /// When something that was given for a time ends.
    changes_at: Option<Timestamp>,
}

impl Held {
    pub(super) fn new(holdings: Holdings, book: &RoleBook, at: Timestamp) -> Self {
        let found = effective(&holdings, book, at);
        let changes_at = holdings.change_at(&found, at);
        Self { holdings: Arc::new(holdings), effective: Arc::new(found), changes_at }
    }

    /// Whether nothing of it has ended.
    pub(super) fn is_current(&self, at: Timestamp) -> bool {
        self.changes_at.is_none_or(|change| change > at)
    }

    pub(super) fn is_active(&self, at: Timestamp) -> bool {
        self.holdings.state.shown(at) == ShownStatus::Active
    }
}

/// What active accounts hold, each as of a revision of its organization's rights. Those that are not active are not kept:
/// an invitation that is withdrawn or declined is a change of no rights.
#[derive(Debug, Default)]
pub struct HeldCache(Mutex<Generations<AccountId, Known>>);

#[derive(Clone, Debug)]
struct Known {
    held: Held,
    organization: OrganizationId,
    rights_revision: i64,
}

impl HeldCache {
    fn known(&self) -> MutexGuard<'_, Generations<AccountId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an account holds at an organization's row, where that is known.
    pub(super) fn find(&self, row: &OrganizationRow, account: AccountId, at: Timestamp) -> Option<Held> {
        let known = self.known().find(&account)?;
        let is_as_known = known.organization == row.id && known.rights_revision == row.rights_revision;
        Some(known.held).filter(|held| is_as_known && held.is_current(at))
    }

    /// Keeps what was read after an organization's row, unless rights have changed since: it may then be of neither revision.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) async fn keep(
        &self,
        connection: &mut AnyConnection,
        row: &OrganizationRow,
        account: AccountId,
        held: &Held,
        at: Timestamp,
    ) -> Outcome<()> {
        if !held.is_active(at) {
            return Ok(());
        }
        let now = organization::store::marks(connection, &[row.id]).await?.remove(&row.id);
        if now.is_some_and(|[_, rights_revision, ..]| rights_revision == row.rights_revision) {
            let known = Known { held: held.clone(), organization: row.id, rights_revision: row.rights_revision };
            self.known().keep(account, known);
        }
        Ok(())
    }
}

/// What an account of an organization holds, with the book of its roles, as of the row that was read for this request;
/// none where it is another organization's, or none.
///
/// # Errors
/// When the store does not answer.
pub async fn find(
    app: &App,
    row: &OrganizationRow,
    book: &RoleBook,
    account: AccountId,
    at: Timestamp,
) -> Outcome<Option<Held>> {
    if let Some(known) = app.held.find(row, account, at) {
        return Ok(Some(known));
    }
    let mut connection = app.db.reader().acquire().await?;
    let Some(holdings) = find_holdings(&mut connection, row.id, account).await? else { return Ok(None) };
    let held = Held::new(holdings, book, at);
    app.held.keep(&mut connection, row, account, &held, at).await?;
    Ok(Some(held))
}
