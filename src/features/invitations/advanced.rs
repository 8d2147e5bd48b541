//! "Advanced": roles and single permissions for the invited, as far as the inviter holds them (F20).

use std::collections::HashMap;

use domain::FieldError;
use domain::accounts::AccountKind;
use domain::grants::MembershipView;
use domain::groups::{EVERYONE, Group, GroupKind, GroupRef};
use domain::new_accounts::NewAccountView;
use domain::page::Page;
use domain::permissions::PermissionEntry;
use domain::roles::{OWNER_ROLE, Role};
use domain::session::SessionView;
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use super::outlook::{Outlook, OutlookPanel};
use crate::api;
use crate::features::session::use_session;
use crate::ui::{Banner, KeysField, OptionView, Tone};

/// What is chosen, and what there is to choose from; read when the part is first opened.
#[derive(Clone, Copy)]
pub(crate) struct Advanced {
    /// For whom it is.
    pub(super) kind: AccountKind,
    /// Keys.
    pub(crate) roles: RwSignal<Vec<String>>,
    /// Keys.
    pub(crate) permissions: RwSignal<Vec<String>>,
    pub(super) all_roles: RwSignal<Option<Vec<Role>>>,
    pub(super) catalogue: RwSignal<Option<Vec<PermissionEntry>>>,
    /// What every new account holds.
    pub(super) start: RwSignal<Option<NewAccountView>>,
    /// The chosen groups with their roles, as far as they have arrived.
    pub(super) groups: RwSignal<Vec<Group>>,
    /// Why something of it could not be read.
    pub(super) trouble: RwSignal<Option<String>>,
    /// What the server found wrong with what was chosen.
    faults: RwSignal<Vec<GiftFault>>,
    is_open: RwSignal<bool>,
}

/// Something that is wrong with the roles or the permissions.
#[derive(Clone, PartialEq, Eq)]
struct GiftFault {
    field: String,
    /// The role or permission it is about, by key; none where it is the field as a whole.
    key: Option<String>,
    text: String,
}

impl Advanced {
    /// Closed, unless something was chosen before.
    pub(super) fn new(roles: Vec<String>, permissions: Vec<String>) -> Self {
        let is_open = !roles.is_empty() || !permissions.is_empty();
        Self::of(AccountKind::User, roles, permissions, is_open)
    }

    /// Of a service account, always open.
    pub(crate) fn of_service() -> Self {
        Self::of(AccountKind::Service, Vec::new(), Vec::new(), true)
    }

    fn of(kind: AccountKind, roles: Vec<String>, permissions: Vec<String>, is_open: bool) -> Self {
        Self {
            kind,
            roles: RwSignal::new(roles),
            permissions: RwSignal::new(permissions),
            all_roles: RwSignal::new(None),
            catalogue: RwSignal::new(None),
            start: RwSignal::new(None),
            groups: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            faults: RwSignal::new(Vec::new()),
            is_open: RwSignal::new(is_open),
        }
    }

    /// Opens the part, for what is wrong in it to be seen.
    pub(super) fn show(self) {
        self.is_open.set(true);
    }

    /// What roles and permissions are called, by key, as far as that was read.
    pub(super) fn names(self) -> HashMap<String, String> {
        let roles = |roles: &Option<Vec<Role>>| {
            roles.iter().flatten().map(|role| (role.key.clone(), role.name.clone())).collect::<Vec<_>>()
        };
        let labels = |entries: &Option<Vec<PermissionEntry>>| {
            entries.iter().flatten().map(|entry| (entry.key.clone(), entry.label.clone())).collect::<Vec<_>>()
        };
        self.all_roles.with_untracked(roles).into_iter().chain(self.catalogue.with_untracked(labels)).collect()
    }

    /// Takes back what was chosen.
    pub(super) fn clear(self) {
        self.roles.set(Vec::new());
        self.permissions.set(Vec::new());
    }

    /// Reads what is needed, once the part is open; the roles of groups as they are chosen.
    pub(super) fn follow(self, chosen: RwSignal<Vec<GroupRef>>) {
        Effect::new(move |was_open: Option<bool>| {
            let is_open = self.is_open.get();
            if is_open && was_open != Some(true) {
                self.trouble.set(None);
                self.read_page("/api/v1/roles", self.all_roles);
                self.read_page("/api/v1/permissions", self.catalogue);
                self.read_start();
            }
            is_open
        });
        Effect::new(move |_| {
            if !self.is_open.get() {
                return;
            }
            for group in chosen.get() {
                let is_known = self.groups.with_untracked(|groups| groups.iter().any(|known| known.id == group.id));
                if !is_known {
                    let path = ["/api/v1/groups/", &group.id.to_string()].concat();
                    self.read(path, move |group: Group| {
                        self.groups.try_update(|groups| groups.push(group));
                    });
                }
            }
        });
    }

    /// Shows what the server found wrong with roles and permissions, each at the entry that was sent.
    pub(crate) fn refuse(self, faults: Vec<FieldError>) {
        let chosen = |fault: &FieldError| match fault.field.as_str() {
            "roles" => Some(self.roles),
            "permissions" => Some(self.permissions),
            _ => None,
        };
        let key = |fault: &FieldError| {
            let (keys, index) = (chosen(fault)?.try_get_untracked()?, fault.index?);
            keys.get(index).cloned()
        };
        let faults =
            faults.into_iter().map(|fault| GiftFault { key: key(&fault), field: fault.field, text: fault.message });
        self.faults.try_set(faults.collect());
    }

    /// What is wrong with a field as a whole, reactively.
    fn whole(self, field: &str) -> Option<String> {
        let is_whole = |fault: &&GiftFault| fault.field == field && fault.key.is_none();
        self.faults.with(|faults| faults.iter().find(is_whole).map(|fault| fault.text.clone()))
    }

