//! What could be given to whoever is refused: groups and seats, and a closer look at the groups that a fix names.

use std::collections::BTreeSet;

use domain::GroupId;
use domain::check::{CheckAnswer, FixKind};
use domain::fixes::Additions;
use domain::organization::has_seat;
use domain::permissions::ConsolePermission;
use sqlx::AnyConnection;

use crate::caller::Caller;
use crate::failure::Outcome;
use crate::http::gate::Pass;
use crate::objects::{Giver, Joining};
use crate::{groups, organization};

/// See the module.
pub(super) struct Offers {
    /// Everyone is not among them.
    pub(super) additions: Additions,
    pub(super) has_seat: bool,
    /// Groups that the caller may put accounts into, as far as access to objects goes.
    looked_at: BTreeSet<GroupId>,
}

impl Offers {
    pub(super) async fn read(connection: &mut AnyConnection, caller: &Caller, pass: &Pass) -> Outcome<Self> {
        let row = &caller.organization;
        let groups = groups::store::roles::all(connection, row.id).await?;
        let has_seat = match row.seats {
            None => true,
            Some(_) => has_seat(row.seats, organization::store::seats_taken(connection, row.id).await?),
        };
        let (book, effective) = (caller.book.clone(), caller.effective.clone());
        let additions = pass.work(move || {
            let others = groups.into_iter().filter(|group| !group.is_everyone);
            Additions::new(&book, others.map(|holding| (holding.group, holding.roles)), &effective)
        });
        Ok(Self { additions: additions.await?, has_seat, looked_at: BTreeSet::new() })
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
        let (may, may_not): (BTreeSet<GroupId>, BTreeSet<GroupId>) =
            offered.into_iter().partition(|group| joining.may_add(*group, None));
        self.looked_at.extend(may);
        self.additions.leave_out(&may_not);
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
