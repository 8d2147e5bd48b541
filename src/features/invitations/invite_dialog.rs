//! "Invite users": who, at which level, into which groups.

use leptos::{ev::KeyboardEvent, prelude::*};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

use super::advanced::AdvancedFields;
use super::draft::{chips, count_line, good, submit_label};
use super::faults::Field;
use super::invite_form::{ADDRESSES, DONE, FORM, InviteForm};
use super::invite_results::InviteResults;
use crate::features::accounts::{Desk, LevelChoice, choices};
use crate::features::groups::GroupPicker;
use crate::features::session::use_session;
use crate::ui::{
    Banner, Button, ButtonKind, ButtonSize, ButtonVariant, ChipInput, Dialog, Dismiss, Form, RadioGroup, RadioOption,
    Tip, Tone,
};

/// Opens the dialog where the address asks for it by `?invite=1`, and takes that out of the address.
pub(crate) fn opened_by_address(inviting: RwSignal<bool>) {
    let (query, path, navigate) = (use_query_map(), use_location().pathname, use_navigate());
    Effect::new(move |_| {
        if query.with(|query| query.get_str("invite").is_some()) {
            inviting.set(true);
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&path.get_untracked(), options);
        }
    });
}

/// The dialog. Whatever closes it, what was typed is there at the next opening.
#[component]
pub(crate) fn InviteDialog(
    /// The list that shows the invited at once.
    desk: Desk,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let owner = untrack(|| use_session().view()).map(|session| session.account.id);
    owner.map(|owner| {
        let form = InviteForm::new(desk, owner);
        let is_sent = Memo::new(move |_| form.results.with(Option::is_some));
        let title = Signal::derive(move || if is_sent.get() { "Invitations" } else { "Invite users" }.to_owned());
        let footer = move || {
            view! {
                {move || if is_sent.get() {
                    view! { <ResultButtons form=form on_close=on_close /> }.into_any()
                } else {
                    view! { <FormButtons form=form on_close=on_close /> }.into_any()
                }}
            }
        };
        view! {
            <Dialog title=title dismiss=Dismiss::Guarded on_close=on_close footer=footer>
                {move || if is_sent.get() {
                    view! { <InviteResults form=form /> }.into_any()
                } else {
                    view! { <Fields form=form /> }.into_any()
                }}
            </Dialog>
        }
    })
}

#[component]
fn FormButtons(form: InviteForm, on_close: Callback<()>) -> impl IntoView {
    let label = Signal::derive(move || submit_label(form.entries.with(|entries| good(entries))));
    view! {
        <Button label="Cancel" on_click=on_close />
        <Button label=label variant=ButtonVariant::Primary kind=ButtonKind::Submit form=FORM busy=form.busy />
    }
}

#[component]
fn ResultButtons(form: InviteForm, on_close: Callback<()>) -> impl IntoView {
    view! {
        <Button label="Invite more" on_click=move || form.invite_more() />
        <Button label="Done" id=DONE variant=ButtonVariant::Primary on_click=on_close />
    }
}

#[component]
fn Fields(form: InviteForm) -> impl IntoView {
    let session = form.desk.session;
    let hint = Signal::derive(move || {
        let seats = session.with(|session| session.organization.seats_left);
        form.entries.with(|entries| count_line(entries, seats))
    });
    let faults = form.faults;
    let whole = move |field: Field| Signal::derive(move || faults.with(|faults| faults.whole(field)));
    let refused = move |field: Field| Signal::derive(move || faults.with(|faults| faults.entries(field)));
    let refused_emails = refused(Field::Emails);
    let chip_views =
        Signal::derive(move || form.entries.with(|entries| refused_emails.with(|refused| chips(entries, refused))));
    let submit_by_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            form.submit();
        }
    };
    view! {
        <div on:keydown:capture=submit_by_key>
            <Form id=FORM on_submit=move || form.submit()>
                {move || faults.with(|faults| faults.other.clone()).map(|why| view! { <Banner tone=Tone::Danger title=why announce=true /> })}
                {move || form.is_restored.get().then(|| view! {
                    <Banner tone=Tone::Info title="This is from before" text="What you typed the last time was not sent, and is kept.">
                        <Button label="Start anew" size=ButtonSize::Small on_click=move || form.begin_anew() />
                    </Banner>
                })}
                <ChipInput
                    id=ADDRESSES
                    label="E-mail addresses"
                    required=true
                    chips=chip_views
                    text=form.text
                    on_input=move |text| form.text.set(text)
                    on_commit=move |text: String| form.commit(&text)
                    on_remove=move |at| form.remove(at)
                    on_edit=move |at| form.edit(at)
                    hint=hint
                    error=whole(Field::Emails)
                    placeholder="ana@example.com, ben@example.com"
                />
                <LevelField form=form />
                <GroupPicker selected=form.groups new_groups=form.new_groups error=whole(Field::Groups) refused=refused(Field::Groups) />
                <Tip>"Manage permissions at group level rather than for single users: give roles to a group, and invite people into it."</Tip>
                <AdvancedFields advanced=form.advanced groups=form.groups level=form.level />
            </Form>
        </div>
    }
}

#[component]
fn LevelField(form: InviteForm) -> impl IntoView {
    let session = form.desk.session;
    let word = Signal::derive(move || session.with(|session| session.organization.level_word.clone()));
    let option = |choice: LevelChoice| {
        RadioOption::new(choice.level.key, choice.level.name, choice.level.description).disabled(choice.refused)
    };
    let options = Memo::new(move |_| session.with(choices).into_iter().map(option).collect::<Vec<_>>());
    let error = Signal::derive(move || form.faults.with(|faults| faults.whole(Field::Level)));
    move || {
        let has_levels = options.with(|options| !options.is_empty());
        has_levels.then(|| view! { <RadioGroup label=word value=form.level options=options error=error /> })
    }
}
