//! The last look at a changed role: what is different, who gains and loses what, and the button that saves.

use std::sync::Arc;

use domain::permissions::ConsolePermission;
use domain::previews::PreviewRequest;
use domain::roles::{Role, RoleChange};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::edit::{Typed, change, differences, merge, reverse};
use super::role_form::RoleFields;
use super::words::path;
use crate::api::{ApiError, Change};
use crate::features::previews::{Attempt, LivePreview, PreviewDialog};
use crate::features::session::Session;
use crate::load::Loader;
use crate::overtaken::Overtaken;
use crate::ui::{MessageAction, Messages};

pub(super) const OVERTAKEN: &str = "Somebody else changed this role a moment ago";

/// A role that is being changed.
#[derive(Clone, Copy)]
pub(super) struct RoleDesk {
    /// The role as the server has it.
    pub(super) role: Loader<Role>,
    pub(super) fields: RoleFields,
    /// The change that is looked at; none while the dialog is closed.
    pub(super) pending: RwSignal<Option<RoleChange>>,
    /// What somebody else changed meanwhile, in words.
    pub(super) overtaken: RwSignal<Vec<String>>,
    pub(super) session: Session,
    pub(super) messages: Messages,
}

impl RoleDesk {
    /// The stored role as the fields would hold it, reactively.
    pub(super) fn base(self) -> Typed {
        self.role.with(Typed::of).unwrap_or_default()
    }

    /// What was changed in words, reactively.
    pub(super) fn differences(self) -> Vec<String> {
        let (base, typed) = (self.base(), self.fields.typed());
        self.fields.catalogue.with_value(|catalogue| differences(&base, &typed, catalogue))
    }

    pub(super) fn may_manage(self) -> bool {
        self.session.may(ConsolePermission::RolesManage)
    }

    /// Opens the dialog, if what was typed is well formed.
    pub(super) fn review(self) {
        let (base, typed) = (self.base(), self.fields.typed());
        if base == typed || !self.fields.form.begin() {
            return;
        }
        match change(&base, &typed) {
            Ok(change) => {
                self.fields.form.end();
                self.pending.set(Some(change));
            }
            Err(errors) => self.fields.form.refuse(errors),
        }
    }

    /// Forgets what was typed.
    pub(super) fn discard(self) {
        self.overtaken.try_set(Vec::new());
        self.fields.show(untrack(move || self.base()));
    }

    /// The stored role and the typed one, where they differ.
    pub(super) fn unsaved(self) -> Option<(Typed, Typed)> {
        let (base, typed) = (self.base(), self.fields.typed());
        (base != typed).then_some((base, typed))
    }

    /// Shows what was typed before, with what others changed meanwhile.
    pub(super) fn restore(self, (base, typed): (Typed, Typed)) {
        let now = self.base();
        let words = self.fields.catalogue.with_value(|catalogue| differences(&base, &now, catalogue));
        self.fields.show(merge(&base, &typed, &now));
        self.overtaken.try_set(words);
    }

    fn take(self, role: Role) {
        self.pending.try_set(None);
        self.role.set(role);
        self.discard();
    }

    /// Somebody else was quicker: shows what they changed, and keeps what was typed here.
    fn overtake(self, now: Role) {
        let (base, typed) = untrack(move || (self.base(), self.fields.typed()));
        let theirs = Typed::of(&now);
        let words = self.fields.catalogue.with_value(|catalogue| differences(&base, &theirs, catalogue));
        let merged = merge(&base, &typed, &theirs);
        self.pending.try_set(change(&theirs, &merged).ok());
        self.role.set(now);
        self.fields.show(merged);
        self.overtaken.try_set(words);
    }

    fn save(self, attempt: Attempt) {
        let (Some(before), Some(change)) = untrack(move || (self.role.with(Role::clone), self.pending.get())) else {
            return;
        };
        if !attempt.begin() {
            return;
        }
        let basis = attempt.preview.basis();
        spawn_local(async move {
            let path = path(&before);
            let request = Change::new(Method::PATCH, &path).version(before.version).basis(basis.as_deref());
            match request.send::<_, Role>(&change).await {
                Ok(after) => self.saved(before, &change, after),
                Err(error) => self.refused(attempt, error),
            }
        });
    }

    fn refused(self, attempt: Attempt, error: ApiError) {
        if let ApiError::Problem(problem) = &error {
            if let Some(now) = &problem.current_role {
                self.overtake((**now).clone());
            } else if !problem.errors.is_empty() {
                // The fields are behind the dialog.
                self.pending.try_set(None);
                return self.fields.form.fail(error);
            }
        }
        attempt.fail(&error);
    }

    fn saved(self, before: Role, change: &RoleChange, after: Role) {
        let back = Arc::new(reverse(&before, change));
        let (path, version) = (path(&after), after.version);
        let undo = MessageAction::new("Undo", move || {
            let (path, back) = (path.clone(), Arc::clone(&back));
            spawn_local(async move {
                match Change::new(Method::PATCH, &path).version(version).send::<_, Role>(&*back).await {
                    Ok(role) => {
                        self.messages.success(["Undone: the role ", &role.name, " is as before."].concat(), None);
                        self.take(role);
                        self.session.refresh();
                    }
                    Err(error) => self.messages.failed(error.first_message(), None),
                }
            });
        });
        self.messages.success(["The role ", &after.name, " was saved."].concat(), Some(undo));
        self.take(after);
        self.session.refresh();
    }
}

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn ReviewDialog(
    /// The role, with a pending change.
    desk: RoleDesk,
) -> impl IntoView {
    let request = Signal::derive(move || {
        let role_change = Some(desk.pending.get()?);
        Some(PreviewRequest { role: desk.role.with(|role| role.id), role_change, ..PreviewRequest::default() })
    });
    let attempt = Attempt::new(LivePreview::new(request));
    let lines = move || desk.differences().into_iter().map(|line| view! { <li>{line}</li> }).collect::<Vec<_>>();
    let reason = Signal::derive(move || {
        let is_same = desk.base() == desk.fields.typed();
        if is_same { "Nothing is left to change.".to_owned() } else { String::new() }
    });
    let close = move || {
        desk.pending.try_set(None);
    };
    view! {
        <PreviewDialog
            title="Review changes"
            confirm="Save changes"
            attempt=attempt
            disabled_reason=reason
            on_confirm=move || desk.save(attempt)
            on_close=close
        >
            <Overtaken title=OVERTAKEN changes=desk.overtaken />
            <ul class="differences" aria-label="Your changes">{lines}</ul>
        </PreviewDialog>
    }
}
