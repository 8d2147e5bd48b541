//! Dialogs about whole groups: create, rename, delete. Lists and pages share them.

use domain::groups::{Group, GroupChange, NewGroup};
use domain::previews::PreviewRequest;
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::acts::{GroupDesk, path};
use super::words::{GROUPS, members};
use crate::api::{ApiError, Change};
use crate::features::previews::{Attempt, LivePreview, PreviewDialog};
use crate::naming::{Named, NamingDialog};

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
    let create = move |Named { name, description, form }: Named| {
        spawn_local(async move {
            match Change::post(GROUPS).send::<_, Group>(&NewGroup { name, description }).await {
                Ok(group) => {
                    on_created.try_run(group);
                }
                Err(error) => form.fail(error),
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
        let (name, description) = (group.name.clone(), group.description.clone());
        let rename = move |Named { name, description, form }: Named| {
            let change = GroupChange { name: Some(name), description: Some(description), roles: None };
            let Some(group) = desk.now() else { return };
            spawn_local(async move {
                match desk.patch(&group, &change, None).await {
                    Ok(after) => {
                        on_close.try_run(());
                        desk.messages.success(["The group is called ", &after.name, " now."].concat(), None);
                    }
                    Err(ApiError::Problem(problem)) if problem.current_group.is_some() => {
                        let now = problem.current_group.map(|group| group.name).unwrap_or_default();
                        form.say(["Somebody else changed this group a moment ago; it is called ", &now, " now. What you typed is kept: save again to put it in place of theirs."].concat());
                    }
                    Err(error) => form.fail(error),
                }
            });
        };
        view! {
            <NamingDialog title="Rename group" submit="Save changes" name=name description=description on_submit=rename on_close=on_close />
        }
    })
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
