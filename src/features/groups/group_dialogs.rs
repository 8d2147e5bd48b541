//! Dialogs about whole groups: create, rename, delete. Lists and pages share them.

use domain::groups::{Group, GroupChange, NewGroup};
use domain::previews::PreviewRequest;
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::acts::{GroupDesk, path};
use super::words::{GROUPS, members};
use crate::api::{ApiError, Change};
use crate::features::previews::{Attempt, LivePreview, PreviewDialog};
use crate::naming::{Named, Naming, NamingDialog};

/// "Create group".
#[component]
pub(super) fn CreateGroupDialog(
    /// Runs with the new group.
    #[prop(into)]
    on_created: Callback<Group>,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let create = move |Named { name, description, dialog }: Named| {
        spawn_local(async move {
            match Change::post(GROUPS).once().send::<_, Group>(&NewGroup { name, description }).await {
                Ok(group) => {
                    on_created.try_run(group);
                }
                Err(error) => dialog.form.fail(error),
            }
        });
    };
    view! { <NamingDialog title="Create group" submit="Create group" on_submit=create on_close=on_close /> }
}

/// Another name or description. On the list the desk holds the row's group.
#[component]
pub(super) fn RenameGroupDialog(
    /// The group.
    desk: GroupDesk,
    /// Runs when it is closed, by a person or because it is done.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    desk.now().map(|group| {
        let base = Some(naming(&group));
        let latest = StoredValue::new(group);
        let rename = move |named| rename(desk, latest, named, on_close);
        view! {
            <NamingDialog title="Rename group" submit="Save changes" base=base on_submit=rename on_close=on_close />
        }
    })
}

fn naming(group: &Group) -> Naming {
    Naming::new(&group.name, &group.description)
}

/// Sends what differs from the group as the dialog knows it; after a refusal it knows the group as it is by then.
fn rename(desk: GroupDesk, latest: StoredValue<Group>, named: Named, on_close: Callback<()>) {
    let change = GroupChange { name: named.changed_name(), description: named.changed_description(), roles: None };
    spawn_local(async move {
        while let Some(group) = latest.try_get_value() {
            match desk.patch(&group, &change, None).await {
                Ok(after) => {
                    on_close.try_run(());
                    desk.messages.success(["The group ", &after.name, " was saved."].concat(), None);
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
            return;
        }
    });
}

/// The group as it is by now, where a refusal tells it.
fn current(error: &ApiError) -> Option<Group> {
    match error {
        ApiError::Problem(problem) => problem.current_group.as_deref().cloned(),
        ApiError::Offline => None,
    }
}

/// Deletes a group, after a look at who loses what.
#[component]
pub(super) fn DeleteGroupDialog(
    /// The group.
    desk: GroupDesk,
    /// Runs once it is gone.
    #[prop(into)]
    on_deleted: Callback<()>,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    desk.now().map(|group| {
        let request = PreviewRequest { group: Some(group.id), group_removal: true, ..PreviewRequest::default() };
        let attempt = Attempt::new(LivePreview::new(Signal::stored(Some(request))));
        let title = ["Delete the group ", &group.name, "?"].concat();
        let text = match group.members {
            0 => "Nobody is in it. It cannot be brought back.".to_owned(),
            count => ["It has ", &members(count), ". Their accounts stay; what the group alone gave them is gone at once. It cannot be brought back."].concat(),
        };
        let delete = move || {
            let Some(group) = desk.now().filter(|_| attempt.begin()) else { return };
            let basis = attempt.preview.basis();
            spawn_local(async move {
                let path = path(group.id);
                let request = Change::new(Method::DELETE, &path).version(group.version).basis(basis.as_deref());
                match request.done().await {
                    Ok(()) => {
                        desk.messages.success(["The group ", &group.name, " was deleted."].concat(), None);
                        desk.session.refresh();
                        on_deleted.try_run(());
                    }
                    Err(error) => {
                        if let ApiError::Problem(problem) = &error
                            && let Some(now) = &problem.current_group
                        {
                            desk.group.set((**now).clone());
                        }
                        attempt.fail(&error);
                    }
                }
            });
        };
        view! {
            <PreviewDialog title=title confirm="Delete group" danger=true attempt=attempt on_confirm=delete on_close=on_close>
                <p class="prose">{text}</p>
            </PreviewDialog>
        }
    })
}
