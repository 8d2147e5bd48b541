//! "Confirm that it is you": the own password once more, before something sensitive is done.

use domain::Code;
use domain::password::Password;
use domain::problem::FieldError;
use domain::session::ConfirmRequest;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::use_session;
use crate::api::{ApiError, Change};
use crate::confirmation;
use crate::form::{FormBanner, FormState};
use crate::lazy;
use crate::ui::{Button, ButtonKind, ButtonVariant, Dialog, DialogSize, Dismiss, Form, PasswordField, dom};

const FORM_ID: &str = "confirmation";
const PASSWORD_ID: &str = "confirmation-password";
/// What the dialog is called.
pub(crate) const CONFIRM_TITLE: &str = "Confirm that it is you";

/// Shows the question while it is open. Mounted once, beside the pages.
#[component]
pub(crate) fn Confirmation() -> impl IntoView {
    // Whoever is signed out meanwhile proves nothing any more.
    on_cleanup(|| confirmation::answer(false));
    move || confirmation::is_asked().then(lazy::confirmation)
}

/// The dialog. What asked for it waits, with everything that was typed, and goes on afterwards.
#[component]
pub(crate) fn ConfirmationDialog() -> impl IntoView {
    let session = use_session();
    let form = FormState::new(FORM_ID, &["password"]);
    let password = RwSignal::new(String::new());
    let close = || confirmation::answer(false);
    let submit = move || {
        if !form.begin() {
            return;
        }
        let typed = password.get_untracked();
        if typed.is_empty() {
            return form.refuse(vec![refusal("required", "Enter your password.")]);
        }
        let request = ConfirmRequest { password: Password::new(&typed) };
        spawn_local(async move {
            match Change::post("/api/v1/session/confirmation").tell(&request).await {
                Ok(()) => {
                    password.try_set(String::new());
                    confirmation::answer(true);
                }
                Err(ApiError::Problem(problem)) if problem.code == Code::WrongCredentials => {
                    form.refuse(vec![refusal("wrong", "This is not your password.")]);
                    dom::focus(PASSWORD_ID);
                }
                Err(error) => form.fail(error),
            }
        });
    };
    let who = untrack(|| session.with(|view| view.person.email.clone()));
    let about = ["This is asked before something sensitive, once in five minutes. You are signed in as ", &who, "."];
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=close />
            <Button label="Confirm" variant=ButtonVariant::Primary kind=ButtonKind::Submit form=FORM_ID busy=form.busy() />
        }
    };
    view! {
        <Dialog title=CONFIRM_TITLE description=Signal::stored(about.concat()) size=DialogSize::Small dismiss=Dismiss::Guarded on_close=close footer=footer>
            <FormBanner form=form />
            <Form id=FORM_ID on_submit=submit>
                // For password managers: whose password it is.
                <input class="sr-only" type="text" name="username" autocomplete="username" readonly tabindex="-1" aria-hidden="true" prop:value=who.clone() />
                <PasswordField
                    label="Your password"
                    value=password
                    id=PASSWORD_ID
                    autocomplete="current-password"
                    autofocus=true
                    error=form.error("password", password)
                />
            </Form>
        </Dialog>
    }
}

fn refusal(code: &'static str, message: &str) -> FieldError {
    FieldError::new("password", code, message.to_owned())
}
