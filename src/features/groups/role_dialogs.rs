//! Dialogs about the roles of a group: putting some on it, and taking one off; each shows first what it changes.

use domain::groups::{Group, GroupChange, GroupKind, Member};
use domain::page::Page;
use domain::previews::PreviewRequest;
use domain::roles::{OWNER_ROLE, Role, RoleRef};
use domain::session::SessionView;
use leptos::prelude::*;

use super::acts::{GroupDesk, path};
use super::words::named;
use crate::features::previews::{Attempt, LivePreview, PreviewDialog};
use crate::load::Loader;
use crate::ui::text::grouped;
use crate::ui::{Banner, Choice, Combobox, OptionView, Tone};

/// Keys of the roles that a group carries.
fn keys(group: &Group) -> Vec<String> {
    group.roles.iter().map(|role| role.key.clone()).collect()
}

fn request(group: &Group, roles: Vec<String>) -> PreviewRequest {
    let group_change = Some(GroupChange { roles: Some(roles), ..GroupChange::default() });
    PreviewRequest { group: Some(group.id), group_change, ..PreviewRequest::default() }
}

/// Roles that a person may put on a group: neither levels nor Owner, none that it has, none that gives more than they hold.
fn offered(roles: &[Role], group: &Group, session: &SessionView) -> Vec<OptionView> {
    let is_offered = |role: &&Role| {
        role.level_rank.is_none()
            && role.key != OWNER_ROLE
            && !group.roles.iter().any(|held| held.key == role.key)
            && session.may_give_all(&role.permissions)
    };
    let option =
        |role: &Role| OptionView { value: role.key.clone(), label: role.name.clone(), hint: role.description.clone() };
    roles.iter().filter(is_offered).map(option).collect()
}

/// "Add roles".
#[component]
pub(super) fn AddRolesDialog(
    /// The group.
    desk: GroupDesk,
    /// All roles there are.
    roles: Loader<Page<Role>>,
    /// Runs when it is closed, by a person or because it is done.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    desk.now().map(|group| {
        let selected = RwSignal::new(Vec::<Choice>::new());
        let options = Signal::derive(move || {
            let of = |session: &SessionView| {
                let offered = |group: &Group| roles.with(|page| offered(&page.items, group, session));
                desk.group.with(offered).flatten().unwrap_or_default()
            };
            desk.session.with(of)
        });
        // Of the group as it is by now: somebody else may have changed it meanwhile.
        let wanted = move || {
            let added =
                selected.with(|selected| selected.iter().map(|choice| choice.value.clone()).collect::<Vec<_>>());
            let wanted = |group: &Group| (group.clone(), [keys(group), added.clone()].concat());
            desk.group.with(wanted).filter(|_| !added.is_empty())
        };
        let preview = Signal::derive(move || wanted().map(|(group, roles)| request(&group, roles)));
        let attempt = Attempt::new(LivePreview::new(preview));
        let add = move |key: String| {
            let found = options.with_untracked(|options| options.iter().find(|option| option.value == key).cloned());
            if let Some(OptionView { value, label, .. }) = found {
                selected.update(|selected| selected.push(Choice::new(value, label)));
            }
        };
        let remove = move |key: String| selected.update(|selected| selected.retain(|choice| choice.value != key));
        let reason = Signal::derive(move || {
            let why = if selected.with(Vec::is_empty) { "Choose a role first." } else { "" };
            why.to_owned()
        });
        let title = ["Add roles to ", &group.name].concat();
        let name = group.name.clone();
        let apply = move || {
            if let Some((_, roles)) = untrack(wanted) {
                let what = selected.with_untracked(|selected| named(selected.iter().map(|choice| &*choice.label)));
                desk.set_roles(attempt, roles, [&what, " was put on ", &name, "."].concat(), on_close);
            }
        };
        let warning = (group.kind == GroupKind::Everyone).then(|| view! { <EveryoneWarning group=group.clone() /> });
        view! {
            <PreviewDialog
                title=title
                confirm="Add roles"
                attempt=attempt
                disabled_reason=reason
                on_confirm=apply
                on_close=on_close
            >
                {warning}
                <Combobox
                    label="Roles"
                    selected=selected
                    options=options
                    on_add=add
                    on_remove=remove
                    placeholder="Name of a role"
                    hint="Roles that give more than you hold yourself are not offered."
                />
            </PreviewDialog>
        }
    })
}

