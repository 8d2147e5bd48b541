//! What the page of one account knows: the account, what it was given, and the roles that reasons lead to.

use std::sync::Arc;
use std::time::Duration;

use domain::accounts::Account;
use domain::bulk::BulkKind;
use domain::grants::AccountPermissions;
use domain::page::Page as Items;
use domain::roles::Role;
use domain::{AccountId, Code};
use leptos::{prelude::*, task::spawn_local};

use crate::api::{self, Fresh};
use crate::features::accounts::desk::Desk;

const REFRESH_EVERY: Duration = Duration::from_secs(3);

/// The page, to be read reactively.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) id: AccountId,
    pub(super) desk: Desk,
    /// What it was given and holds; none until it has arrived.
    pub(super) held: RwSignal<Option<Arc<AccountPermissions>>>,
    /// What is looked for among the effective permissions.
    pub(super) search: RwSignal<String>,
    /// Why that could not be read, while nothing of it is shown.
    pub(super) trouble: RwSignal<Option<String>>,
    /// All roles, for links to them and for whether they may be handed on; empty until they have arrived.
    roles: RwSignal<Vec<Role>>,
    tag: StoredValue<Option<String>>,
    /// How often was asked: an answer to an earlier question is not taken.
    asked: StoredValue<u32>,
}

impl Page {
    /// Reads everything, and looks for news every three seconds and after each act.
    pub(super) fn new(id: AccountId, desk: Desk) -> Self {
        let page = Self {
            id,
            desk,
            held: RwSignal::new(None),
            search: RwSignal::new(String::new()),
            trouble: RwSignal::new(None),
            roles: RwSignal::new(Vec::new()),
            tag: StoredValue::new(None),
            asked: StoredValue::new(0),
        };
        page.reload();
        page.read_roles();
        let refresh = move || {
            if !document().hidden() {
                page.reload();
            }
        };
        if let Ok(interval) = set_interval_with_handle(refresh, REFRESH_EVERY) {
            on_cleanup(move || interval.clear());
        }
        // What changes the account, such as its status, changes what it holds.
        let version = Memo::new(move |_| page.read(|account| account.version));
        Effect::watch(
            move || (desk.acts.get(), version.get()),
            move |now, before, _| {
                // The account's own arrival is no change of it.
                if before.is_some_and(|before| before.0 != now.0 || before.1 != 0) {
                    page.reload();
                }
            },
            false,
        );
        page
    }

    /// The account, reactively.
    pub(super) fn account(self) -> Option<Arc<Account>> {
        self.desk.list.find(self.id)
    }

    /// Something of the account, reactively; the default until it is there.
    pub(super) fn read<T: Default>(self, read: impl FnOnce(&Account) -> T) -> T {
        self.account().as_deref().map(read).unwrap_or_default()
    }

    /// Whether the person at the desk may do an act to the account, reactively.
    pub(super) fn may_do(self, kind: BulkKind) -> bool {
        self.desk.may(kind, self.read(|account| account.kind)) && self.is_changeable()
    }

    /// Whether it is there, and holds nothing that the person at the desk lacks, reactively (I7).
    pub(super) fn is_changeable(self) -> bool {
        self.read(|account| account.deleted_at.is_none() && !account.is_beyond_reach)
    }

    /// The address of a role's page, by the role's key, reactively.
    pub(super) fn role_address(self, key: &str) -> Option<String> {
        let id = self.roles.with(|roles| roles.iter().find(|role| role.key == key).map(|role| role.id))?;
        Some(["/roles/", &id.to_string()].concat())
    }

    /// Whether the person at the desk may hand on a role, reactively; while that is not known the server decides.
    pub(super) fn may_hand_on(self, key: &str) -> bool {
        let permissions =
            self.roles.with(|roles| roles.iter().find(|role| role.key == key).map(|role| role.permissions.clone()));
        permissions.is_none_or(|keys| self.desk.session.with(|session| session.may_give_all(&keys)))
    }

    /// What a permission is called, as far as the account holds it; else its key. Reactively.
    pub(super) fn label(self, key: &str) -> String {
        let found = self.held.with(|held| {
            let held = held.as_ref()?;
            let mut all = held.permissions.iter().chain(&held.permissions_when_active);
            all.find(|held| held.key == key).map(|held| held.label.clone())
        });
        found.unwrap_or_else(|| key.to_owned())
    }

    /// Reads again what it was given.
    pub(super) fn reload(self) {
        let Some(asked) = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        }) else {
            return;
        };
        spawn_local(async move {
            let path = ["/api/v1/accounts/", &self.id.to_string(), "/permissions"].concat();
            let tag = self.tag.try_get_value().flatten();
            let answer = api::get_fresh::<AccountPermissions>(&path, tag.as_deref()).await;
            if self.asked.try_get_value() != Some(asked) {
                return;
            }
            match answer {
                Ok(Fresh::New(held, tag)) => {
                    self.tag.set_value(tag);
                    self.trouble.set(None);
                    if self.held.with_untracked(|known| known.as_deref() != Some(&held)) {
                        self.held.set(Some(Arc::new(held)));
                    }
                }
                Ok(Fresh::Unchanged) => {}
                Err(error) if error.code() == Some(Code::NotSignedIn) => self.desk.session.end(),
                // What is shown stays.
                Err(error) if self.held.with_untracked(Option::is_none) => self.trouble.set(Some(error.message())),
                Err(_) => {}
            }
        });
    }

    fn read_roles(self) {
        spawn_local(async move {
            if let Ok(page) = api::get::<Items<Role>>("/api/v1/roles").await {
                self.roles.try_set(page.items);
            }
        });
    }
}
