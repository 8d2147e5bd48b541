//! The dialog in which something gets its name and description, and another one.

use domain::problem::FieldErrors;
use domain::text::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, Name};
use leptos::prelude::*;

use crate::drafts::{RestoredNotice, outlive_session};
use crate::form::{FormBanner, FormState};
use crate::overtaken::{Overtaken, difference, merged};
use crate::ui::{Button, ButtonKind, ButtonVariant, Dialog, Dismiss, Form, TextField, Textarea};

const FORM_ID: &str = "naming";
const FIELDS: [&str; 2] = ["name", "description"];

/// A name and a description as the fields hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Naming {
    pub(crate) name: String,
    pub(crate) description: String,
}

impl Naming {
    pub(crate) fn new(name: &str, description: &str) -> Self {
        Self { name: name.to_owned(), description: description.to_owned() }
    }

    /// What somebody else changed, in words.
    fn differences(&self, now: &Self) -> Vec<String> {
        let name = (self.name != now.name).then(|| difference("Name", &self.name, &now.name));
        let description = (self.description != now.description)
            .then(|| difference("Description", &self.description, &now.description));
        name.into_iter().chain(description).collect()
    }

    /// Takes over what somebody else saved, except where this person typed something of their own.
    fn merge(&self, typed: &Self, now: &Self) -> Self {
        Self {
            name: merged(&self.name, &typed.name, &now.name),
            description: merged(&self.description, &typed.description, &now.description),
        }
    }
}

/// What was typed, checked, and the dialog to which the answer goes.
pub(crate) struct Named {
    pub(crate) name: Name,
    pub(crate) description: String,
    pub(crate) dialog: NamingDesk,
}

impl Named {
    /// The name, where it is another one than before.
    pub(crate) fn changed_name(&self) -> Option<Name> {
        let is_same = self.dialog.base.with_untracked(|base| base.name == self.name.as_str());
        (!is_same).then(|| self.name.clone())
    }

    /// The description, where it is another one than before.
    pub(crate) fn changed_description(&self) -> Option<String> {
        let is_same = self.dialog.base.with_untracked(|base| base.description == self.description);
        (!is_same).then(|| self.description.clone())
    }
}

/// The fields, and what they began with.
#[derive(Clone, Copy)]
pub(crate) struct NamingDesk {
    /// `fail` shows why the server refused.
    pub(crate) form: FormState,
    base: RwSignal<Naming>,
    name: RwSignal<String>,
    description: RwSignal<String>,
    overtaken: RwSignal<Vec<String>>,
}

impl NamingDesk {
    fn new(base: Naming) -> Self {
        Self {
            form: FormState::new(FORM_ID, &FIELDS),
            name: RwSignal::new(base.name.clone()),
            description: RwSignal::new(base.description.clone()),
            base: RwSignal::new(base),
            overtaken: RwSignal::new(Vec::new()),
        }
    }

    fn typed(self) -> Naming {
        Naming { name: self.name.get(), description: self.description.get() }
    }

    fn is_changed(self) -> bool {
        let typed = self.typed();
        self.base.with(|base| *base != typed)
    }

    fn show(self, typed: Naming) {
        self.name.try_set(typed.name);
        self.description.try_set(typed.description);
    }

    /// Somebody else was quicker: shows what they changed, and keeps what was typed. False where they changed neither name
    /// nor description: what was typed can be sent again.
    pub(crate) fn overtake(self, now: Naming) -> bool {
        let Some(base) = self.base.try_get_untracked() else { return true };
        let words = base.differences(&now);
        if words.is_empty() {
            return false;
        }
        let merged = base.merge(&untrack(move || self.typed()), &now);
        self.base.set(now);
        self.show(merged);
        self.overtaken.set(words);
        self.form.end();
        true
    }
}

/// The dialog. It is open while it is mounted.
#[component]
pub(crate) fn NamingDialog(
    /// The heading, such as "Create group".
    #[prop(into)]
    title: String,
    /// The verb on the button.
    submit: &'static str,
    /// What it begins with, of something that has a name already; sending the same again is not offered. Default: nothing.
    #[prop(optional_no_strip)]
    base: Option<Naming>,
    /// Runs with what was typed once it is well formed.
    #[prop(into)]
    on_submit: Callback<Named>,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let is_new = base.is_none();
    let start = base.unwrap_or_default();
    let id = [FORM_ID, "/", &title, "/", &start.name].concat();
    let desk = NamingDesk::new(start);
    let form = desk.form;
    let is_changed = Signal::derive(move || desk.is_changed());
    let restored = outlive_session(id, move |typed| desk.show(typed), move || desk.is_changed().then(|| desk.typed()));
    let discard = move || desk.show(desk.base.get_untracked());
    let reason = Signal::derive(move || {
        let why = if is_new || is_changed.get() { "" } else { "Nothing was changed." };
        why.to_owned()
    });
    let send = move || {
        // Enter in a field sends, too.
        if !untrack(|| reason.get()).is_empty() || !form.begin() {
            return;
        }
        let Naming { name, description } = untrack(move || desk.typed());
        let mut errors = FieldErrors::default();
        match errors.take("name", Name::parse(&name)) {
            Some(name) => on_submit.run(Named { name, description: description.trim().to_owned(), dialog: desk }),
            None => form.refuse(errors.into_vec()),
        }
    };
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=on_close />
            <Button
                label=submit
                variant=ButtonVariant::Primary
                kind=ButtonKind::Submit
                form=FORM_ID
                busy=form.busy()
                disabled_reason=reason
            />
        }
    };
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=on_close footer=footer>
            <Form id=FORM_ID on_submit=send>
                <RestoredNotice restored=restored is_changed=is_changed on_discard=discard />
                <FormBanner form=form />
                <Overtaken title="Somebody else changed it a moment ago" changes=desk.overtaken />
                <TextField label="Name" value=desk.name required=true max_length=NAME_CHARS_MAX error=form.error("name", desk.name) />
                <Textarea
                    label="Description"
                    value=desk.description
                    max_length=DESCRIPTION_CHARS_MAX
                    hint="What it is for, so that others choose it rightly."
                    error=form.error("description", desk.description)
                />
            </Form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::Naming;

    #[test]
    fn what_was_typed_survives_what_others_saved() {
        let (base, now) = (Naming::new("Alerts", ""), Naming::new("Theirs", "Theirs"));
        let mine = Naming::new("Mine", "");
        assert_eq!(base.merge(&mine, &now), Naming::new("Mine", "Theirs"));
        assert_eq!(base.differences(&now), ["Name: Alerts → Theirs", "Description: none → Theirs"]);
        assert!(base.differences(&base).is_empty());
    }
}
