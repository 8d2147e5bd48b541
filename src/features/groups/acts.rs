//! What is done with one group, each act with its way back.

use std::sync::Arc;

use domain::bulk::{BulkAnswer, BulkKind};
use domain::groups::{Group, GroupChange, MembershipChange};
use domain::permissions::ConsolePermission;
use domain::previews::MembersChange;
use domain::{AccountId, GroupId, Timestamp};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::words::{GROUPS, Outcome, by_end};
use crate::api::{ApiError, Change};
use crate::features::previews::Attempt;
use crate::features::session::Session;
use crate::load::Loader;
use crate::ui::{MessageAction, Messages};

/// One group, and who acts on it.
#[derive(Clone, Copy)]
pub(super) struct GroupDesk {
    pub(super) group: Loader<Group>,
    /// Moves when the members have changed.
    pub(super) members_changed: RwSignal<u32>,
    pub(super) session: Session,
    pub(super) messages: Messages,
}

pub(super) fn path(id: GroupId) -> String {
    [GROUPS, "/", &id.to_string()].concat()
}

async fn put_member(
    group: GroupId,
    account: AccountId,
    valid_until: Option<Timestamp>,
    basis: Option<&str>,
) -> Result<(), ApiError> {
    let path = [&path(group), "/members/", &account.to_string()].concat();
    Change::new(Method::PUT, &path).once().basis(basis).tell(&MembershipChange { valid_until }).await
}

async fn change_members(group: GroupId, change: &MembersChange, basis: Option<&str>) -> Result<BulkAnswer, ApiError> {
    Change::post(&[&path(group), "/members"].concat()).once().basis(basis).send(change).await
}

impl GroupDesk {
    pub(super) fn may_manage(self) -> bool {
        self.session.may(ConsolePermission::GroupsManage)
    }

    /// The group, not reactively.
    pub(super) fn now(self) -> Option<Group> {
        untrack(move || self.group.with(Group::clone))
    }

    fn refresh(self) {
        self.group.reload();
        self.members_changed.try_update(|count| *count = count.wrapping_add(1));
        // One's own rights may have come or gone with it.
        self.session.refresh();
    }

    /// Says what an undo led to.
    fn undone(self, result: Result<(), ApiError>) {
        match result {
            Ok(()) => self.messages.success("Undone: it is as before.", None),
            Err(error) => self.messages.failed(error.first_message(), None),
        }
        self.refresh();
    }

    /// Adds accounts, with an end where one is chosen.
    pub(super) fn add(self, attempt: Attempt, change: MembersChange, said: String, close: Callback<()>) {
        let Some(group) = self.now().filter(|_| attempt.begin()) else { return };
        let basis = attempt.preview.basis();
        spawn_local(async move {
            let answer = change_members(group.id, &change, basis.as_deref()).await;
            let Some(outcome) = self.outcome(attempt, answer, BulkKind::AddGroup, said) else { return };
            close.try_run(());
            let back = Arc::new(MembersChange { remove: outcome.changed, ..MembersChange::default() });
            let undo = (!back.remove.is_empty()).then(|| {
                MessageAction::new("Undo", move || {
                    let back = Arc::clone(&back);
                    spawn_local(async move { self.undone(change_members(group.id, &back, None).await.map(|_| ())) });
                })
            });
            self.say(outcome.is_whole, outcome.said, undo);
            self.refresh();
        });
    }

