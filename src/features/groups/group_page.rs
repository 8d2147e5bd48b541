//! The page of one group: its members and its roles.

use domain::groups::{Group, GroupKind};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};

use super::acts::GroupDesk;
use super::group_dialogs::{DeleteGroupDialog, RenameGroupDialog};
use super::members_tab::MembersTab;
use super::roles_tab::RolesTab;
use super::words::{GROUPS, kind};
use crate::api::encode;
use crate::features::roles::RoleReach;
use crate::features::session::use_session;
use crate::load::Loader;
use crate::ui::{Badge, Button, EmptyState, Icon, PageHeader, Skeleton, TabLink, TabLinks, dom, use_messages};

/// The address's `tab` of the roles; without it the members are shown.
const ROLES_TAB: &str = "roles";

/// `/groups/{id}`
#[component]
pub(crate) fn GroupPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    move || view! { <OneGroup id=id.get() /> }
}

#[component]
fn OneGroup(id: String) -> impl IntoView {
    let group = Loader::<Group>::new([GROUPS, "/", &encode(&id)].concat()).follow_window();
    let desk = GroupDesk { group, members_changed: RwSignal::new(0), session: use_session(), messages: use_messages() };
    let name = Memo::new(move |_| group.with(|group| group.name.clone()));
    Effect::new(move |_| name.with(|name| name.iter().for_each(|name| dom::set_title(name))));
    let title = Signal::derive(move || name.get().unwrap_or_else(|| "Group".to_owned()));
    let is_ready = Memo::new(move |_| group.with(|_| ()).is_some());
    // Memos: the group is read again and again, and its tabs stay.
    let failure = Memo::new(move |_| group.failure());
    let query = use_query_map();
    let is_roles = Memo::new(move |_| query.with(|query| query.get_str("tab") == Some(ROLES_TAB)));
    let description =
        move || group.with(|group| (!group.description.is_empty()).then(|| group.description.clone())).flatten();
    view! {
        <div class="page page-list group">
            <nav class="crumbs" aria-label="Breadcrumb"><a href="/groups">"Groups"</a></nav>
            <PageHeader title=title>
                <GroupActs desk=desk />
            </PageHeader>
            {move || description().map(|text| view! { <p class="group-note muted">{text}</p> })}
            {move || match (is_ready.get(), failure.get()) {
                (true, _) => view! { <GroupTabs desk=desk is_roles=is_roles /> }.into_any(),
                (false, Some(why)) => view! {
                    <EmptyState icon=Icon::Warning title="This group could not be loaded" text=why>
                        <Button label="Retry" icon=Icon::Refresh on_click=move || group.reload() />
                    </EmptyState>
                }
                .into_any(),
                (false, None) => view! { <div class="group-roles"><Skeleton lines=8 /></div> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn GroupTabs(desk: GroupDesk, is_roles: Memo<bool>) -> impl IntoView {
    let path = use_location().pathname;
    let counts = Memo::new(move |_| desk.group.with(|group| (group.members, group.roles.len())).unwrap_or_default());
    let links = Signal::derive(move || {
        let ((members, roles), path, is_roles) = (counts.get(), path.get(), is_roles.get());
        let link =
            |href: String, label: &str, count, current| TabLink { href, label: label.to_owned(), count, current };
        vec![
            link(path.clone(), "Members", usize::try_from(members).ok(), !is_roles),
            link([&path, "?tab=", ROLES_TAB].concat(), "Roles", Some(roles), is_roles),
        ]
    });
    view! {
        <TabLinks label="Group" links=links />
        {move || if is_roles.get() {
            view! { <RolesTab desk=desk /> }.into_any()
        } else {
            view! { <MembersTab desk=desk /> }.into_any()
        }}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Rename,
    Delete,
}

/// What kind of group it is; "Rename" and "Delete" of a group that is not Everyone, for those who may. Deleting one takes
/// its roles away, which is for those who hold what they give.
#[component]
fn GroupActs(desk: GroupDesk) -> impl IntoView {
    let navigate = use_navigate();
    let question = RwSignal::new(None);
    let kind = Memo::new(move |_| desk.group.with(kind).flatten());
    let may_change = Memo::new(move |_| {
        desk.may_manage() && desk.group.with(|group| group.kind != GroupKind::Everyone).unwrap_or_default()
    });
    let reach = RoleReach::new();
    let may_delete = Memo::new(move |_| {
        may_change.get() && desk.group.with(|group| reach.may_give(&group.roles)).unwrap_or_default()
    });
    let close = move || {
        question.try_set(None);
    };
    let deleted = Callback::new(move |()| {
        close();
        navigate("/groups", Default::default());
    });
    view! {
        {move || kind.get().map(|kind| view! { <Badge label=kind /> })}
        {move || may_change.get().then(|| view! {
            <Button label="Rename" icon=Icon::Pencil on_click=move || question.set(Some(Question::Rename)) />
        })}
        {move || may_delete.get().then(|| view! {
            <Button label="Delete" icon=Icon::Trash on_click=move || question.set(Some(Question::Delete)) />
        })}
        {move || question.get().filter(|_| may_change.get()).map(|question| match question {
            Question::Rename => view! { <RenameGroupDialog desk=desk on_close=close /> }.into_any(),
            Question::Delete => view! { <DeleteGroupDialog desk=desk on_deleted=deleted on_close=close /> }.into_any(),
        })}
    }
}
