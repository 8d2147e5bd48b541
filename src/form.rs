//! What goes wrong with a form: errors at their fields, the rest above them, and whether it is being sent.

use domain::{Code, FieldError};
use leptos::prelude::*;

use crate::api::ApiError;
use crate::features::session::{Session, use_session};
use crate::ui::{Banner, Tone, dom};

/// The errors and the progress of one form.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    id: &'static str,
    fields: &'static [&'static str],
    errors: RwSignal<Vec<FieldError>>,
    general: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    session: Session,
}

impl FormState {
    /// For the form with this id, whose fields have these names in the request.
    pub(crate) fn new(id: &'static str, fields: &'static [&'static str]) -> Self {
        Self {
            id,
            fields,
            errors: RwSignal::new(Vec::new()),
            general: RwSignal::new(None),
            busy: RwSignal::new(false),
            session: use_session(),
        }
    }

    /// Whether it is being sent.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// The error of a field; it goes as soon as the field's value changes.
    pub(crate) fn error(self, field: &'static str, value: RwSignal<String>) -> Signal<Option<String>> {
        Effect::watch(
            move || value.track(),
            move |(), _, _| {
                if self.errors.with_untracked(|errors| errors.iter().any(|error| error.field == field)) {
                    self.errors.update(|errors| errors.retain(|error| error.field != field));
                }
            },
            false,
        );
        Signal::derive(move || {
            self.errors
                .with(|errors| errors.iter().find(|error| error.field == field).map(|error| error.message.clone()))
        })
    }

    /// The error of a field that holds something else than a text; it goes when the form is sent again.
    pub(crate) fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let of = |errors: &Vec<FieldError>| errors.iter().find(|error| error.field == field).cloned();
            self.errors.with(of).map(|error| error.message)
        })
    }

    /// Begins to send it. False while it is being sent already.
    pub(crate) fn begin(self) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.errors.set(Vec::new());
        self.general.set(None);
        self.busy.set(true);
        true
    }

    /// The answer has come.
    pub(crate) fn end(self) {
        self.busy.try_set(false);
    }

    /// Shows errors at their fields; those of no field here stand above the form. The focus goes to the first.
    pub(crate) fn refuse(self, errors: Vec<FieldError>) {
        self.end();
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            errors.into_iter().partition(|error| self.fields.contains(&error.field.as_str()));
        if let Some(error) = elsewhere.first() {
            self.general.try_set(Some(error.message.clone()));
        }
        self.errors.try_set(here);
        dom::focus_first_invalid(self.id);
    }

    /// Shows why the server did not do it.
    pub(crate) fn fail(self, error: ApiError) {
        self.end();
        if error.code() == Some(Code::NotSignedIn) {
            return self.session.end();
        }
        match error {
            ApiError::Problem(problem) if !problem.errors.is_empty() => self.refuse(problem.errors),
            error => self.say(error.message()),
        }
    }

    /// Takes back all errors, for another way to fill in the form.
    pub(crate) fn forget(self) {
        self.errors.set(Vec::new());
        self.general.set(None);
    }

    /// Says something above the form that belongs to no field.
    pub(crate) fn say(self, text: impl Into<String>) {
        self.end();
        self.general.try_set(Some(text.into()));
    }
}

/// What is wrong with a form as a whole.
#[component]
pub(crate) fn FormBanner(
    /// The form.
    form: FormState,
) -> impl IntoView {
    move || form.general.get().map(|text| view! { <Banner tone=Tone::Danger title=text announce=true /> })
}
