//! The roles of a group: what its members get by it.

use domain::groups::GroupKind;
use domain::page::Page;
use domain::roles::{Role, RoleRef};
use leptos::prelude::*;

use super::acts::GroupDesk;
use super::role_dialogs::{AddRolesDialog, EveryoneWarning, RemoveRoleDialog};
use crate::features::roles::{ROLES, permission_count};
use crate::features::session::use_session;
use crate::load::Loader;
use crate::ui::{Button, ButtonSize, ButtonVariant, EmptyState, Icon, IconButton};

/// What stands before an act.
#[derive(Clone)]
enum Question {
    Add,
    Remove(RoleRef),
}

/// What the tab shows.
#[component]
pub(super) fn RolesTab(
    /// The group, which has been read.
    desk: GroupDesk,
) -> impl IntoView {
    let roles = Loader::<Page<Role>>::new(ROLES);
    let question = RwSignal::new(None::<Question>);
    let may_change = Memo::new(move |_| desk.may_manage());
    let held = Memo::new(move |_| desk.group.with(|group| group.roles.clone()).unwrap_or_default());
    let everyone = desk.now().filter(|group| group.kind == GroupKind::Everyone);
    let warning = move || {
        let everyone = everyone.clone().filter(|_| held.with(|held| !held.is_empty()));
        everyone.map(|group| view! { <EveryoneWarning group=group /> })
    };
    let add = move || {
        may_change.get().then(|| view! {
            <Button label="Add roles" icon=Icon::Plus variant=ButtonVariant::Primary on_click=move || question.set(Some(Question::Add)) />
        })
    };
    let close = move || {
        question.try_set(None);
    };
    view! {
        <div class="group-roles">
            {warning}
            <div class="row-of">
                <p class="muted">"Every member has these roles, for as long as it is a member."</p>
                <div class="toolbar-end">{add}</div>
            </div>
            {move || if held.with(Vec::is_empty) {
                view! {
                    <EmptyState icon=Icon::Role title="No roles yet" text="Members get nothing by this group until a role is put on it." />
                }
                .into_any()
            } else {
                view! { <RoleRows held=held roles=roles may_change=may_change question=question /> }.into_any()
            }}
        </div>
        {move || question.get().filter(|_| may_change.get()).map(|question| match question {
            Question::Add => view! { <AddRolesDialog desk=desk roles=roles on_close=close /> }.into_any(),
            Question::Remove(role) => view! { <RemoveRoleDialog desk=desk role=role on_close=close /> }.into_any(),
        })}
    }
}

#[component]
fn RoleRows(
    held: Memo<Vec<RoleRef>>,
    roles: Loader<Page<Role>>,
    may_change: Memo<bool>,
    question: RwSignal<Option<Question>>,
) -> impl IntoView {
    let session = use_session();
    let rows = move || {
        let may_change = may_change.get();
        let row = |role: RoleRef| {
            let known = roles.with(|page| page.items.iter().find(|known| known.key == role.key).cloned()).flatten();
            // Nobody takes off what they could not put on.
            let may_give =
                known.as_ref().is_none_or(|role| session.with(|session| session.may_give_all(&role.permissions)));
            let remove = move |role: RoleRef| question.set(Some(Question::Remove(role)));
            role_row(role, known, may_change.then_some(may_give), remove)
        };
        held.get().into_iter().map(row).collect::<Vec<_>>()
    };
    view! {
        <table class="table" aria-label="Roles">
            <thead>
                <tr>
                    <th scope="col">"Role"</th>
                    <th scope="col" class="cell-wide">"Description"</th>
                    <th scope="col">"Permissions"</th>
                    {move || may_change.get().then(|| view! { <th scope="col"><span class="sr-only">"Actions"</span></th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// A role with its page; `may_remove` is none where the table has no acts at all.
fn role_row(
    role: RoleRef,
    known: Option<Role>,
    may_remove: Option<bool>,
    on_remove: impl Fn(RoleRef) + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let name = match &known {
        Some(known) => {
            let href = ["/roles/", &known.id.to_string()].concat();
            view! { <a class="cell-link" href=href>{role.name.clone()}</a> }.into_any()
        }
        None => role.name.clone().into_any(),
    };
    let description = known.as_ref().map(|known| known.description.clone());
    let label = ["Remove role ", &role.name].concat();
    let remove = may_remove.map(|may_remove| {
        let remove = move || on_remove(role.clone());
        let button = may_remove
            .then(|| view! { <IconButton label=label icon=Icon::X size=ButtonSize::Small on_click=remove /> });
        view! { <td class="cell-end">{button}</td> }
    });
    view! {
        <tr>
            <td>{name}</td>
            <td class="cell-wide muted">{description}</td>
            <td class="numeric">{known.as_ref().map(permission_count)}</td>
            {remove}
        </tr>
    }
}
