//! The state of the invite dialog, and the sending.

use domain::email_list::{EmailList, EmailListError};
use domain::groups::GroupRef;
use domain::invitations::{InviteRequest, InviteResponse, InviteResult, summarize};
use domain::{AccountId, Code};
use leptos::{prelude::*, task::spawn_local};

use super::advanced::Advanced;
use super::draft::{Draft, list_error, to_correct, with_text};
use super::faults::{Faults, Field};
use crate::api::{ApiError, Change};
use crate::features::accounts::{Desk, choices, chosen_beforehand};
use crate::features::groups::NewGroups;
use crate::ui::dom;

/// The id of the form, by which its first wrong field is found.
pub(super) const FORM: &str = "invite-form";
/// The id of the field for addresses.
pub(super) const ADDRESSES: &str = "invite-addresses";
/// The id of the button that ends the dialog.
pub(super) const DONE: &str = "invite-done";

/// The dialog's fields, and what became of them.
#[derive(Clone, Copy)]
pub(super) struct InviteForm {
    pub(super) desk: Desk,
    owner: AccountId,
    pub(super) entries: RwSignal<Vec<String>>,
    pub(super) text: RwSignal<String>,
    pub(super) level: RwSignal<String>,
    pub(super) groups: RwSignal<Vec<GroupRef>>,
    pub(super) new_groups: NewGroups,
    pub(super) advanced: Advanced,
    pub(super) faults: RwSignal<Faults>,
    pub(super) busy: RwSignal<bool>,
    /// Whether what it opened with is from before.
    pub(super) is_restored: RwSignal<bool>,
    /// Whether it is to be sent as soon as its new groups are there.
    waits: StoredValue<bool>,
    /// The results, once it was sent.
    pub(super) results: RwSignal<Option<Vec<InviteResult>>>,
    /// The groups that were asked for, by which the results name them.
    pub(super) asked_groups: StoredValue<Vec<GroupRef>>,
}

impl InviteForm {
    /// Opens with what was typed before, if it was not sent.
    pub(super) fn new(desk: Desk, owner: AccountId) -> Self {
        let draft = Draft::recall(owner).unwrap_or_default();
        let is_restored = draft != Draft::default();
        let level = if draft.level.is_empty() { beforehand(desk) } else { draft.level };
        let form = Self {
            desk,
            owner,
            entries: RwSignal::new(draft.entries),
            text: RwSignal::new(draft.text),
            level: RwSignal::new(level),
            groups: RwSignal::new(draft.groups),
            new_groups: NewGroups::new(),
            advanced: Advanced::new(draft.roles, draft.permissions),
            faults: RwSignal::new(Faults::default()),
            busy: RwSignal::new(false),
            is_restored: RwSignal::new(is_restored),
            waits: StoredValue::new(false),
            results: RwSignal::new(None),
            asked_groups: StoredValue::new(Vec::new()),
        };
        Effect::new(move |_| {
            if !form.new_groups.are_under_way() {
                untrack(move || form.go_on());
            }
        });
        on_cleanup(move || form.keep_draft());
        form
    }

    fn keep_draft(self) {
        // A level that nobody chose is no part of it: the default may be another one by then.
        let level = self.level.try_get_untracked().filter(|level| *level != beforehand(self.desk)).unwrap_or_default();
        let draft = Draft {
            level,
            entries: self.entries.try_get_untracked().unwrap_or_default(),
            text: self.text.try_get_untracked().unwrap_or_default(),
            groups: self.groups.try_get_untracked().unwrap_or_default(),
            roles: self.advanced.roles.try_get_untracked().unwrap_or_default(),
            permissions: self.advanced.permissions.try_get_untracked().unwrap_or_default(),
        };
        draft.keep(self.owner);
    }

    /// Puts away what is from before.
    pub(super) fn begin_anew(self) {
        self.entries.set(Vec::new());
        self.text.set(String::new());
        self.level.set(beforehand(self.desk));
        self.groups.set(Vec::new());
        self.advanced.roles.set(Vec::new());
        self.advanced.permissions.set(Vec::new());
        self.faults.set(Faults::default());
        self.is_restored.set(false);
        dom::focus(ADDRESSES);
    }

    /// Makes chips of a text.
    pub(super) fn commit(self, text: &str) {
        self.text.set(String::new());
        self.entries.update(|entries| *entries = with_text(std::mem::take(entries), text));
        self.faults.update(|faults| faults.forget_whole(Field::Emails));
    }

    pub(super) fn remove(self, at: usize) {
        self.entries.update(|entries| {
            if at < entries.len() {
                entries.remove(at);
            }
        });
        self.faults.update(|faults| faults.forget_whole(Field::Emails));
    }

