//! The page of one role: what it gives, who holds it, and the form in which it is changed.

use std::sync::Arc;

use domain::page::Page;
use domain::permissions::{Catalogue, ConsolePermission, PermissionEntry};
use domain::roles::Role;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use super::delete_dialog::DeleteRoleDialog;
use super::holders_tab::HoldersTab;
use super::permission_list::PermissionList;
use super::review_dialog::{OVERTAKEN, ReviewDialog, RoleDesk};
use super::role_form::{RoleFields, RoleForm};
use super::words::{
    HOLDERS_TAB, PERMISSIONS, ROLES, chosen, copy_page, holders, holders_page, is_all, is_changeable, kind, kind_tone,
    page, risk_tone,
};
use crate::api::encode;
use crate::drafts::{RestoredNotice, outlive_session};
use crate::features::session::use_session;
use crate::load::Loader;
use crate::overtaken::Overtaken;
use crate::ui::{
    Badge, Banner, Button, ButtonKind, ButtonVariant, Card, EmptyState, Icon, LinkButton, PageHeader, Skeleton,
    TabLink, TabLinks, Tone, dom, use_leave, use_messages,
};

const REVIEW_ID: &str = "role-review";
const BUILT_IN: &str = "It came with the organization's profile and stays as it is.";

/// `/roles/{id}`
#[component]
pub(crate) fn RolePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    move || view! { <OneRole id=id.get() /> }
}

#[component]
fn OneRole(id: String) -> impl IntoView {
    let role = Loader::<Role>::new([ROLES, "/", &encode(&id)].concat());
    let permissions = Loader::<Page<PermissionEntry>>::new(PERMISSIONS);
    let name = Memo::new(move |_| role.with(|role| role.name.clone()));
    Effect::new(move |_| name.with(|name| name.iter().for_each(|name| dom::set_title(name))));
    let title = Signal::derive(move || name.get().unwrap_or_else(|| "Role".to_owned()));
    let is_ready = Memo::new(move |_| role.with(|_| ()).is_some() && permissions.with(|_| ()).is_some());
    let failure = Memo::new(move |_| role.failure().or_else(|| permissions.failure()));
    let retry = move || {
        role.reload();
        permissions.reload();
    };
    view! {
        <div class="page page-role">
            <nav class="crumbs" aria-label="Breadcrumb"><a href="/roles">"Roles"</a></nav>
            <PageHeader title=title>
                <RoleActs role=role />
            </PageHeader>
            {move || match (is_ready.get(), failure.get()) {
                (true, _) => view! { <RoleBody role=role permissions=permissions /> }.into_any(),
                (false, Some(why)) => view! {
                    <EmptyState icon=Icon::Warning title="This role could not be loaded" text=why>
                        <Button label="Retry" icon=Icon::Refresh on_click=retry />
                    </EmptyState>
                }
                .into_any(),
                (false, None) => view! { <Skeleton lines=8 /> }.into_any(),
            }}
        </div>
    }
}

/// "Copy" and "Delete", for those who may.
#[component]
fn RoleActs(role: Loader<Role>) -> impl IntoView {
    let (session, messages, navigate) = (use_session(), use_messages(), use_navigate());
    let deleting = RwSignal::new(None::<Arc<Role>>);
    let state = Memo::new(move |_| {
        let may = session.may(ConsolePermission::RolesManage);
        let is_changeable = |role: &Role| session.with(|session| is_changeable(role, session));
        role.with(|role| may.then(|| (copy_page(role), is_changeable(role)))).flatten()
    });
    let ask = move || deleting.set(role.with(|role| Arc::new(role.clone())));
    let deleted = Callback::new(move |said: String| {
        deleting.set(None);
        messages.success(said, None);
        navigate("/roles", Default::default());
    });
    view! {
        {move || state.get().map(|(copy, is_changeable)| view! {
            <LinkButton label="Copy" href=copy icon=Icon::Copy />
            {is_changeable.then(|| view! { <Button label="Delete" icon=Icon::Trash on_click=move || untrack(ask) /> })}
        })}
        {move || deleting.get().map(|role| view! {
            <DeleteRoleDialog role=role on_deleted=deleted on_close=move || deleting.set(None) />
        })}
    }
}

#[component]
fn RoleBody(role: Loader<Role>, permissions: Loader<Page<PermissionEntry>>) -> impl IntoView {
    let session = use_session();
    let catalogue = untrack(|| permissions.with(|page| Catalogue(page.items.clone())));
    let catalogue = StoredValue::new(catalogue.unwrap_or(Catalogue(Vec::new())));
    let is_editable = Memo::new(move |_| {
        let is_changeable = |role: &Role| session.with(|session| is_changeable(role, session));
        session.may(ConsolePermission::RolesManage) && role.with(is_changeable).unwrap_or_default()
    });
    let query = use_query_map();
    let is_holders = Memo::new(move |_| query.with(|query| query.get_str("tab") == Some(HOLDERS_TAB)));
    view! {
        {move || role.with(|role| view! { <RoleFacts role=role.clone() catalogue=catalogue /> })}
        <RoleTabs role=role is_holders=is_holders />
        // Hidden, not gone: what was typed stays while one looks who holds the role.
        <div class="role-panel" hidden=is_holders>
            {move || if is_editable.get() {
                view! { <RoleEditor role=role catalogue=catalogue /> }.into_any()
            } else {
                view! { <RoleView role=role catalogue=catalogue /> }.into_any()
            }}
        </div>
        {move || is_holders.get().then(|| {
            let role = untrack(|| role.with(Role::clone));
            role.map(|role| view! { <div class="role-panel"><HoldersTab role=role /></div> })
        })}
    }
}

