//! Signing in with e-mail or user name and password.

use domain::password::Password;
use domain::session::{SIGN_IN_NAME_BYTES_MAX, SessionView, SignInRequest};
use domain::setup::SetupView;
use domain::{Code, FieldError};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::{SessionState, use_session};
use crate::api::{self, Change};
use crate::form::{FormBanner, FormState};
use crate::shell::{PublicPage, next_address};
use crate::ui::{
    Banner, Button, ButtonKind, ButtonSize, ButtonVariant, Form, InputKind, PasswordField, TextField, Tone, dom,
};

const FORM_ID: &str = "sign-in";
const NAME_ID: &str = "sign-in-name";
const PASSWORD_ID: &str = "sign-in-password";

/// The page where one signs in, and where one is told what to do while nothing is set up.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let session = use_session();
    let (location, navigate) = (use_location(), use_navigate());
    Effect::new(move |_| {
        if matches!(session.state(), SessionState::SignedIn(_)) {
            let asked = location.query.with_untracked(|query| query.get("next"));
            let options = NavigateOptions { replace: true, ..Default::default() };
            navigate(&next_address(asked.as_deref()), options);
        }
    });
    let is_new = RwSignal::new(false);
    spawn_local(async move {
        if let Ok(SetupView { done: false, .. }) = api::get("/api/v1/setup").await {
            is_new.try_set(true);
        }
    });
    let title = Signal::derive(move || if is_new.get() { "Set up Roster" } else { "Sign in" }.to_owned());
    view! {
        <PublicPage title=title>
            {move || if is_new.get() { view! { <NotSetUp /> }.into_any() } else { view! { <SignInForm /> }.into_any() }}
        </PublicPage>
    }
}

#[component]
fn NotSetUp() -> impl IntoView {
    view! {
        <div class="prose">
            <p>"Nothing is set up here yet. The server printed a link when it started, on a line that begins with "<code>"Set up:"</code>"."</p>
            <p>"Open that link: whoever does becomes the Owner, and invites the others."</p>
            <p class="muted">"The link is lost? Start the server again, and it prints a new one."</p>
        </div>
    }
}

#[component]
fn SignInForm() -> impl IntoView {
    let session = use_session();
    let form = FormState::new(FORM_ID, &["email", "password"]);
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    dom::focus(NAME_ID);
    let submit = move || {
        if !form.begin() {
            return;
        }
        let missing = missing(&name.get_untracked(), &password.get_untracked());
        if !missing.is_empty() {
            return form.refuse(missing);
        }
        let request = SignInRequest {
            email: name.get_untracked().trim().to_owned(),
            password: Password::new(&password.get_untracked()),
        };
        spawn_local(async move {
            match Change::post("/api/v1/session").send::<_, SessionView>(&request).await {
                Ok(view) => {
                    form.end();
                    session.start(view);
                }
                Err(error) if error.code() == Some(Code::WrongCredentials) => {
                    form.say(error.message());
                    dom::focus(PASSWORD_ID);
                }
                Err(error) => form.fail(error),
            }
        });
    };
    let lapsed = session.has_lapsed().then(|| {
        view! {
            <Banner
                tone=Tone::Info
                title="You have been signed out"
                text="Sign in again to go on where you were."
            />
        }
    });
    view! {
        {lapsed}
        <FormBanner form=form />
        <Form id=FORM_ID on_submit=submit>
            <TextField
                label="E-mail or user name"
                value=name
                kind=InputKind::Name
                id=NAME_ID
                name="username"
                autocomplete="username"
                required=true
                max_length=SIGN_IN_NAME_BYTES_MAX
                error=form.error("email", name)
            />
            <PasswordField
                label="Password"
                value=password
                id=PASSWORD_ID
                autocomplete="current-password"
                error=form.error("password", password)
            />
            <Button label="Sign in" kind=ButtonKind::Submit variant=ButtonVariant::Primary size=ButtonSize::Large busy=form.busy() />
        </Form>
    }
}

fn missing(name: &str, password: &str) -> Vec<FieldError> {
    let required = |field, message: &str| FieldError::new(field, "required", message.to_owned());
    let name = name.trim().is_empty().then(|| required("email", "Enter your e-mail address or user name."));
    let password = password.is_empty().then(|| required("password", "Enter your password."));
    name.into_iter().chain(password).collect()
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn both_fields_are_asked_for_at_once() {
        for (name, password, fields) in [
            ("", "", vec!["email", "password"]),
            (" ", "x", vec!["email"]),
            ("ana", "", vec!["password"]),
            ("ana", " ", vec![]),
        ] {
            assert_eq!(missing(name, password).iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), fields);
        }
    }
}
