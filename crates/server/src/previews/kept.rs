//! The organization in small, as it was read last. Whoever works on a role or a group previews one change after the other:
//! reading a large organization takes most of the time of the first one, and none of the next.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::world::World;
use domain::{OrganizationId, Timestamp};

use crate::app::App;
use crate::organization::store::OrganizationRow;

/// It is kept for so long after its last use.
const KEPT: Duration = Duration::from_secs(60);

/// One world: a large one takes some ten megabytes.
#[derive(Debug, Default)]
pub struct KeptWorlds(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    organization: OrganizationId,
    /// Of the organization's rights, before the world was read: whatever alters who may do what has raised it since. Other
    /// writes, such as every sign-in, leave a world as it is; a new name is sorted by once rights have changed.
    rights_revision: i64,
    made_at: Timestamp,
    /// When the first of what is in it ends.
    ends_at: Option<Timestamp>,
    world: World,
    uses: u64,
}

impl KeptWorlds {
    /// The world of an organization, if no rights have changed since it was read and nothing in it has ended.
    pub(super) fn find(&self, organization: &OrganizationRow, at: Timestamp) -> Option<World> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_mut().filter(|kept| kept.is_of(organization, at))?;
        kept.uses += 1;
        Some(kept.world.clone())
    }

    /// Keeps the world of an organization in place of the one before, until nobody has used it for a while.
    pub(super) fn keep(
        &self,
        app: &App,
        organization: &OrganizationRow,
        made_at: Timestamp,
        ends_at: Option<Timestamp>,
        world: &World,
    ) {
        let (id, rights_revision) = (organization.id, organization.rights_revision);
        let kept = Kept { organization: id, rights_revision, made_at, ends_at, world: world.clone(), uses: 0 };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        let app = app.clone();
        tokio::spawn(async move {
            let mut seen = 0;
            loop {
                tokio::time::sleep(KEPT).await;
                match app.worlds.uses_of(id, made_at) {
                    Some(uses) if uses > seen => seen = uses,
                    Some(_) => return app.worlds.forget(),
                    None => return,
                }
            }
        });
    }

    /// How often the world of a moment was used, if it is the one kept.
    fn uses_of(&self, organization: OrganizationId, made_at: Timestamp) -> Option<u64> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|kept| kept.organization == organization && kept.made_at == made_at).map(|kept| kept.uses)
    }

    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Kept {
    fn is_of(&self, organization: &OrganizationRow, at: Timestamp) -> bool {
        self.organization == organization.id
            && self.rights_revision == organization.rights_revision
            && self.made_at <= at
            && self.ends_at.is_none_or(|end| end > at)
    }
}