    /// Puts an entry back into the field, to be corrected.
    pub(super) fn edit(self, at: usize) {
        let pending = self.text.get_untracked();
        if !pending.trim().is_empty() {
            self.commit(&pending);
        }
        let entry = self.entries.with_untracked(|entries| entries.get(at).cloned());
        if let Some(entry) = entry {
            self.remove(at);
            self.text.set(entry);
        }
    }

    /// Sends it, unless something is missing.
    pub(super) fn submit(self) {
        if self.busy.get_untracked() || self.results.with_untracked(Option::is_some) {
            return;
        }
        if untrack(move || self.new_groups.are_under_way()) {
            self.waits.set_value(true);
            return self.busy.set(true);
        }
        let pending = self.text.get_untracked();
        if !pending.trim().is_empty() {
            self.commit(&pending);
        }
        match self.request() {
            Ok(request) => self.send(request),
            Err(faults) => {
                self.faults.set(faults);
                dom::focus_first_invalid(FORM);
            }
        }
    }

    /// Sends what waited for its new groups, unless one of them was refused: the field says why.
    fn go_on(self) {
        if !self.waits.get_value() {
            return;
        }
        self.waits.set_value(false);
        self.busy.set(false);
        if self.new_groups.refused().is_some() {
            dom::focus_first_invalid(FORM);
        } else {
            self.submit();
        }
    }

    fn request(self) -> Result<InviteRequest, Faults> {
        let entries = self.entries.get_untracked();
        let level = Some(self.level.get_untracked()).filter(|level| !level.is_empty());
        let has_levels = untrack(|| self.desk.rights().has_levels);
        let faults = Faults::default()
            .with(Field::Emails, list_error(&entries))
            .with(Field::Level, (has_levels && level.is_none()).then(|| "Choose one.".to_owned()));
        if self.new_groups.refuse_left_over() || !faults.is_none() {
            return Err(faults);
        }
        let emails = EmailList::from_entries(entries)
            .map_err(|error: EmailListError| Faults::default().with(Field::Emails, Some(error.to_string())))?;
        let groups = self.groups.with_untracked(|groups| groups.iter().map(|group| group.id).collect());
        let (roles, permissions) = (self.advanced.roles.get_untracked(), self.advanced.permissions.get_untracked());
        Ok(InviteRequest { emails, level, groups, roles, permissions })
    }

    fn send(self, request: InviteRequest) {
        self.busy.set(true);
        self.faults.set(Faults::default());
        self.advanced.refuse(Vec::new());
        self.asked_groups.set_value(self.groups.get_untracked());
        let (desk, owner) = (self.desk, self.owner);
        spawn_local(async move {
            match Change::post("/api/v1/invitations").once().send::<_, InviteResponse>(&request).await {
                Ok(response) => {
                    Draft::default().keep(owner);
                    desk.list.refresh();
                    desk.session.refresh();
                    self.succeeded(response.results);
                }
                Err(error) => self.failed(&error, &request),
            }
        });
    }

    fn succeeded(self, results: Vec<InviteResult>) {
        let summary = summarize(&results);
        let is_closed = self.busy.try_set(false).is_some();
        if is_closed {
            return self.desk.messages.success(summary, None);
        }
        self.entries.set(to_correct(&results));
        self.level.set(beforehand(self.desk));
        self.groups.set(Vec::new());
        self.advanced.clear();
        self.results.set(Some(results));
        dom::focus(DONE);
    }

    fn failed(self, error: &ApiError, sent: &InviteRequest) {
        let faults = Faults::of(error, sent);
        if error.code() == Some(Code::NotSignedIn) {
            self.desk.session.end();
        } else if self.busy.try_set(false).is_some() {
            self.desk.messages.failed(["The invitation was not sent. ", &error.message()].concat(), None);
        } else {
            self.advanced.refuse(error.fields().to_vec());
            if faults.are_in(&[Field::Roles, Field::Permissions]) {
                self.advanced.show();
            }
            self.faults.set(faults);
            dom::focus_first_invalid(FORM);
        }
    }

    /// Goes back to the form, with the entries that are still to be corrected.
    pub(super) fn invite_more(self) {
        self.results.set(None);
        dom::focus(ADDRESSES);
    }
}

/// The level that is chosen before anybody chose one; empty where there is none.
fn beforehand(desk: Desk) -> String {
    untrack(|| {
        desk.session.with(|session| {
            chosen_beforehand(&choices(session), session.organization.default_level.as_deref()).unwrap_or_default()
        })
    })
}
