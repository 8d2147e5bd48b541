//! The state of the invite dialog, and the sending.

use domain::email_list::{EmailList, EmailListError};
use domain::groups::GroupRef;
use domain::invitations::{InviteRequest, InviteResponse, InviteResult, summarize};
use domain::{AccountId, Code};
use leptos::{prelude::*, task::spawn_local};

use super::advanced::Advanced;
use super::draft::{Draft, list_error, to_correct, with_text};
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

/// What is wrong, by where it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    pub(super) emails: Option<String>,
    pub(super) level: Option<String>,
    pub(super) groups: Option<String>,
    /// What belongs to no field.
    pub(super) other: Option<String>,
}

impl Faults {
    fn of(error: &ApiError) -> Self {
        let (emails, level, groups) = (error.field("emails"), error.field("level"), error.field("groups"));
        let is_placed = emails.is_some() || level.is_some() || groups.is_some();
        Self { emails, level, groups, other: (!is_placed).then(|| error.message()) }
    }
}

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
    /// Whether it is to be sent as soon as its new groups are there.
    waits: StoredValue<bool>,
    /// The results, once it was sent.
    pub(super) results: RwSignal<Option<Vec<InviteResult>>>,
    /// The last request and its key: the same request is the same intention, however often it is tried.
    attempt: StoredValue<(String, String)>,
}

impl InviteForm {
    /// Opens with what was typed before, if it was not sent.
    pub(super) fn new(desk: Desk, owner: AccountId) -> Self {
        let draft = Draft::recall(owner).unwrap_or_default();
        let beforehand = untrack(|| {
            desk.session.with(|session| {
                chosen_beforehand(&choices(session), session.organization.default_level.as_deref()).unwrap_or_default()
            })
        });
        let level = if draft.level.is_empty() { beforehand } else { draft.level };
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
            waits: StoredValue::new(false),
            results: RwSignal::new(None),
            attempt: StoredValue::new((String::new(), String::new())),
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
        let draft = Draft {
            entries: self.entries.try_get_untracked().unwrap_or_default(),
            text: self.text.try_get_untracked().unwrap_or_default(),
            level: self.level.try_get_untracked().unwrap_or_default(),
            groups: self.groups.try_get_untracked().unwrap_or_default(),
            roles: self.advanced.roles.try_get_untracked().unwrap_or_default(),
            permissions: self.advanced.permissions.try_get_untracked().unwrap_or_default(),
        };
        draft.keep(self.owner);
    }

    /// Makes chips of a text.
    pub(super) fn commit(self, text: &str) {
        self.text.set(String::new());
        self.entries.update(|entries| *entries = with_text(std::mem::take(entries), text));
        self.faults.update(|faults| faults.emails = None);
    }

    pub(super) fn remove(self, at: usize) {
        self.entries.update(|entries| {
            if at < entries.len() {
                entries.remove(at);
            }
        });
        self.faults.update(|faults| faults.emails = None);
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
        let fault = Faults {
            emails: list_error(&entries),
            level: (has_levels && level.is_none()).then(|| "Choose one.".to_owned()),
            ..Faults::default()
        };
        if self.new_groups.refuse_left_over() || fault != Faults::default() {
            return Err(fault);
        }
        let emails = EmailList::from_entries(entries)
            .map_err(|error: EmailListError| Faults { emails: Some(error.to_string()), ..Faults::default() })?;
        let groups = self.groups.with_untracked(|groups| groups.iter().map(|group| group.id).collect());
        let (roles, permissions) = (self.advanced.roles.get_untracked(), self.advanced.permissions.get_untracked());
        Ok(InviteRequest { emails, level, groups, roles, permissions })
    }

    fn send(self, request: InviteRequest) {
        self.busy.set(true);
        self.faults.set(Faults::default());
        let key = self.key_for(&request);
        let (desk, owner) = (self.desk, self.owner);
        spawn_local(async move {
            match Change::post("/api/v1/invitations").key(&key).send::<_, InviteResponse>(&request).await {
                Ok(response) => {
                    Draft::default().keep(owner);
                    desk.list.refresh();
                    desk.session.refresh();
                    self.succeeded(response.results);
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    fn key_for(self, request: &InviteRequest) -> String {
        let text = serde_json::to_string(request).unwrap_or_default();
        self.attempt
            .try_update_value(|(last, key)| {
                if *last != text {
                    (*last, *key) = (text, fresh_key());
                }
                key.clone()
            })
            .unwrap_or_default()
    }

    fn succeeded(self, results: Vec<InviteResult>) {
        let summary = summarize(&results);
        let is_closed = self.busy.try_set(false).is_some();
        if is_closed {
            return self.desk.messages.success(summary, None);
        }
        self.attempt.set_value((String::new(), String::new()));
        self.entries.set(to_correct(&results));
        self.groups.set(Vec::new());
        self.advanced.clear();
        self.results.set(Some(results));
        dom::focus(DONE);
    }

    fn failed(self, error: &ApiError) {
        let faults = Faults::of(error);
        if error.code() == Some(Code::NotSignedIn) {
            self.desk.session.end();
        } else if self.busy.try_set(false).is_some() {
            self.desk.messages.failed(["The invitation was not sent. ", &error.message()].concat(), None);
        } else {
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

/// A key that no other request has. Without randomness the request goes without one, and is then not safe to be tried twice.
fn fresh_key() -> String {
    let mut bytes = [0_u8; 16];
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    filled.map(|_| bytes.iter().map(|byte| format!("{byte:02x}")).collect()).unwrap_or_default()
}
