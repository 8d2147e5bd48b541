//! "Create new account": a service account with what it may do and its first token, on one page (F91 to F96).

use domain::accounts::AccountKind;
use domain::text::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::account_id_field::AccountIdField;
use super::new_form::{FORM, NewForm, Typed};
use super::owner_field::OwnerField;
use crate::drafts::{RestoredNotice, outlive_session};
use crate::features::accounts::{SERVICES, page_address};
use crate::features::groups::GroupPicker;
use crate::features::invitations::GiftFields;
use crate::features::session::use_session;
use crate::features::tokens::{TokenForm, hand_over};
use crate::form::FormBanner;
use crate::ui::{
    Button, ButtonKind, ButtonVariant, Card, Checkbox, Form, LinkButton, PageHeader, TextField, Textarea, use_leave,
    use_messages,
};

/// `/accounts/new`.
#[component]
pub(crate) fn NewServicePage() -> impl IntoView {
    let (session, messages, navigate) = (use_session(), use_messages(), use_navigate());
    let form = NewForm::new(untrack(|| session.with(|session| session.organization.tokens)));
    let is_done = RwSignal::new(false);
    let is_changed = Signal::derive(move || !is_done.get() && form.typed() != Typed::default());
    use_leave().guard(is_changed);
    let restored = outlive_session(
        FORM,
        move |typed: Typed| form.show(typed),
        move || is_changed.get_untracked().then(|| form.typed()),
    );
    let create = move || {
        let navigate = navigate.clone();
        spawn_local(async move {
            let Some(created) = form.send().await else { return };
            is_done.try_set(true);
            let account = created.account;
            messages.success([&account.handle, " was created."].concat(), None);
            if let Some(minted) = created.token {
                hand_over(minted);
            }
            navigate(&page_address(account.id), Default::default());
        });
    };
    view! {
        <div class="page page-role">
            <nav class="crumbs" aria-label="Breadcrumb"><a href=SERVICES>"Service accounts"</a></nav>
            <PageHeader title="Create new account" />
            <RestoredNotice restored=restored is_changed=is_changed on_discard=move || form.show(Typed::default()) />
            <Form id=FORM on_submit=create>
                <IdentityCard form=form />
                <RightsCard form=form />
                <TokenCard form=form />
                <FormBanner form=form.form />
                <div class="row-of">
                    <LinkButton label="Cancel" href=SERVICES />
                    <Button label="Create" kind=ButtonKind::Submit variant=ButtonVariant::Primary busy=form.form.busy() />
                </div>
            </Form>
        </div>
    }
}

#[component]
fn IdentityCard(form: NewForm) -> impl IntoView {
    view! {
        <Card title="Service account">
            <div class="stack">
                <AccountIdField value=form.account_id error=form.form.error("account_id", form.account_id) />
                <TextField
                    label="Name"
                    value=form.name
                    max_length=NAME_CHARS_MAX
                    placeholder="As the ID, without its prefix"
                    error=form.form.error("display_name", form.name)
                />
                <Textarea
                    label="Description"
                    value=form.description
                    rows=2
                    max_length=DESCRIPTION_CHARS_MAX
                    hint="What it is for, and where it runs."
                    error=form.form.error("description", form.description)
                />
                <OwnerField chosen=form.owner error=form.form.message("owner") />
            </div>
        </Card>
    }
}

#[component]
fn RightsCard(form: NewForm) -> impl IntoView {
    view! {
        <Card title="What it may do">
            <div class="stack">
                <GroupPicker
                    selected=form.groups
                    new_groups=form.new_groups
                    hint="It gets the roles of its groups."
                    error=form.form.message("groups")
                />
                <GiftFields advanced=form.advanced groups=form.groups outlook=form.outlook />
            </div>
        </Card>
    }
}

#[component]
fn TokenCard(form: NewForm) -> impl IntoView {
    let offered = Signal::derive(move || form.outlook.options());
    view! {
        <Card title="First API token">
            <div class="stack">
                <Checkbox
                    label="Generate a token at once"
                    checked=form.has_token
                    on_change=move |on| form.has_token.set(on)
                    hint="Its secret is shown once, after the account was created. More can be generated at any time."
                />
                {move || form.has_token.get().then(|| view! {
                    <TokenForm fields=form.token offered=offered kind=AccountKind::Service name_label="Token name" />
                })}
            </div>
        </Card>
    }
}
