//! "Advanced": roles and single permissions for the invited, as far as the inviter holds them (F20).

use std::collections::HashMap;

use domain::groups::{Group, GroupRef};
use domain::new_accounts::NewAccountView;
use domain::page::Page;
use domain::permissions::PermissionEntry;
use domain::roles::{OWNER_ROLE, Role};
use domain::session::SessionView;
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use super::faults::Field;
use super::invite_form::InviteForm;
use super::outlook::Outlook;
use crate::api;
use crate::ui::{Banner, Choice, Combobox, OptionView, Tone};

/// What is chosen, and what there is to choose from; read when the part is first opened.
#[derive(Clone, Copy)]
pub(super) struct Advanced {
    /// Keys.
    pub(super) roles: RwSignal<Vec<String>>,
    /// Keys.
    pub(super) permissions: RwSignal<Vec<String>>,
    pub(super) all_roles: RwSignal<Option<Vec<Role>>>,
    pub(super) catalogue: RwSignal<Option<Vec<PermissionEntry>>>,
    /// What every new account holds.
    pub(super) start: RwSignal<Option<NewAccountView>>,
    /// The chosen groups with their roles, as far as they have arrived.
    pub(super) groups: RwSignal<Vec<Group>>,
    /// Why something of it could not be read.
    pub(super) trouble: RwSignal<Option<String>>,
    is_open: RwSignal<bool>,
}

impl Advanced {
    /// Closed, unless something was chosen before.
    pub(super) fn new(roles: Vec<String>, permissions: Vec<String>) -> Self {
        let is_open = !roles.is_empty() || !permissions.is_empty();
        Self {
            roles: RwSignal::new(roles),
            permissions: RwSignal::new(permissions),
            all_roles: RwSignal::new(None),
            catalogue: RwSignal::new(None),
            start: RwSignal::new(None),
            groups: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
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
    fn follow(self, chosen: RwSignal<Vec<GroupRef>>) {
        Effect::new(move |was_open: Option<bool>| {
            let is_open = self.is_open.get();
            if is_open && was_open != Some(true) {
                self.trouble.set(None);
                self.read_page("/api/v1/roles", self.all_roles);
                self.read_page("/api/v1/permissions", self.catalogue);
                self.read("/api/v1/organization/new-account".to_owned(), move |start| {
                    drop(self.start.try_set(Some(start)))
                });
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

/// The part of the dialog.
#[component]
pub(super) fn AdvancedFields(form: InviteForm) -> impl IntoView {
    let advanced = form.advanced;
    let session = form.desk.session;
    advanced.follow(form.groups);
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
                {move || advanced.trouble.get().map(|why| view! {
                    <Banner tone=Tone::Warning title="What can be given could not be read" text=why announce=true />
                })}
                <Keys form=form field=Field::Roles label="Roles" chosen=advanced.roles options=roles loading=loading hint="Roles that you hold everything of yourself." />
                <Keys form=form field=Field::Permissions label="Permissions" chosen=advanced.permissions options=permissions loading=loading hint="Single permissions that you hold yourself." />
                <Outlook form=form />
            </div>
        </details>
    }
}

/// A field for several keys.
#[component]
fn Keys(
    form: InviteForm,
    field: Field,
    label: &'static str,
    chosen: RwSignal<Vec<String>>,
    options: Signal<Vec<OptionView>>,
    loading: Signal<bool>,
    hint: &'static str,
) -> impl IntoView {
    let faults = form.faults;
    let refused = Memo::new(move |_| faults.with(|faults| faults.entries(field)));
    let selected = Signal::derive(move || {
        options.with(|options| chosen.with(|keys| refused.with(|refused| choices(keys, options, refused))))
    });
    view! {
        <Combobox
            label=label
            selected=selected
            options=options
            on_add=move |key: String| chosen.update(|keys| keys.push(key))
            on_remove=move |key: String| chosen.update(|keys| keys.retain(|known| *known != key))
            loading=loading
            hint=Signal::stored(hint.to_owned())
            error=Signal::derive(move || faults.with(|faults| faults.whole(field)))
        />
    }
}

/// What is chosen, by name; by key until the names have arrived.
fn choices(keys: &[String], options: &[OptionView], refused: &[(String, String)]) -> Vec<Choice> {
    let choice = |key: &String| {
        let label = options.iter().find(|option| option.value == *key).map_or(key, |option| &option.label);
        Choice::new(key.clone(), label.clone()).marked(refused)
    };
    keys.iter().map(choice).collect()
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