/// "Permissions" and "Held by".
#[component]
fn RoleTabs(role: Loader<Role>, is_holders: Memo<bool>) -> impl IntoView {
    let known = Memo::new(move |_| role.with(|role| (page(role), holders_page(role), role.accounts + role.groups)));
    let links = Signal::derive(move || {
        let (permissions, holders, count) = known.get().unwrap_or_default();
        let is_holders = is_holders.get();
        let link = |href, label: &str, count, current| TabLink { href, label: label.to_owned(), count, current };
        vec![
            link(permissions, "Permissions", None, !is_holders),
            link(holders, "Held by", usize::try_from(count).ok(), is_holders),
        ]
    });
    view! { <TabLinks label="Role" links=links /> }
}

#[component]
fn RoleFacts(role: Role, catalogue: StoredValue<Catalogue>) -> impl IntoView {
    let risk = catalogue.with_value(|catalogue| catalogue.risk(&role.permissions));
    let held_by = match holders(role.accounts, role.groups) {
        words if words.is_empty() => "Nobody".into_any(),
        words => view! { <a href=holders_page(&role)>{words}</a> }.into_any(),
    };
    view! {
        <dl class="facts role-facts">
            <dt>"Kind"</dt>
            <dd><Badge label=kind(&role) tone=kind_tone(&role) /></dd>
            <dt>"Held by"</dt>
            <dd>{held_by}</dd>
            <dt>"Key"</dt>
            <dd><code>{role.key.clone()}</code></dd>
            {risk.map(|risk| view! { <dt>"Risk"</dt><dd><Badge label=risk.label() tone=risk_tone(risk) /></dd> })}
        </dl>
    }
}

/// A role that is read only: built in, beyond the rights of whoever looks, or seen by someone who may not change roles.
#[component]
fn RoleView(role: Loader<Role>, catalogue: StoredValue<Catalogue>) -> impl IntoView {
    let session = use_session();
    let Some(role) = untrack(|| role.with(Role::clone)) else { return ().into_any() };
    let may_copy = Memo::new(move |_| session.may(ConsolePermission::RolesManage));
    let copy = copy_page(&role);
    let built_in = role.built_in;
    let (title, text) = match role.level_rank {
        Some(_) if built_in => ("This level is built in", BUILT_IN),
        None if built_in => ("This role is built in", BUILT_IN),
        _ => {
            ("This role gives more than you hold", "Only those who hold all of it themselves can change or delete it.")
        }
    };
    let notice = move || {
        let copy = copy.clone();
        may_copy.get().then(|| {
            let copy = built_in.then(|| view! { <LinkButton label="Copy to change it" href=copy icon=Icon::Copy /> });
            view! { <Banner tone=Tone::Info title=title text=text>{copy}</Banner> }
        })
    };
    let all = is_all(&role)
        .then(|| view! { <p class="muted">"It gives every permission, also those that are added later."</p> });
    let shown = RwSignal::new(catalogue.with_value(|catalogue| chosen(&role, catalogue)));
    let description = (!role.description.is_empty()).then(|| view! { <p class="prose">{role.description.clone()}</p> });
    view! {
        {notice}
        {description}
        <Card title="Permissions">
            {all}
            <PermissionList catalogue=catalogue chosen=shown is_editable=false />
        </Card>
    }
    .into_any()
}

#[component]
fn RoleEditor(role: Loader<Role>, catalogue: StoredValue<Catalogue>) -> impl IntoView {
    let typed = untrack(|| role.with(super::edit::Typed::of)).unwrap_or_default();
    let desk = RoleDesk {
        role,
        fields: RoleFields::new(typed, catalogue),
        pending: RwSignal::new(None),
        overtaken: RwSignal::new(Vec::new()),
        session: use_session(),
        messages: use_messages(),
    };
    let is_changed = Signal::derive(move || desk.base() != desk.fields.typed());
    use_leave().guard(is_changed);
    let form = untrack(|| role.with(|role| ["roles/", &role.id.to_string()].concat())).unwrap_or_default();
    let restored = outlive_session(form, move |unsaved| desk.restore(unsaved), move || desk.unsaved());
    let count = Memo::new(move |_| desk.differences().len());
    let reason = Signal::derive(move || {
        let why = if count.get() == 0 { "Nothing was changed." } else { "" };
        why.to_owned()
    });
    let is_open = Memo::new(move |_| desk.pending.with(Option::is_some));
    // The button goes with what it discards.
    let discard = move || {
        desk.discard();
        dom::focus(REVIEW_ID);
    };
    view! {
        <RestoredNotice restored=restored is_changed=is_changed on_discard=discard />
        <RoleForm fields=desk.fields on_submit=move || untrack(move || desk.review())>
            <Overtaken title=OVERTAKEN changes=desk.overtaken />
            <div class="row-of">
                <span class="muted" role="status">{move || (count.get() > 0).then_some("Not saved yet.")}</span>
                {move || (count.get() > 0).then(|| view! { <Button label="Discard" on_click=discard /> })}
                <Button label="Review changes" id=REVIEW_ID kind=ButtonKind::Submit variant=ButtonVariant::Primary disabled_reason=reason />
            </div>
        </RoleForm>
        {move || (is_open.get() && desk.may_manage()).then(|| view! { <ReviewDialog desk=desk /> })}
    }
}