    /// Removes accounts; the undo brings each back with its end.
    pub(super) fn remove(
        self,
        attempt: Attempt,
        members: Vec<(AccountId, Option<Timestamp>)>,
        now: Signal<i64>,
        said: String,
        close: Callback<()>,
    ) {
        let Some(group) = self.now().filter(|_| attempt.begin()) else { return };
        let basis = attempt.preview.basis();
        let remove = members.iter().map(|(id, _)| *id).collect();
        spawn_local(async move {
            let change = MembersChange { remove, ..MembersChange::default() };
            let answer = change_members(group.id, &change, basis.as_deref()).await;
            let Some(outcome) = self.outcome(attempt, answer, BulkKind::RemoveGroup, said) else { return };
            close.try_run(());
            let left: Vec<_> = members.into_iter().filter(|(id, _)| outcome.changed.contains(id)).collect();
            let undo = (!left.is_empty()).then(|| {
                MessageAction::new("Undo", move || {
                    let ends = by_end(&left, Timestamp::from_millis(now.try_get_untracked().unwrap_or_default()));
                    spawn_local(async move {
                        let mut result = Ok(());
                        for (valid_until, add) in ends {
                            let change = MembersChange { add, remove: Vec::new(), valid_until };
                            result = result.and(change_members(group.id, &change, None).await.map(|_| ()));
                        }
                        self.undone(result);
                    });
                })
            });
            self.say(outcome.is_whole, outcome.said, undo);
            self.refresh();
        });
    }

    /// What became of each account; none where nothing was done, which the dialog then says.
    fn outcome(
        self,
        attempt: Attempt,
        answer: Result<BulkAnswer, ApiError>,
        kind: BulkKind,
        said: String,
    ) -> Option<Outcome> {
        match answer {
            Err(error) => attempt.fail(&error),
            Ok(answer) => match Outcome::of(&answer, kind, said) {
                outcome if outcome.changed.is_empty() && !outcome.is_whole => attempt.refuse(outcome.said),
                outcome => return Some(outcome),
            },
        }
        None
    }

    fn say(self, is_whole: bool, said: String, undo: Option<MessageAction>) {
        if is_whole {
            self.messages.success(said, undo);
        } else {
            self.messages.info(said, undo);
        }
    }

    /// Sets or takes away the end of a membership.
    pub(super) fn set_end(
        self,
        attempt: Attempt,
        account: AccountId,
        (before, after): (Option<Timestamp>, Option<Timestamp>),
        said: String,
        close: Callback<()>,
    ) {
        let Some(group) = self.now().filter(|_| attempt.begin()) else { return };
        let basis = attempt.preview.basis();
        spawn_local(async move {
            if let Err(error) = put_member(group.id, account, after, basis.as_deref()).await {
                return attempt.fail(&error);
            }
            close.try_run(());
            let undo = MessageAction::new("Undo", move || {
                spawn_local(async move { self.undone(put_member(group.id, account, before, None).await) });
            });
            self.messages.success(said, Some(undo));
            self.refresh();
        });
    }

    /// Puts other roles on the group.
    pub(super) fn set_roles(self, attempt: Attempt, roles: Vec<String>, said: String, close: Callback<()>) {
        let Some(before) = self.now().filter(|_| attempt.begin()) else { return };
        let basis = attempt.preview.basis();
        spawn_local(async move {
            let change = GroupChange { roles: Some(roles), ..GroupChange::default() };
            let after = match self.patch(&before, &change, basis.as_deref()).await {
                Ok(after) => after,
                Err(error) => return attempt.fail(&error),
            };
            close.try_run(());
            let keys = before.roles.into_iter().map(|role| role.key).collect();
            let back = Arc::new((after, GroupChange { roles: Some(keys), ..GroupChange::default() }));
            let undo = MessageAction::new("Undo", move || {
                let back = Arc::clone(&back);
                spawn_local(async move { self.undone(self.patch(&back.0, &back.1, None).await.map(|_| ())) });
            });
            self.messages.success(said, Some(undo));
            self.refresh();
        });
    }

    /// Changes the group, and shows it as it is by now, also where that is what the refusal says.
    pub(super) async fn patch(
        self,
        group: &Group,
        change: &GroupChange,
        basis: Option<&str>,
    ) -> Result<Group, ApiError> {
        let path = path(group.id);
        let answer =
            Change::new(Method::PATCH, &path).version(group.version).basis(basis).send::<_, Group>(change).await;
        match &answer {
            Ok(after) => self.group.set(after.clone()),
            Err(ApiError::Problem(problem)) => {
                if let Some(now) = &problem.current_group {
                    self.group.set((**now).clone());
                }
            }
            Err(ApiError::Offline) => {}
        }
        answer
    }
}
