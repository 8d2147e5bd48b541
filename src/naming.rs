//! The dialog in which something gets its name and description.

use domain::problem::FieldErrors;
use domain::text::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, Name};
use leptos::prelude::*;

use crate::drafts::{RestoredNotice, outlive_session};
use crate::form::{FormBanner, FormState};
use crate::ui::{Button, ButtonKind, ButtonVariant, Dialog, Dismiss, Form, TextField, Textarea};

const FORM_ID: &str = "naming";
const FIELDS: [&str; 2] = ["name", "description"];

/// What was typed, checked, and the form to which the answer goes.
pub(crate) struct Named {
    pub(crate) name: Name,
    pub(crate) description: String,
    /// `fail` shows why the server refused.
    pub(crate) form: FormState,
}

/// The dialog. It is open while it is mounted.
#[component]
pub(crate) fn NamingDialog(
    /// The heading, such as "Create group".
    #[prop(into)]
    title: String,
    /// The verb on the button.
    submit: &'static str,
    /// The name it begins with. Default: none.
    #[prop(optional, into)]
    name: String,
    /// The description it begins with. Default: none.
    #[prop(optional, into)]
    description: String,
    /// Runs with what was typed once it is well formed.
    #[prop(into)]
    on_submit: Callback<Named>,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let form = FormState::new(FORM_ID, &FIELDS);
    let id = [FORM_ID, "/", &title, "/", &name].concat();
    let start = StoredValue::new((name.clone(), description.clone()));
    let (name, description) = (RwSignal::new(name), RwSignal::new(description));
    let show = move |typed: (String, String)| {
        name.set(typed.0);
        description.set(typed.1);
    };
    let typed = move || (name.get(), description.get());
    let is_changed = move || start.with_value(|start| *start != typed());
    let restored = outlive_session(id, show, move || is_changed().then(typed));
    let send = move || {
        if !form.begin() {
            return;
        }
        let mut errors = FieldErrors::default();
        match name.with_untracked(|text| errors.take("name", Name::parse(text))) {
            Some(name) => {
                let description = description.with_untracked(|text| text.trim().to_owned());
                on_submit.run(Named { name, description, form });
            }
            None => form.refuse(errors.into_vec()),
        }
    };
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=on_close />
            <Button label=submit variant=ButtonVariant::Primary kind=ButtonKind::Submit form=FORM_ID busy=form.busy() />
        }
    };
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=on_close footer=footer>
            <Form id=FORM_ID on_submit=send>
                <RestoredNotice restored=restored is_changed=Signal::derive(is_changed) on_discard=move || show(start.get_value()) />
                <FormBanner form=form />
                <TextField label="Name" value=name required=true max_length=NAME_CHARS_MAX error=form.error("name", name) />
                <Textarea
                    label="Description"
                    value=description
                    max_length=DESCRIPTION_CHARS_MAX
                    hint="What it is for, so that others choose it rightly."
                    error=form.error("description", description)
                />
            </Form>
        </Dialog>
    }
}
