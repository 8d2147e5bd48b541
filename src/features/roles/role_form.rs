//! The form of a role: its name, its description and its permissions, as typed.

use std::collections::BTreeSet;

use domain::permissions::Catalogue;
use domain::text::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX};
use leptos::prelude::*;

use super::edit::Typed;
use super::permission_list::PermissionList;
use crate::form::{FormBanner, FormState};
use crate::ui::{Card, Form, TextField, Textarea};

const FORM_ID: &str = "role";
const FIELDS: [&str; 2] = ["name", "description"];

/// The fields.
#[derive(Clone, Copy)]
pub(super) struct RoleFields {
    name: RwSignal<String>,
    description: RwSignal<String>,
    chosen: RwSignal<BTreeSet<String>>,
    pub(super) catalogue: StoredValue<Catalogue>,
    pub(super) form: FormState,
}

impl RoleFields {
    pub(super) fn new(typed: Typed, catalogue: StoredValue<Catalogue>) -> Self {
        Self {
            name: RwSignal::new(typed.name),
            description: RwSignal::new(typed.description),
            chosen: RwSignal::new(typed.chosen),
            catalogue,
            form: FormState::new(FORM_ID, &FIELDS),
        }
    }

    /// What was typed, reactively.
    pub(super) fn typed(self) -> Typed {
        Typed { name: self.name.get(), description: self.description.get(), chosen: self.chosen.get() }
    }

    /// Puts something else into the fields, if they are still there.
    pub(super) fn show(self, typed: Typed) {
        self.name.try_set(typed.name);
        self.description.try_set(typed.description);
        self.chosen.try_set(typed.chosen);
    }
}

/// The form.
#[component]
pub(super) fn RoleForm(
    /// Its fields.
    fields: RoleFields,
    /// Runs on Enter in a field and on the submit button.
    #[prop(into)]
    on_submit: Callback<()>,
    /// The buttons, which stay in view.
    children: Children,
) -> impl IntoView {
    let form = fields.form;
    view! {
        <Form id=FORM_ID on_submit=on_submit>
            <Card title="Role">
                <div class="stack">
                    <TextField
                        label="Name"
                        value=fields.name
                        required=true
                        max_length=NAME_CHARS_MAX
                        error=form.error("name", fields.name)
                    />
                    <Textarea
                        label="Description"
                        value=fields.description
                        rows=2
                        max_length=DESCRIPTION_CHARS_MAX
                        hint="What it is for, so that others choose it rightly."
                        error=form.error("description", fields.description)
                    />
                </div>
            </Card>
            <Card title="Permissions">
                <PermissionList catalogue=fields.catalogue chosen=fields.chosen is_editable=true />
            </Card>
            <FormBanner form=form />
            <div class="form-bar">{children()}</div>
        </Form>
    }
}
