//! Applying what an answer says would allow it; then the question is asked again.

use domain::bulk::{BulkAction, BulkKind, BulkSummary};
use domain::check::{Fix, FixKind};
use domain::objects::{AccessChange, AccessLevel, ObjectAccess};
use domain::permissions::ConsolePermission;
use domain::previews::MembersChange;
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::question::Question;
use super::state::Page;
use crate::api::{self, Change};
use crate::features::accounts::bulk::{BulkTask, Gift, action};

/// What is done, and what it is about.
fn act(fix: &Fix) -> Option<(BulkKind, Option<Gift>)> {
    let role = || fix.role.as_ref().map(Gift::role);
    Some(match fix.kind {
        FixKind::AddRole => (BulkKind::AddRole, role()),
        FixKind::AddGroup => (BulkKind::AddGroup, fix.group.as_ref().map(Gift::group)),
        FixKind::AddPermission => {
            (BulkKind::AddPermission, fix.permission.as_ref().map(|key| Gift::permission(key, key)))
        }
        FixKind::SetLevel => (BulkKind::SetLevel, fix.level.as_ref().map(Gift::level)),
        FixKind::Activate => (BulkKind::Activate, None),
        FixKind::AddAccess => return None,
    })
}

/// Whether the person at the desk may apply it, reactively. Access is offered by the server to those alone who may share.
pub(super) fn may_apply(page: Page, fix: &Fix) -> bool {
    let may_join = page.desk.session.may(ConsolePermission::GroupsManage);
    act(fix).is_none_or(|(kind, _)| page.may_manage() || (kind == BulkKind::AddGroup && may_join))
}

/// Applies it, and says so with Undo.
pub(super) fn apply(question: Question, fix: &Fix) {
    let Some(account) = untrack(|| question.page.account()) else { return };
    let Some((kind, gift)) = act(fix) else { return give_access(question, fix.access) };
    let permission =
        question.answered.with_untracked(|answered| answered.as_ref().map(|known| known.permission.clone()));
    let gift = match kind {
        // The key alone says little: the permission that was asked about has a name.
        BulkKind::AddPermission => gift.map(|gift| Gift { name: permission.unwrap_or_default(), ..gift }),
        _ => gift,
    };
    let Some(action) = action(kind, gift.as_ref(), None) else { return };
    let task = BulkTask::one(kind, &account);
    spawn_local(async move { send(question, task, gift, action).await });
}

async fn send(question: Question, task: BulkTask, gift: Option<Gift>, action: BulkAction) {
    let desk = question.page.desk;
    let answer = match action.group.filter(|_| !untrack(|| question.page.may_manage())) {
        // Who only manages groups adds a member.
        Some(group) => {
            let path = ["/api/v1/groups/", &group.to_string(), "/members"].concat();
            let add = MembersChange { add: vec![question.page.id], ..MembersChange::default() };
            desk.list.begin_change();
            let answer = Change::post(&path).send(&add).await;
            desk.acted();
            answer
        }
        None => desk.apply(&task, action, None).await,
    };
    match answer {
        Ok(answer) => {
            let summary = BulkSummary::of(&answer.results);
            let said = task.done(gift.as_ref(), &summary);
            if summary.refused.is_empty() {
                desk.tell(said, answer.operation_id);
            } else {
                desk.messages.failed(said, None);
            }
        }
        Err(error) => question.failed(&error),
    }
}

fn give_access(question: Question, level: Option<AccessLevel>) {
    let (desk, id) = (question.page.desk, question.page.id);
    let object = question.answered.with_untracked(|answered| answered.as_ref()?.question.object.clone());
    let Some(object) = object else { return };
    spawn_local(async move {
        let path = ["/api/v1/objects/", &api::encode(&object.kind), "/", &api::encode(&object.external_id), "/access"]
            .concat();
        let change = AccessChange {
            account: Some(id),
            group: None,
            level: level.unwrap_or(AccessLevel::View),
            valid_until: None,
        };
        let answer = match api::get::<ObjectAccess>(&path).await {
            Ok(now) => Change::new(Method::PUT, &path).version(now.object.version).tell(&change).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(()) => {
                desk.messages.success(["Access to ", &object.external_id, " was given."].concat(), None);
                desk.acted();
            }
            Err(error) => question.failed(&error),
        }
    });
}
