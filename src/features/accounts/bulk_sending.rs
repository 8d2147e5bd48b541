//! How an act on accounts is previewed, sent and undone: by the accounts' own route or, where it is a membership and the person
//! at the desk manages groups alone, by the group's.

use domain::accounts::AccountKind;
use domain::bulk::{BulkAction, BulkAnswer, BulkKind, BulkRequest, BulkSummary};
use domain::permissions::ConsolePermission;
use domain::previews::{MembersChange, PreviewRequest};
use domain::{AccountId, GroupId, OperationId};
use leptos::{prelude::*, task::spawn_local};

use super::bulk::BulkTask;
use super::desk::Desk;
use crate::api::{ApiError, Change};
use crate::ui::MessageAction;

/// The route that an act takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Of the accounts: for whoever manages them.
    Accounts,
    /// Of the group, for memberships: for whoever manages groups.
    Group,
}

impl Way {
    /// The way for a person with the rights that `may` knows.
    fn of(kind: BulkKind, may: impl Fn(ConsolePermission) -> bool) -> Self {
        let is_membership = matches!(kind, BulkKind::AddGroup | BulkKind::RemoveGroup);
        let by_group = is_membership && !may(ConsolePermission::AccountsManage) && may(ConsolePermission::GroupsManage);
        if by_group { Self::Group } else { Self::Accounts }
    }

    /// What the preview of an act is asked with.
    pub(super) fn preview(self, ids: Vec<AccountId>, action: BulkAction) -> PreviewRequest {
        match members_change(&ids, &action).filter(|_| self == Self::Group) {
            Some((group, change)) => {
                PreviewRequest { group: Some(group), members: Some(change), ..PreviewRequest::default() }
            }
            None => {
                let bulk = Some(BulkRequest { ids, versions: Vec::new(), action, dry_run: false });
                PreviewRequest { bulk, ..PreviewRequest::default() }
            }
        }
    }

    async fn send(self, ids: Vec<AccountId>, action: BulkAction, basis: Option<&str>) -> Result<BulkAnswer, ApiError> {
        match members_change(&ids, &action).filter(|_| self == Self::Group) {
            Some((group, change)) => {
                let path = ["/api/v1/groups/", &group.to_string(), "/members"].concat();
                Change::post(&path).once().basis(basis).send(&change).await
            }
            None => send(BulkRequest { ids, versions: Vec::new(), action, dry_run: false }, basis).await,
        }
    }
}

/// A change of memberships as the group's route takes it; none for other acts.
fn members_change(ids: &[AccountId], action: &BulkAction) -> Option<(GroupId, MembersChange)> {
    let (group, ids, valid_until) = (action.group?, ids.to_vec(), action.valid_until);
    match action.kind {
        BulkKind::AddGroup => Some((group, MembersChange { add: ids, remove: Vec::new(), valid_until })),
        BulkKind::RemoveGroup => Some((group, MembersChange { remove: ids, ..MembersChange::default() })),
        _ => None,
    }
}

/// Sends an act on accounts. It is refused when rights are no longer as in the preview that was seen.
pub(crate) async fn send(request: BulkRequest, basis: Option<&str>) -> Result<BulkAnswer, ApiError> {
    Change::post("/api/v1/accounts/bulk").once().basis(basis).send(&request).await
}

/// Takes a bulk change back.
pub(crate) async fn send_undo(operation: OperationId) -> Result<BulkAnswer, ApiError> {
    let path = ["/api/v1/operations/", &operation.to_string(), "/undo"].concat();
    Change::post(&path).once().ask().await
}

impl Desk {
    /// The way that an act takes for the person at the desk, reactively.
    pub(super) fn way(self, kind: BulkKind) -> Way {
        Way::of(kind, |permission| self.session.may(permission))
    }

    /// Whether the person at the desk may do an act to others, reactively.
    pub(super) fn may(self, kind: BulkKind, of: AccountKind) -> bool {
        self.way(kind) == Way::Group || self.session.may(of.managed_by())
    }

    /// Sends an act, and has everything that shows the accounts follow.
    pub(super) async fn apply(
        self,
        task: &BulkTask,
        action: BulkAction,
        basis: Option<&str>,
    ) -> Result<BulkAnswer, ApiError> {
        let way = untrack(|| self.way(task.kind));
        self.list.begin_change();
        let answer = way.send(task.ids(), action, basis).await;
        self.acted();
        answer
    }

    /// The message after an act, with Undo where there is something to take back.
    pub(crate) fn tell(self, said: String, operation: Option<OperationId>) {
        let undo = operation.map(|operation| MessageAction::new("Undo", move || self.undo(operation)));
        self.messages.success(said, undo);
    }

    /// Takes a bulk change back, and says how far that went.
    pub(crate) fn undo(self, operation: OperationId) {
        self.list.begin_change();
        spawn_local(async move {
            match send_undo(operation).await {
                Ok(answer) => {
                    let said = [&BulkSummary::of(&answer.results).undone_words(), "."].concat();
                    self.messages.success(said, None);
                }
                Err(error) => self.messages.failed(["It was not undone. ", &error.message()].concat(), None),
            }
            self.acted();
        });
    }

    /// An act has ended: lists, rights and seats may be others now.
    pub(super) fn acted(self) {
        self.list.end_change();
        self.session.refresh();
        self.acts.try_update(|acts| *acts = acts.wrapping_add(1));
    }
}

#[cfg(test)]
mod tests {
    use ConsolePermission::{AccountsManage, GroupsManage};

    use super::*;

    #[test]
    fn memberships_go_by_the_group_for_whoever_manages_groups_alone() {
        let way = |kind, held: &[ConsolePermission]| Way::of(kind, |permission| held.contains(&permission));
        assert_eq!(way(BulkKind::AddGroup, &[GroupsManage]), Way::Group);
        assert_eq!(way(BulkKind::RemoveGroup, &[GroupsManage]), Way::Group);
        assert_eq!(way(BulkKind::AddRole, &[GroupsManage]), Way::Accounts);
        assert_eq!(way(BulkKind::AddGroup, &[GroupsManage, AccountsManage]), Way::Accounts);
        assert_eq!(way(BulkKind::AddGroup, &[]), Way::Accounts);
    }

    #[test]
    fn preview_asks_the_route_that_the_act_takes() {
        let (group, ids) = (GroupId::from_u128(1), vec![AccountId::from_u128(2)]);
        let add = BulkAction { group: Some(group), ..BulkAction::plain(BulkKind::AddGroup) };
        let by_group = Way::Group.preview(ids.clone(), add.clone());
        assert_eq!((by_group.group, by_group.members.map(|change| change.add)), (Some(group), Some(ids.clone())));
        let remove = BulkAction { group: Some(group), ..BulkAction::plain(BulkKind::RemoveGroup) };
        let by_group = Way::Group.preview(ids.clone(), remove);
        assert_eq!(by_group.members.map(|change| (change.add, change.remove)), Some((Vec::new(), ids.clone())));
        assert_eq!(Way::Accounts.preview(ids.clone(), add).bulk.map(|bulk| bulk.ids), Some(ids));
    }
}
