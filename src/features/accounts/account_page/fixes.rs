//! Applying what an answer says would allow it, after a look at what that changes; then the question is asked again.

use domain::bulk::BulkKind;
use domain::check::{Fix, FixKind};
use domain::objects::{AccessChange, AccessLevel, ObjectAccess};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::question::Question;
use super::state::Page;
use crate::api::{self, Change};
use crate::features::accounts::bulk::{BulkTask, Gift};

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
    act(fix).is_none_or(|(kind, _)| page.may_do(kind))
}

/// Opens the dialog of the act with what it is about chosen. Access to an object is given at once, as on its own page.
pub(super) fn apply(question: Question, fix: &Fix) {
    let Some(account) = untrack(|| question.page.account()) else { return };
    let Some((kind, gift)) = act(fix) else { return give_access(question, fix.access) };
    let permission =
        question.answered.with_untracked(|answered| answered.as_ref().map(|known| known.words.permission.clone()));
    let gift = match kind {
        // The key alone says little: the permission that was asked about has a name.
        BulkKind::AddPermission => gift.map(|gift| Gift { name: permission.unwrap_or_default(), ..gift }),
        _ => gift,
    };
    let task = BulkTask::one(kind, &account);
    question.page.desk.ask(match gift {
        Some(gift) => task.about(gift),
        None => task,
    });
}

fn give_access(question: Question, level: Option<AccessLevel>) {
    let (desk, id) = (question.page.desk, question.page.id);
    let asked = question.answered.with_untracked(|answered| {
        let answered = answered.as_ref()?;
        Some((answered.question.object.clone()?, answered.words.object.clone()?))
    });
    let Some((object, name)) = asked else { return };
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
            Ok(now) => Change::new(Method::PUT, &path).once().version(now.object.version).tell(&change).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(()) => {
                desk.messages.success(["Access to ", &name, " was given."].concat(), None);
                desk.acted();
            }
            Err(error) => question.failed(&error),
        }
    });
}