    /// The entries of a field that were refused, each with why, reactively.
    fn entries(self, field: &str) -> Vec<(String, String)> {
        let entry = |fault: &GiftFault| Some((fault.key.clone()?, fault.text.clone()));
        self.faults.with(|faults| faults.iter().filter(|fault| fault.field == field).filter_map(entry).collect())
    }

    /// Of a service account it is Everyone alone: defaults are for people.
    fn read_start(self) {
        match self.kind {
            AccountKind::User => {
                self.read("/api/v1/organization/new-account".to_owned(), move |start| {
                    drop(self.start.try_set(Some(start)))
                });
            }
            AccountKind::Service => {
                self.read(["/api/v1/groups?q=", EVERYONE].concat(), move |page: Page<Group>| {
                    drop(self.start.try_set(Some(everyone_alone(page.items))))
                });
            }
        }
    }

    fn read_page<T: DeserializeOwned + Send + Sync + 'static>(self, path: &str, into: RwSignal<Option<Vec<T>>>) {
        if into.with_untracked(Option::is_none) {
            self.read(path.to_owned(), move |page: Page<T>| drop(into.try_set(Some(page.items))));
        }
    }

    fn read<T: DeserializeOwned + 'static>(self, path: String, take: impl FnOnce(T) + 'static) {
        spawn_local(async move {
            match api::get::<T>(&path).await {
                Ok(answer) => take(answer),
                Err(error) => drop(self.trouble.try_set(Some(error.message()))),
            }
        });
    }
}

/// The part of the dialog, folded.
#[component]
pub(super) fn AdvancedFields(
    /// What is chosen in it.
    advanced: Advanced,
    /// The groups chosen above.
    groups: RwSignal<Vec<GroupRef>>,
    /// Key of the level chosen above.
    level: RwSignal<String>,
) -> impl IntoView {
    let toggled = move |event: leptos::ev::Event| {
        let is_open = event_target::<web_sys::Element>(&event).has_attribute("open");
        if advanced.is_open.get_untracked() != is_open {
            advanced.is_open.set(is_open);
        }
    };
    view! {
        <details class="advanced" open=move || advanced.is_open.get() on:toggle=toggled>
            <summary>"Advanced"</summary>
            <div class="form">
                <GiftFields advanced=advanced groups=groups outlook=Outlook::new(advanced, groups, level.into()) />
            </div>
        </details>
    }
}

/// Roles and single permissions, and what comes of them.
#[component]
pub(crate) fn GiftFields(
    /// What is chosen.
    advanced: Advanced,
    /// The chosen groups.
    groups: RwSignal<Vec<GroupRef>>,
    /// What comes of it.
    outlook: Outlook,
) -> impl IntoView {
    let session = use_session();
    advanced.follow(groups);
    let roles = Signal::derive(move || {
        let options = |roles: &Vec<Role>| session.with(|session| role_options(roles, session));
        advanced.all_roles.with(|roles| roles.as_ref().map(options).unwrap_or_default())
    });
    let permissions = Signal::derive(move || {
        let options = |entries: &Vec<PermissionEntry>| session.with(|session| permission_options(entries, session));
        advanced.catalogue.with(|entries| entries.as_ref().map(options).unwrap_or_default())
    });
    let loading =
        Signal::derive(move || advanced.all_roles.with(Option::is_none) && advanced.trouble.with(Option::is_none));
    let error = move |field: &'static str| Signal::derive(move || advanced.whole(field));
    let refused = move |field: &'static str| Signal::derive(move || advanced.entries(field));
    view! {
        {move || advanced.trouble.get().map(|why| view! {
            <Banner tone=Tone::Warning title="What can be given could not be read" text=why announce=true />
        })}
        <KeysField label="Roles" chosen=advanced.roles options=roles loading=loading hint="Roles that you hold everything of yourself." error=error("roles") refused=refused("roles") />
        <KeysField label="Permissions" chosen=advanced.permissions options=permissions loading=loading hint="Single permissions that you hold yourself." error=error("permissions") refused=refused("permissions") />
        <OutlookPanel outlook=outlook />
    }
}

/// What an account holds that has nothing but Everyone.
fn everyone_alone(groups: Vec<Group>) -> NewAccountView {
    let everyone = groups.into_iter().filter(|group| group.kind == GroupKind::Everyone);
    let membership = |group: Group| MembershipView {
        group: GroupRef { id: group.id, name: group.name },
        is_everyone: true,
        roles: group.roles,
        valid_until: None,
    };
    NewAccountView { groups: everyone.map(membership).collect(), ..NewAccountView::default() }
}

/// Roles that may be handed on. Levels are chosen above; Owners are made by an act of its own.
fn role_options(roles: &[Role], session: &SessionView) -> Vec<OptionView> {
    let is_offered =
        |role: &&Role| role.level_rank.is_none() && role.key != OWNER_ROLE && session.may_give_all(&role.permissions);
    let option =
        |role: &Role| OptionView { value: role.key.clone(), label: role.name.clone(), hint: role.description.clone() };
    roles.iter().filter(is_offered).map(option).collect()
}

/// Permissions that may be handed on.
fn permission_options(entries: &[PermissionEntry], session: &SessionView) -> Vec<OptionView> {
    let option = |entry: &PermissionEntry| OptionView {
        value: entry.key.clone(),
        label: entry.label.clone(),
        hint: [&entry.category, ". ", &entry.description].concat(),
    };
    entries.iter().filter(|entry| session.may_give_all(std::slice::from_ref(&entry.key))).map(option).collect()
}
