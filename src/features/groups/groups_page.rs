//! The list of groups, Everyone among them.

use std::sync::Arc;

use domain::groups::Group;
use domain::permissions::ConsolePermission;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::acts::{GroupDesk, path};
use super::group_dialogs::{CreateGroupDialog, DeleteGroupDialog, RenameGroupDialog};
use super::groups_table::GroupsTable;
use super::words::{GROUPS, page};
use crate::api::encode;
use crate::features::roles::RoleReach;
use crate::features::session::{Session, use_session};
use crate::load::Loader;
use crate::paged::Paged;
use crate::query::query_text;
use crate::ui::{Button, ButtonVariant, EmptyState, Icon, Messages, PageHeader, SearchField, use_messages};

/// What stands before an act.
#[derive(Clone)]
pub(super) enum Question {
    Create,
    Rename(Arc<Group>),
    Delete(Arc<Group>),
}

/// The list, and what is asked about one of it.
#[derive(Clone, Copy)]
pub(super) struct GroupsDesk {
    pub(super) list: Paged<Group>,
    pub(super) question: RwSignal<Option<Question>>,
    pub(super) reach: RoleReach,
    session: Session,
    messages: Messages,
}

/// The page.
#[component]
pub(crate) fn GroupsPage() -> impl IntoView {
    let session = use_session();
    let (search, role) = (query_text("q"), query_text("role"));
    let address = Signal::derive(move || {
        let narrowed =
            role.with(|role| if role.is_empty() { String::new() } else { ["&role=", &encode(role)].concat() });
        [GROUPS, "?q=", &encode(search.get().trim()), &narrowed].concat()
    });
    let list = Paged::<Group>::new(address);
    let desk =
        GroupsDesk { list, question: RwSignal::new(None), reach: RoleReach::new(), session, messages: use_messages() };
    let may_manage = Memo::new(move |_| session.may(ConsolePermission::GroupsManage));
    view! {
        <div class="page page-list groups">
            <PageHeader title="Groups" count=list.total>
                {move || may_manage.get().then(|| view! {
                    <Button
                        label="Create group"
                        icon=Icon::Plus
                        variant=ButtonVariant::Primary
                        on_click=move || desk.question.set(Some(Question::Create))
                    />
                })}
            </PageHeader>
            <div class="toolbar" role="search">
                <SearchField label="Search groups" value=search id="group-search" />
                <RoleFilter list=list role=role />
            </div>
            <div class="split split-closed">
                <div class="split-list">
                    {move || view! { <GroupsTable desk=desk may_manage=may_manage.get() empty=move || none(search, role) /> }}
                </div>
            </div>
        </div>
        {move || desk.question.get().filter(|_| may_manage.get()).map(|question| view! { <Asked desk=desk question=question /> })}
    }
}

/// That only groups with one role are listed, and the way out of that.
#[component]
fn RoleFilter(list: Paged<Group>, role: RwSignal<String>) -> impl IntoView {
    // The rows know what the role is called.
    let name = move || {
        let key = role.get();
        let found = list.read(0, |group| group.roles.iter().find(|role| role.key == key).map(|role| role.name.clone()));
        found.unwrap_or(key)
    };
    let label = Signal::derive(move || ["Role: ", &name()].concat());
    let is_set = Memo::new(move |_| role.with(|role| !role.is_empty()));
    move || {
        is_set.get().then(|| {
            view! {
                <span class="muted">{label}</span>
                <Button label="Show all groups" variant=ButtonVariant::Quiet on_click=move || role.set(String::new()) />
            }
        })
    }
}

fn none(search: RwSignal<String>, role: RwSignal<String>) -> AnyView {
    let clear = move || {
        search.set(String::new());
        role.set(String::new());
    };
    view! {
        <EmptyState icon=Icon::Search title="Nothing found" text="No group fits the search and the filter.">
            <Button label="Clear filters" on_click=clear />
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Asked(desk: GroupsDesk, question: Question) -> impl IntoView {
    let navigate = use_navigate();
    let close = move || {
        desk.question.try_set(None);
        desk.list.reload();
    };
    match question {
        Question::Create => {
            let created = move |group: Group| {
                desk.question.try_set(None);
                desk.messages.success(["The group ", &group.name, " was created."].concat(), None);
                navigate(&page(&group), Default::default());
            };
            view! { <CreateGroupDialog on_created=created on_close=close /> }.into_any()
        }
        Question::Rename(group) => {
            let of = desk.of(&group);
            view! { <RenameGroupDialog desk=of on_close=close /> }.into_any()
        }
        Question::Delete(group) => {
            let of = desk.of(&group);
            view! { <DeleteGroupDialog desk=of on_deleted=close on_close=close /> }.into_any()
        }
    }
}

impl GroupsDesk {
    /// A desk for one of the list.
    fn of(self, group: &Group) -> GroupDesk {
        GroupDesk {
            group: Loader::known(path(group.id), group.clone()),
            members_changed: RwSignal::new(0),
            session: self.session,
            messages: self.messages,
        }
    }
}
