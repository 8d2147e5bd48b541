//! What could be given to whoever is refused: groups and seats, and a closer look at the groups that a fix names.

use std::collections::BTreeSet;

use domain::GroupId;
use domain::check::{CheckAnswer, FixKind};
use domain::effective::GroupHolding;
use domain::organization::has_seat;
use domain::permissions::ConsolePermission;
use sqlx::AnyConnection;

use crate::caller::Caller;
use crate::failure::Outcome;
use crate::objects::{Giver, Joining};
use crate::{groups, organization};

/// See the module.
pub(super) struct Offers {
    /// Everyone is not among them.
    pub(super) groups: Vec<GroupHolding>,
    pub(super) has_seat: bool,
    /// Groups that the caller may put accounts into, as far as access to objects goes.
    looked_at: BTreeSet<GroupId>,
}

impl Offers {
    pub(super) async fn read(connection: &mut AnyConnection, caller: &Caller) -> Outcome<Self> {
        let row = &caller.organization;
        let mut groups = groups::store::roles::all(connection, row.id).await?;
        groups.retain(|group| !group.is_everyone);
        let has_seat = match row.seats {
            None => true,
            Some(_) => has_seat(row.seats, organization::store::seats_taken(connection, row.id).await?),
        };
        Ok(Self { groups, has_seat, looked_at: BTreeSet::new() })
    }

    /// Takes back the groups that answers offer and that bring access to objects which the caller may not give. Only what
    /// is offered is looked at: an organization's groups may have a great many accesses. Returns whether any was.
    pub(super) async fn take_back(
        &mut self,
        connection: &mut AnyConnection,
        caller: &Caller,
        answers: &[CheckAnswer],
    ) -> Outcome<bool> {
        if caller.effective.holds(ConsolePermission::ObjectsManage) {
            return Ok(false);
        }
        let offered: BTreeSet<GroupId> =
            answers.iter().flat_map(groups_of).filter(|id| !self.looked_at.contains(id)).collect();
        let offered: Vec<GroupId> = offered.into_iter().collect();
        let joining = Joining::read(connection, Giver::all_of(caller), &offered).await?;
        let (may, may_not): (Vec<GroupId>, Vec<GroupId>) =
            offered.into_iter().partition(|group| joining.may_add(*group, None));
        self.looked_at.extend(may);
        self.groups.retain(|holding| !may_not.contains(&holding.group.id));
        Ok(!may_not.is_empty())
    }

    /// Leaves of an answer only groups that were looked at.
    pub(super) fn strip(&self, answer: &mut CheckAnswer) {
        answer.fixes.retain(|fix| fix.group.as_ref().is_none_or(|group| self.looked_at.contains(&group.id)));
    }
}

fn groups_of(answer: &CheckAnswer) -> impl Iterator<Item = GroupId> {
    let added = answer.fixes.iter().filter(|fix| fix.kind == FixKind::AddGroup);
    added.filter_map(|fix| fix.group.as_ref().map(|group| group.id))
}
