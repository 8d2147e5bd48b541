//! The fields of the new accounts defaults, the defaults they began with, and their saving.

use std::collections::BTreeSet;

use domain::Code;
use domain::defaults::DefaultsView;
use domain::groups::GroupRef;
use domain::permissions::Catalogue;
use domain::previews::PreviewRequest;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::defaults_draft::{Draft, changes, merge};
use crate::api::{self, Change};
use crate::features::previews::LivePreview;
use crate::features::session::{Session, use_session};
use crate::form::FormState;
use crate::ui::{Messages, use_messages};

pub(super) const PATH: &str = "/api/v1/organization/defaults";
pub(super) const FORM_ID: &str = "new-accounts";

/// The fields, and what is stored.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) groups: RwSignal<Vec<GroupRef>>,
    /// Keys.
    pub(super) permissions: RwSignal<BTreeSet<String>>,
    pub(super) level: RwSignal<String>,
    stored: RwSignal<DefaultsView>,
    pub(super) catalogue: StoredValue<Catalogue>,
    /// What somebody else changed meanwhile, in words.
    pub(super) overtaken: RwSignal<Vec<String>>,
    pub(super) preview: LivePreview,
    pub(super) form: FormState,
    pub(super) session: Session,
    messages: Messages,
}

impl Desk {
    pub(super) fn new(stored: DefaultsView, catalogue: Catalogue) -> Self {
        let session = use_session();
        let profile_level = untrack(move || session.with(|view| view.organization.default_level.clone()));
        let draft = Draft::of(&stored, profile_level.as_deref());
        let fields = (RwSignal::new(draft.groups), RwSignal::new(draft.permissions), RwSignal::new(draft.level));
        let stored = RwSignal::new(stored);
        let (groups, permissions, level) = fields;
        let request = Memo::new(move |_| {
            let mine = Draft { groups: groups.get(), permissions: permissions.get(), level: level.get() };
            let profile_level = session.with(|view| view.organization.default_level.clone());
            stored.with(|stored| {
                let base = Draft::of(stored, profile_level.as_deref());
                (!mine.gives_the_same(&base)).then(|| mine.request(stored, &base))
            })
        });
        let preview = LivePreview::new(Signal::derive(move || {
            request.get().map(|defaults| PreviewRequest { defaults: Some(defaults), ..PreviewRequest::default() })
        }));
        Self {
            groups,
            permissions,
            level,
            stored,
            catalogue: StoredValue::new(catalogue),
            overtaken: RwSignal::new(Vec::new()),
            preview,
            form: FormState::new(FORM_ID, &[]),
            session,
            messages: use_messages(),
        }
    }

    fn draft(self) -> Draft {
        Draft { groups: self.groups.get(), permissions: self.permissions.get(), level: self.level.get() }
    }

    fn base(self) -> Draft {
        let level = self.session.with(|view| view.organization.default_level.clone());
        self.stored.with(|stored| Draft::of(stored, level.as_deref()))
    }

    /// Whether anything is not saved yet, reactively.
    pub(super) fn is_changed(self) -> bool {
        !self.draft().gives_the_same(&self.base())
    }

    /// What a permission is called.
    pub(super) fn label(self, key: &str) -> String {
        self.catalogue.with_value(|catalogue| catalogue.label(key).to_owned())
    }

    /// The stored defaults and the chosen ones, where they differ.
    pub(super) fn unsaved(self) -> Option<(Draft, Draft)> {
        self.is_changed().then(|| (self.base(), self.draft()))
    }

    /// Shows what was chosen before, with what others changed meanwhile.
    pub(super) fn restore(self, (base, mine): (Draft, Draft)) {
        let now = self.base();
        self.show(merge(&base, &mine, &now));
        self.overtaken.set(self.told(&base, &now));
    }

    /// Forgets what was chosen.
    pub(super) fn discard(self) {
        self.overtaken.set(Vec::new());
        self.show(self.base());
    }

    /// What somebody else changed, in words.
    fn told(self, base: &Draft, now: &Draft) -> Vec<String> {
        let levels = self.session.with(|view| view.organization.levels.clone());
        changes(base, now, &levels, |key| self.label(key))
    }

    fn show(self, draft: Draft) {
        self.groups.set(draft.groups);
        self.permissions.set(draft.permissions);
        self.level.set(draft.level);
    }

    pub(super) fn save(self) {
        if !self.is_changed() || !self.form.begin() {
            return;
        }
        let (base, mine) = (self.base(), self.draft());
        let (request, version) = self.stored.with(|stored| (mine.request(stored, &base), stored.version));
        let basis = self.preview.basis();
        spawn_local(async move {
            let change = Change::new(Method::PUT, PATH).version(version).basis(basis.as_deref());
            match change.send::<_, DefaultsView>(&request).await {
                Ok(stored) => self.saved(stored),
                Err(error) if error.code() == Some(Code::Stale) => self.overtake().await,
                Err(error) => self.form.fail(error),
            }
        });
    }

    fn saved(self, stored: DefaultsView) {
        self.form.end();
        self.messages.success("Defaults saved. They hold for accounts that are created from now on.", None);
        self.session.refresh();
        if self.overtaken.try_set(Vec::new()).is_none() {
            self.stored.set(stored.clone());
            let level = untrack(move || self.level.get());
            self.show(Draft::of(&stored, Some(&level)));
        }
    }

    /// Somebody else was quicker: shows what they changed, and keeps what was chosen here.
    async fn overtake(self) {
        let now = match api::get::<DefaultsView>(PATH).await {
            Ok(now) => now,
            Err(error) => return self.form.fail(error),
        };
        self.form.end();
        // The page may be gone by now.
        if self.stored.try_get_untracked().is_some() {
            untrack(move || self.compare(now));
        }
    }

    fn compare(self, now: DefaultsView) {
        let (base, mine) = (self.base(), self.draft());
        self.stored.set(now);
        let now = self.base();
        self.show(merge(&base, &mine, &now));
        self.preview.again();
        let told = self.told(&base, &now);
        if told.is_empty() {
            self.form.say("Who may do what was changed elsewhere a moment ago. What will change was computed anew: look at it, and save again.");
        }
        self.overtaken.set(told);
    }
}
