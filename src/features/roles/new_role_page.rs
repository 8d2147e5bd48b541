//! "Create role", from nothing or as a copy of another.

use domain::page::Page;
use domain::permissions::{Catalogue, PermissionEntry};
use domain::problem::FieldErrors;
use domain::roles::{NewRole, Role};
use domain::session::SessionView;
use domain::text::Name;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};

use super::edit::Typed;
use super::permission_list::may_touch;
use super::role_form::{RoleFields, RoleForm};
use super::words::{PERMISSIONS, ROLES, chosen, copy_name, page};
use crate::api::Change;
use crate::drafts::{RestoredNotice, outlive_session};
use crate::features::session::use_session;
use crate::load::Loader;
use crate::ui::{
    Banner, Button, ButtonKind, ButtonVariant, EmptyState, Icon, LinkButton, PageHeader, Skeleton, Tone, use_leave,
    use_messages,
};

/// `/roles/new`, and with `?copy=` and an id a copy of that role.
#[component]
pub(crate) fn NewRolePage() -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let copy = Memo::new(move |_| query.with(|query| query.get("copy")));
    let roles = Loader::<Page<Role>>::new(ROLES);
    let permissions = Loader::<Page<PermissionEntry>>::new(PERMISSIONS);
    let ready = Memo::new(move |_| {
        let catalogue = permissions.with(|page| Catalogue(page.items.clone()))?;
        let begun = roles.with(|page| {
            let of = copy.get().and_then(|id| page.items.iter().find(|role| role.id.to_string() == id));
            untrack(|| session.with(|session| Some(begin(of, &page.items, &catalogue, session))))
        });
        begun.flatten().map(|begun| (begun, catalogue))
    });
    let failure = Memo::new(move |_| roles.failure().or_else(|| permissions.failure()));
    let retry = move || {
        roles.reload();
        permissions.reload();
    };
    view! {
        <div class="page page-role">
            <nav class="crumbs" aria-label="Breadcrumb"><a href="/roles">"Roles"</a></nav>
            <PageHeader title="Create role" />
            {move || match (ready.get(), failure.get()) {
                (Some((begun, catalogue)), _) => view! { <NewRoleForm begun=begun catalogue=catalogue /> }.into_any(),
                (None, Some(why)) => view! {
                    <EmptyState icon=Icon::Warning title="This could not be loaded" text=why>
                        <Button label="Retry" icon=Icon::Refresh on_click=retry />
                    </EmptyState>
                }
                .into_any(),
                (None, None) => view! { <Skeleton lines=8 /> }.into_any(),
            }}
        </div>
    }
}

/// What the form begins with, and the permissions of the copied role that were left out, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Begun {
    typed: Typed,
    left_out: Vec<String>,
}

/// A copy has what its maker may give (I7).
fn begin(of: Option<&Role>, roles: &[Role], catalogue: &Catalogue, session: &SessionView) -> Begun {
    let Some(role) = of else { return Begun::default() };
    let (given, lacked): (_, Vec<String>) =
        chosen(role, catalogue).into_iter().partition(|key| may_touch(session, key));
    let given: Vec<String> = given;
    Begun {
        typed: Typed {
            name: copy_name(&role.name, roles),
            description: role.description.clone(),
            chosen: given.into_iter().collect(),
        },
        left_out: lacked.iter().map(|key| catalogue.label(key).to_owned()).collect(),
    }
}

#[component]
fn NewRoleForm(begun: Begun, catalogue: Catalogue) -> impl IntoView {
    let (messages, navigate) = (use_messages(), use_navigate());
    let start = StoredValue::new(begun.typed.clone());
    let fields = RoleFields::new(begun.typed, StoredValue::new(catalogue));
    let is_done = RwSignal::new(false);
    let is_changed = move || !is_done.get() && start.with_value(|start| *start != fields.typed());
    use_leave().guard(Signal::derive(is_changed));
    let form = start.with_value(|start| ["roles/new/", &start.name].concat());
    let restored = outlive_session(form, move |typed| fields.show(typed), move || is_changed().then(|| fields.typed()));
    let create = move || {
        if !fields.form.begin() {
            return;
        }
        let Typed { name, description, chosen } = untrack(move || fields.typed());
        let mut errors = FieldErrors::default();
        let Some(name) = errors.take("name", Name::parse(&name)) else {
            return fields.form.refuse(errors.into_vec());
        };
        let role =
            NewRole { name, description: description.trim().to_owned(), permissions: chosen.into_iter().collect() };
        let navigate = navigate.clone();
        spawn_local(async move {
            match Change::post(ROLES).once().send::<_, Role>(&role).await {
                Ok(role) => {
                    is_done.try_set(true);
                    messages.success(["The role ", &role.name, " was created."].concat(), None);
                    navigate(&page(&role), Default::default());
                }
                Err(error) => fields.form.fail(error),
            }
        });
    };
    let left_out = (!begun.left_out.is_empty()).then(|| {
        let text = ["You do not hold them yourself: ", &begun.left_out.join(", "), "."].concat();
        view! { <Banner tone=Tone::Warning title="Some permissions were left out of the copy" text=text /> }
    });
    view! {
        {left_out}
        <RestoredNotice restored=restored is_changed=Signal::derive(is_changed) on_discard=move || fields.show(start.get_value()) />
        <RoleForm fields=fields on_submit=create>
            <div class="row-of">
                <LinkButton label="Cancel" href="/roles" />
                <Button label="Create role" kind=ButtonKind::Submit variant=ButtonVariant::Primary busy=fields.form.busy() />
            </div>
        </RoleForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::roles::words::testing::role;

    #[test]
    fn without_a_role_to_copy_the_form_is_empty() {
        let session = testing_session(&[]);
        assert_eq!(begin(None, &[], &Catalogue(Vec::new()), &session), Begun::default());
    }

    #[test]
    fn copy_leaves_out_what_its_maker_does_not_hold() {
        let source = role(1, "Alerts", &["a", "b"]);
        let begun = begin(Some(&source), &[], &Catalogue(Vec::new()), &testing_session(&["a"]));
        assert_eq!(begun.typed.name, "Copy of Alerts");
        assert!(begun.typed.chosen.iter().eq(["a"]));
        assert_eq!(begun.left_out, ["b"]);
    }

    fn testing_session(permissions: &[&str]) -> SessionView {
        serde_json::from_value(serde_json::json!({
            "person": { "id": "00000000-0000-0000-0000-000000000001", "email": "a@example.com", "display_name": "A" },
            "account": { "id": "00000000-0000-0000-0000-000000000001", "is_owner": false },
            "organization": {
                "id": "00000000-0000-0000-0000-000000000001", "name": "Acme", "level_word": "Level",
                "deactivated_word": "Deactivated", "levels": [], "invitation_ttl_hours": 24, "has_mail": false
            },
            "permissions": permissions,
            "organizations": [],
        }))
        .unwrap()
    }
}
