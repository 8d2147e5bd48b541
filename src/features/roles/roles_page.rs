//! The list of roles: levels, built-in ones and the organization's own.

use std::sync::Arc;

use domain::page::Page;
use domain::permissions::{Catalogue, ConsolePermission, PermissionEntry, Risk};
use domain::roles::{Role, RoleChange};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::delete_dialog::DeleteRoleDialog;
use super::roles_table::RolesTable;
use super::words::{PERMISSIONS, ROLES, is_changeable, path};
use crate::api::{ApiError, Change};
use crate::features::session::{Session, use_session};
use crate::load::Loader;
use crate::naming::{Named, Naming, NamingDialog};
use crate::query::query_text;
use crate::ui::text::contains_ignoring_case;
use crate::ui::{Button, ButtonVariant, EmptyState, Icon, LinkButton, Messages, PageHeader, SearchField, use_messages};

/// A role with what the list says of it beside.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) role: Arc<Role>,
    /// Of the permissions it gives; none where it gives none.
    pub(super) risk: Option<Risk>,
}

/// What stands before an act.
#[derive(Clone)]
pub(super) enum Question {
    Rename(Arc<Role>),
    Delete(Arc<Role>),
}

/// The list, and what is asked about one of it.
#[derive(Clone, Copy)]
pub(super) struct RolesDesk {
    roles: Loader<Page<Role>>,
    /// What fits the search.
    pub(super) shown: Memo<Vec<Arc<Line>>>,
    pub(super) question: RwSignal<Option<Question>>,
    session: Session,
    messages: Messages,
}

/// The page.
#[component]
pub(crate) fn RolesPage() -> impl IntoView {
    let session = use_session();
    let roles = Loader::<Page<Role>>::new(ROLES).follow_window();
    let permissions = Loader::<Page<PermissionEntry>>::new(PERMISSIONS);
    let search = query_text("q");
    let all = Memo::new(move |_| {
        let catalogue = permissions.with(|page| Catalogue(page.items.clone())).unwrap_or(Catalogue(Vec::new()));
        roles.with(|page| lines(&page.items, &catalogue)).unwrap_or_default()
    });
    let shown = Memo::new(move |_| search.with(|search| all.with(|all| found(all, search))));
    let desk = RolesDesk { roles, shown, question: RwSignal::new(None), session, messages: use_messages() };
    let may_manage = Memo::new(move |_| session.may(ConsolePermission::RolesManage));
    let is_there = Memo::new(move |_| roles.with(|_| ()).is_some());
    view! {
        <div class="page page-list roles">
            <PageHeader title="Roles" count=Signal::derive(move || all.with(Vec::len))>
                {move || may_manage.get().then(|| view! {
                    <LinkButton label="Create role" href="/roles/new" icon=Icon::Plus variant=ButtonVariant::Primary />
                })}
            </PageHeader>
            <div class="toolbar" role="search">
                <SearchField label="Search roles" value=search id="role-search" />
            </div>
            <div class="split split-closed">
                <div class="split-list">
                    {move || view! {
                        <RolesTable desk=desk may_manage=may_manage.get() is_there=is_there empty=move || none(desk, search) />
                    }}
                </div>
            </div>
        </div>
        {move || desk.question.get().map(|question| view! { <RoleQuestion desk=desk question=question /> })}
    }
}

fn lines(roles: &[Role], catalogue: &Catalogue) -> Vec<Arc<Line>> {
    let line = |role: &Role| Arc::new(Line { role: Arc::new(role.clone()), risk: catalogue.risk(&role.permissions) });
    roles.iter().map(line).collect()
}

/// Those whose name, description or key holds every word of the search.
fn found(all: &[Arc<Line>], search: &str) -> Vec<Arc<Line>> {
    let fits = |line: &&Arc<Line>| {
        let text = [&*line.role.name, " ", &line.role.description, " ", &line.role.key].concat();
        search.split_whitespace().all(|word| contains_ignoring_case(&text, word))
    };
    all.iter().filter(fits).cloned().collect()
}

fn none(desk: RolesDesk, search: RwSignal<String>) -> AnyView {
    match desk.roles.failure() {
        Some(why) => view! {
            <EmptyState icon=Icon::Warning title="The list could not be loaded" text=why>
                <Button label="Retry" icon=Icon::Refresh on_click=move || desk.roles.reload() />
            </EmptyState>
        }
        .into_any(),
        None => view! {
            <EmptyState icon=Icon::Search title="Nothing found" text="No role fits the search.">
                <Button label="Clear search" on_click=move || search.set(String::new()) />
            </EmptyState>
        }
        .into_any(),
    }
}

#[component]
fn RoleQuestion(desk: RolesDesk, question: Question) -> impl IntoView {
    let close = move || {
        desk.question.try_set(None);
    };
    match question {
        Question::Rename(role) => {
            let base = Some(naming(&role));
            let latest = StoredValue::new(Role::clone(&role));
            let rename = move |named| desk.rename(latest, named);
            view! {
                <NamingDialog title="Rename role" submit="Save changes" base=base on_submit=rename on_close=close />
            }
            .into_any()
        }
        Question::Delete(role) => {
            let deleted = move |said: String| {
                close();
                desk.messages.success(said, None);
                desk.roles.reload();
            };
            view! { <DeleteRoleDialog role=role on_deleted=deleted on_close=close /> }.into_any()
        }
    }
}

impl RolesDesk {
    /// Whether the person may change and delete a role, not reactively.
    pub(super) fn may_change(self, role: &Role) -> bool {
        untrack(|| self.session.with(|session| is_changeable(role, session)))
    }

    /// Why there is no list, reactively.
    pub(super) fn failure(self) -> Option<String> {
        self.roles.failure()
    }

    /// Sends what differs from the role as the dialog knows it; after a refusal it knows the role as it is by then.
    fn rename(self, latest: StoredValue<Role>, named: Named) {
        let change =
            RoleChange { name: named.changed_name(), description: named.changed_description(), permissions: None };
        spawn_local(async move {
            while let Some(role) = latest.try_get_value() {
                let path = path(&role);
                let request = Change::new(Method::PATCH, &path).version(role.version);
                match request.send::<_, Role>(&change).await {
                    Ok(role) => {
                        self.question.try_set(None);
                        self.messages.success(["The role ", &role.name, " was saved."].concat(), None);
                    }
                    Err(error) => match current(&error) {
                        Some(now) => {
                            let naming = naming(&now);
                            latest.try_set_value(now);
                            // Of their change nothing concerns the name: it is sent again.
                            if !named.dialog.overtake(naming) {
                                continue;
                            }
                        }
                        None => named.dialog.form.fail(error),
                    },
                }
                break;
            }
            self.roles.reload();
        });
    }
}

/// The role as it is by now, where a refusal tells it.
fn current(error: &ApiError) -> Option<Role> {
    match error {
        ApiError::Problem(problem) => problem.current_role.as_deref().cloned(),
        ApiError::Offline => None,
    }
}

fn naming(role: &Role) -> Naming {
    Naming::new(&role.name, &role.description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::roles::words::testing::role;

    #[test]
    fn every_word_of_the_search_is_found_in_name_description_or_key() {
        let described = Role { description: "For the night".to_owned(), ..role(2, "On call", &[]) };
        let all = lines(&[role(1, "Alerts", &[]), described], &Catalogue(Vec::new()));
        let names = |search| found(&all, search).iter().map(|line| line.role.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(""), ["Alerts", "On call"]);
        assert_eq!(names(" CALL night"), ["On call"]);
        assert_eq!(names("call alerts"), Vec::<String>::new());
    }
}
