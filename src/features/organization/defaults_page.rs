//! Organization settings > New accounts defaults (F12, F39 to F46).

use domain::defaults::DefaultsView;
use domain::page::Page;
use domain::permissions::{Catalogue, PermissionEntry};
use leptos::prelude::*;

use super::defaults_desk::{Desk, FORM_ID, PATH};
use super::defaults_groups::GroupsField;
use super::settings_tabs::SettingsTabs;
use crate::drafts::{RestoredNotice, outlive_session};
use crate::features::previews::PreviewPanel;
use crate::features::roles::PermissionList;
use crate::form::FormBanner;
use crate::load::Loader;
use crate::ui::{
    Banner, Button, ButtonKind, ButtonVariant, Card, Form, PageHeader, Select, SelectOption, Tip, Tone, use_leave,
};

/// In the words of the documents that the console follows.
const GROUP_TIP: &str = "In many cases, it makes sense to create a group with permissions for new users, and to set that group as the default for new users.";
const LEVEL_TIP: &str =
    "We recommend managing permissions at the group level and not assigning permissions to individual users.";

/// The page.
#[component]
pub(crate) fn DefaultsPage() -> impl IntoView {
    let defaults = Loader::<DefaultsView>::new(PATH);
    let catalogue = Loader::<Page<PermissionEntry>>::new("/api/v1/permissions");
    view! {
        <div class="page page-narrow">
            <PageHeader title="Organization settings" />
            <SettingsTabs />
            {defaults.draw(move |defaults| {
                catalogue.draw(move |catalogue| view! { <DefaultsForm defaults=defaults.clone() catalogue=Catalogue(catalogue.items) /> })
            })}
        </div>
    }
}

#[component]
fn DefaultsForm(defaults: DefaultsView, catalogue: Catalogue) -> impl IntoView {
    let desk = Desk::new(defaults, catalogue);
    let is_changed = Signal::derive(move || desk.is_changed());
    use_leave().guard(is_changed);
    let restored = outlive_session(FORM_ID, move |unsaved| desk.restore(unsaved), move || desk.unsaved());
    let why_not =
        Signal::derive(
            move || {
                if is_changed.get() { desk.preview.waits().get() } else { "Nothing was changed.".to_owned() }
            },
        );
    let chosen = move || match desk.permissions.with(std::collections::BTreeSet::len) {
        0 => "None".to_owned(),
        count => [&count.to_string(), " chosen"].concat(),
    };
    view! {
        <Form id=FORM_ID on_submit=move || untrack(move || desk.save())>
            <RestoredNotice restored=restored is_changed=is_changed on_discard=move || untrack(move || desk.discard()) />
            <p class="prose">
                "What each user account gets when it is created, beside what its invitation gives. Accounts of today keep what they have, and service accounts get nothing of this."
            </p>
            <Card title="Groups">
                <div class="stack">
                    <GroupsField desk=desk />
                    <Tip>{GROUP_TIP}</Tip>
                </div>
            </Card>
            <LevelCard desk=desk />
            <Card title="Permissions" actions=move || view! { <span class="muted">{chosen}</span> }>
                <div class="stack">
                    <Tip>{LEVEL_TIP}</Tip>
                    <PermissionList catalogue=desk.catalogue chosen=desk.permissions is_editable=true />
                </div>
            </Card>
            // What a change does, and the button, stay in view beside whatever is changed.
            <div class="form-bar">
                <div class="form-bar-told">
                    <PreviewPanel preview=desk.preview />
                    <Overtaken changes=desk.overtaken />
                    <FormBanner form=desk.form />
                </div>
                <div class="row-of">
                    <Button
                        label="Save changes"
                        kind=ButtonKind::Submit
                        variant=ButtonVariant::Primary
                        busy=desk.form.busy()
                        disabled_reason=why_not
                    />
                </div>
            </div>
        </Form>
    }
}

/// The level of new accounts; not there where the profile has no levels.
#[component]
fn LevelCard(desk: Desk) -> impl IntoView {
    let (levels, word) = untrack(move || {
        desk.session.with(|view| {
            let option = |level: &domain::levels::Level| SelectOption {
                disabled: (!view.may_give(level)).then(|| domain::levels::LEVEL_OUT_OF_REACH.to_owned()),
                ..SelectOption::new(level.key.clone(), level.name.clone())
            };
            let levels: Vec<_> = view.organization.levels.iter().map(option).collect();
            (levels, view.organization.level_word.clone())
        })
    });
    (!levels.is_empty()).then(|| {
        let label = [word.as_str(), " of new accounts"].concat();
        view! {
            <Card title=word>
                <Select
                    label=label
                    value=desk.level
                    options=Signal::stored(levels)
                    hint="Chosen beforehand when inviting; whoever invites can choose another."
                />
            </Card>
        }
    })
}

#[component]
fn Overtaken(changes: RwSignal<Vec<String>>) -> impl IntoView {
    move || {
        let changes = changes.get();
        (!changes.is_empty()).then(|| {
            let text = [
                "Nothing of yours was saved yet; what you chose is kept beside it. Changed by them: ",
                &changes.join("; "),
                ". Look at what will change, and save again.",
            ]
            .concat();
            view! {
                <Banner tone=Tone::Warning title="Somebody else changed these defaults a moment ago" text=text announce=true />
            }
        })
    }
}