/// Takes one role off the group.
#[component]
pub(super) fn RemoveRoleDialog(
    /// The group.
    desk: GroupDesk,
    /// The role.
    role: RoleRef,
    /// Runs when it is closed, by a person or because it is done.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    desk.now().map(|group| {
        let key = role.key.clone();
        let wanted = move || {
            let key = &key;
            desk.group.with(|group| {
                let rest = keys(group).into_iter().filter(|held| held != key).collect::<Vec<_>>();
                (group.clone(), rest)
            })
        };
        let wanted = Signal::derive(wanted);
        let preview = Signal::derive(move || wanted.get().map(|(group, roles)| request(&group, roles)));
        let attempt = Attempt::new(LivePreview::new(preview));
        let title = ["Take ", &role.name, " off ", &group.name, "?"].concat();
        let said = [&role.name, " was taken off ", &group.name, "."].concat();
        let apply = move || {
            if let Some((_, roles)) = wanted.get_untracked() {
                desk.set_roles(attempt, roles, said.clone(), on_close);
            }
        };
        view! {
            <PreviewDialog title=title confirm="Remove role" danger=true attempt=attempt on_confirm=apply on_close=on_close>
                <p class="prose">"Its members keep what they have by other ways."</p>
            </PreviewDialog>
        }
    })
}

/// Whom a role on Everyone reaches: all accounts, and how many of them are machines.
#[component]
pub(super) fn EveryoneWarning(
    /// Everyone.
    group: Group,
) -> impl IntoView {
    let services = Loader::<Page<Member>>::new([&path(group.id), "/members?kind=service&limit=1"].concat());
    let text = Signal::derive(move || match services.with(|page| page.total) {
        None => "Users and service accounts alike.".to_owned(),
        Some(total) => {
            let count = grouped(usize::try_from(total).unwrap_or(usize::MAX));
            let noun = if total == 1 { " service account." } else { " service accounts." };
            ["Users, those who are still to come, and ", &count, noun].concat()
        }
    });
    view! { <Banner tone=Tone::Warning title="A role on Everyone reaches all accounts" text=text /> }
}

#[cfg(test)]
mod tests {
    use domain::{GroupId, RoleId};

    use super::*;

    #[test]
    fn levels_owner_and_roles_that_are_there_are_not_offered() {
        let role = |key: &str, permissions: &[&str]| Role {
            id: RoleId::from_u128(1),
            key: key.to_owned(),
            name: key.to_owned(),
            description: String::new(),
            permissions: permissions.iter().map(|key| (*key).to_owned()).collect(),
            built_in: false,
            level_rank: None,
            accounts: 0,
            service_accounts: 0,
            groups: 0,
            version: 1,
        };
        let roles = [
            Role { level_rank: Some(1), ..role("viewer", &[]) },
            role("owner", &["*"]),
            role("alerts", &["a"]),
            role("data", &["b"]),
            role("there", &[]),
        ];
        let group = Group {
            id: GroupId::from_u128(1),
            name: "Sales".to_owned(),
            description: String::new(),
            kind: GroupKind::Group,
            roles: vec![RoleRef { key: "there".to_owned(), name: "There".to_owned() }],
            members: 0,
            version: 1,
        };
        let session = |is_owner: bool| -> SessionView {
            serde_json::from_value(serde_json::json!({
                "person": { "id": "00000000-0000-0000-0000-000000000001", "email": "a@example.com", "display_name": "A" },
                "account": { "id": "00000000-0000-0000-0000-000000000001", "is_owner": is_owner },
                "organization": {
                    "id": "00000000-0000-0000-0000-000000000001", "name": "Acme", "level_word": "Level",
                    "deactivated_word": "Deactivated", "levels": [], "invitation_ttl_hours": 24, "has_mail": false
                },
                "permissions": ["a"],
                "organizations": [],
            }))
            .unwrap()
        };
        let keys = |is_owner| {
            offered(&roles, &group, &session(is_owner)).into_iter().map(|role| role.value).collect::<Vec<_>>()
        };
        assert_eq!(keys(false), ["alerts"]);
        assert_eq!(keys(true), ["alerts", "data"]);
    }
}
