//! The dialogs of an object's page.

use domain::objects::Access;
use leptos::prelude::*;

use super::candidates::{Offered, Picker};
use super::desk::{ObjectDesk, Question, Subject, name_of};
use super::grant_dialog::GrantDialog;
use crate::ui::{
    Button, ButtonKind, ButtonVariant, Combobox, ConfirmDialog, Dialog, DialogSize, Dismiss, EndField, Form, dom,
    end_text, read_end, use_now,
};

const END_FORM: &str = "access-end";
const OWNER_FORM: &str = "object-owner";

/// The one that is open, as long as the person may share.
#[component]
pub(super) fn Questions(desk: ObjectDesk) -> impl IntoView {
    let may_share = Memo::new(move |_| desk.may_share());
    move || match desk.question.get().filter(|_| may_share.get()) {
        None => ().into_any(),
        Some(Question::Grant) => view! { <GrantDialog desk=desk /> }.into_any(),
        Some(Question::Owner) => view! { <OwnerDialog desk=desk /> }.into_any(),
        Some(Question::End(access)) => view! { <EndDialog desk=desk access=access /> }.into_any(),
        Some(Question::Revoke(access)) => view! {
            <ConfirmDialog
                title="Revoke your own access?"
                text="You will not be able to share this object any more, and cannot take this back yourself."
                confirm="Revoke"
                danger=true
                on_confirm=move || {
                    desk.question.set(None);
                    desk.revoke_now(&access);
                }
                on_close=move || desk.question.set(None)
            />
        }
        .into_any(),
    }
}

/// When an access ends.
#[component]
fn EndDialog(desk: ObjectDesk, access: Access) -> impl IntoView {
    let now = use_now();
    let end = RwSignal::new(access.valid_until.map(|end| end_text(end.millis())).unwrap_or_default());
    let error = RwSignal::new(None);
    let close = move || desk.question.set(None);
    let title = ["Access of ", name_of(&access)].concat();
    let submit = move || match end.with_untracked(|end| read_end(end, now.get_untracked())) {
        Ok(until) => {
            close();
            desk.set_access(&access, access.level, until);
        }
        Err(why) => {
            error.set(Some(why.to_owned()));
            dom::focus_first_invalid(END_FORM);
        }
    };
    view! {
        <SmallForm title=title form=END_FORM save="Save" close=close submit=submit>
            <EndField value=end error=error />
        </SmallForm>
    }
}

/// Whose the object is.
#[component]
fn OwnerDialog(desk: ObjectDesk) -> impl IntoView {
    let picker = Picker::new(desk, Offered::Accounts);
    let close = move || desk.question.set(None);
    let submit = move || match picker.chosen.get_untracked().first() {
        Some(chosen) => {
            close();
            if let Subject::Account(id) = chosen.subject {
                desk.set_owner(id, &chosen.name);
            }
        }
        None => {
            picker.fault.set(Some("Choose somebody.".to_owned()));
            dom::focus_first_invalid(OWNER_FORM);
        }
    };
    view! {
        <SmallForm title="Change owner" form=OWNER_FORM save="Change owner" close=close submit=submit>
            <Combobox
                label="Owner"
                selected=Signal::derive(move || picker.choices())
                options=Signal::derive(move || picker.options())
                on_add=move |value: String| picker.add(&value)
                on_remove=move |value: String| picker.remove(&value)
                on_query=move |text| picker.offers.type_text(text)
                loading=picker.offers.loading
                trouble=picker.offers.trouble
                error=picker.fault
                hint="The owner may always modify it. The owner of before keeps only what is granted."
            />
        </SmallForm>
    }
}

/// A small dialog with one form.
#[component]
fn SmallForm(
    #[prop(into)] title: Signal<String>,
    form: &'static str,
    save: &'static str,
    #[prop(into)] close: Callback<()>,
    #[prop(into)] submit: Callback<()>,
    children: Children,
) -> impl IntoView {
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=close />
            <Button label=save variant=ButtonVariant::Primary kind=ButtonKind::Submit form=form />
        }
    };
    view! {
        <Dialog title=title size=DialogSize::Small dismiss=Dismiss::Guarded on_close=close footer=footer>
            <Form id=form on_submit=submit>{children()}</Form>
        </Dialog>
    }
}
