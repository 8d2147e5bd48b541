//! An open invitation: accepting it as a new person, with a password one has here already, or as whoever is signed in.

use domain::Code;
use domain::FieldError;
use domain::invitations::{AcceptRequest, InvitationPreview, LinkViewer};
use domain::password::Password;
use domain::permissions::ConsolePermission;
use domain::problem::FieldErrors;
use domain::session::SessionView;
use domain::text::{NAME_CHARS_MAX, Name, USER_NAME_CHARS_MAX, UserName};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::Invitation;
use super::decline::Decline;
use super::facts::Facts;
use super::someone_else::SomeoneElse;
use crate::api::Change;
use crate::features::session::{Confirmation, NewPassword, PasswordContext, use_session};
use crate::form::{FormBanner, FormState};
use crate::ui::{Button, ButtonKind, ButtonVariant, Form, InputKind, PasswordField, TextField, dom, use_messages};

const FORM_ID: &str = "accept";
const PASSWORD_ID: &str = "accept-password";
/// Said to somebody who signs up and has a password already.
const USE_YOUR_PASSWORD: &str = "You already have a password here. Sign in with it to accept the invitation.";
const FIELDS: [&str; 3] = ["display_name", "user_name", "password"];

/// What is typed, field by field.
#[derive(Clone, Copy)]
struct Fields {
    display_name: RwSignal<String>,
    user_name: RwSignal<String>,
    password: RwSignal<String>,
}

/// The same as plain texts.
#[derive(Default)]
struct Typed {
    display_name: String,
    user_name: String,
    password: String,
}

/// How somebody accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JoinAs {
    NewPerson,
    /// With the password of another organization on this server.
    KnownPerson,
    /// Already signed in.
    SignedIn,
}

/// Checks what there is to fill in, all at once.
fn read(
    join_as: JoinAs,
    typed: &Typed,
    token: String,
    context: &PasswordContext,
) -> Result<AcceptRequest, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    let mut request = AcceptRequest { token, display_name: None, user_name: None, password: None };
    match join_as {
        JoinAs::NewPerson => {
            request.display_name = errors.take("display_name", Name::parse(&typed.display_name));
            if !typed.user_name.trim().is_empty() {
                request.user_name = errors.take("user_name", UserName::parse(&typed.user_name));
            }
            request.password = errors.take("password", context.check(&typed.password));
        }
        JoinAs::KnownPerson if typed.password.is_empty() => {
            errors.push(FieldError::new("password", "required", "Enter your password.".to_owned()));
        }
        JoinAs::KnownPerson => request.password = Some(Password::new(&typed.password)),
        JoinAs::SignedIn => {}
    }
    if errors.is_empty() { Ok(request) } else { Err(errors.into_vec()) }
}

/// What can be done with an open invitation, by who looks at it.
#[component]
pub(super) fn OpenInvitation(invitation: Invitation, preview: InvitationPreview) -> impl IntoView {
    let form = FormState::new(FORM_ID, &FIELDS);
    let organization = preview.organization.clone();
    let (viewer, facts) = (preview.viewer, preview.clone());
    view! {
        <Facts preview=facts />
        <FormBanner form=form />
        {if viewer == LinkViewer::SomeoneElse {
            view! { <SomeoneElse invitation=invitation form=form preview=preview /> }.into_any()
        } else {
            view! { <AcceptForm invitation=invitation form=form preview=preview /> }.into_any()
        }}
        <Decline invitation=invitation organization=organization />
    }
}

#[component]
fn AcceptForm(invitation: Invitation, form: FormState, preview: InvitationPreview) -> impl IntoView {
    let empty = || RwSignal::new(String::new());
    let fields = Fields { display_name: empty(), user_name: empty(), password: empty() };
    let InvitationPreview { viewer, organization, email, password_chars_min, .. } = preview;
    let person_email = email.clone();
    let context = Signal::derive(move || PasswordContext {
        chars_min: password_chars_min,
        words: vec![organization.clone(), email.clone(), fields.display_name.get()],
    });
    let join_as = RwSignal::new(match viewer {
        LinkViewer::NotSignedIn => JoinAs::NewPerson,
        LinkViewer::Invitee | LinkViewer::SomeoneElse => JoinAs::SignedIn,
    });
    let accept = accept(invitation, form, join_as);
    let submit = move || {
        if !form.begin() {
            return;
        }
        let typed = Typed {
            display_name: fields.display_name.get_untracked(),
            user_name: fields.user_name.get_untracked(),
            password: fields.password.get_untracked(),
        };
        match read(join_as.get_untracked(), &typed, invitation.token.get_untracked(), &context.get_untracked()) {
            Ok(request) => accept.run(request),
            Err(errors) => form.refuse(errors),
        }
    };
    let inputs = move || {
        let email = person_email.clone();
        match join_as.get() {
            JoinAs::NewPerson => view! { <NewPerson form=form fields=fields context=context email=email /> }.into_any(),
            JoinAs::KnownPerson => view! { <KnownPerson form=form fields=fields email=email /> }.into_any(),
            // Who is signed in enters the password only where it is not known to be as long as the organization asks.
            JoinAs::SignedIn => view! { <Confirmation /> }.into_any(),
        }
    };
    let submit_label = Signal::derive(move || match join_as.get() {
        JoinAs::KnownPerson => "Sign in and accept".to_owned(),
        JoinAs::NewPerson | JoinAs::SignedIn => "Accept invitation".to_owned(),
    });
    view! {
        <Form id=FORM_ID on_submit=submit>
            {inputs}
            <Button label=submit_label kind=ButtonKind::Submit variant=ButtonVariant::Primary busy=form.busy() />
            <OtherWay form=form join_as=join_as password=fields.password />
        </Form>
    }
}

/// Changes between signing up and signing in. Which of both is right is known to the invited person alone.
#[component]
fn OtherWay(form: FormState, join_as: RwSignal<JoinAs>, password: RwSignal<String>) -> impl IntoView {
    let change = move |to| {
        password.set(String::new());
        form.forget();
        join_as.set(to);
    };
    move || match join_as.get() {
        JoinAs::NewPerson => view! {
            <Button label="I already have a password here" on_click=move || change(JoinAs::KnownPerson) />
        }
        .into_any(),
        JoinAs::KnownPerson => {
            view! { <Button label="I'm new here" on_click=move || change(JoinAs::NewPerson) /> }.into_any()
        }
        JoinAs::SignedIn => ().into_any(),
    }
}

/// The address, which is fixed, for password managers.
#[component]
fn FixedEmail(email: String) -> impl IntoView {
    view! { <input type="hidden" name="username" autocomplete="username" value=email /> }
}

#[component]
fn NewPerson(form: FormState, fields: Fields, context: Signal<PasswordContext>, email: String) -> impl IntoView {
    view! {
        <FixedEmail email=email />
        <TextField
            label="Your name"
            value=fields.display_name
            autocomplete="name"
            required=true
            max_length=NAME_CHARS_MAX
            error=form.error("display_name", fields.display_name)
        />
        <TextField
            label="User name (optional)"
            value=fields.user_name
            kind=InputKind::Name
            hint="A short name to sign in with, beside your e-mail."
            max_length=USER_NAME_CHARS_MAX
            error=form.error("user_name", fields.user_name)
        />
        <NewPassword value=fields.password context=context error=form.error("password", fields.password) />
    }
}

#[component]
fn KnownPerson(form: FormState, fields: Fields, email: String) -> impl IntoView {
    let text = ["If ", &email, " is in another organization here, enter the password you use there."].concat();
    view! {
        <FixedEmail email=email />
        <p class="muted">{text}</p>
        <PasswordField
            label="Password"
            value=fields.password
            id=PASSWORD_ID
            autocomplete="current-password"
            error=form.error("password", fields.password)
        />
    }
}

/// Sends the acceptance; the answer is a session, with which the console opens.
fn accept(invitation: Invitation, form: FormState, join_as: RwSignal<JoinAs>) -> Callback<AcceptRequest> {
    let (session, messages, navigate) = (use_session(), use_messages(), use_navigate());
    Callback::new(move |request: AcceptRequest| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match Change::post("/api/v1/invitations/accept").send::<_, SessionView>(&request).await {
                Ok(view) => {
                    let to = if view.may(ConsolePermission::AccountsView) { "/accounts" } else { "/profile" };
                    messages.success(["Welcome to ", &view.organization.name, "."].concat(), None);
                    session.start(view);
                    navigate(to, NavigateOptions { replace: true, ..Default::default() });
                }
                Err(error) if invitation.is_overtaken(&error) => form.say(error.message()),
                Err(error) if error.code() == Some(Code::WrongCredentials) => {
                    let signs_up = join_as.try_get_untracked() == Some(JoinAs::NewPerson);
                    join_as.try_set(JoinAs::KnownPerson);
                    form.say(if signs_up { USE_YOUR_PASSWORD.to_owned() } else { error.message() });
                    dom::focus(PASSWORD_ID);
                }
                // There is no field that it could stand at.
                Err(error) if join_as.try_get_untracked() == Some(JoinAs::SignedIn) && !error.fields().is_empty() => {
                    form.say(error.first_message());
                }
                Err(error) => form.fail(error),
            }
        });
    })
}

#[cfg(test)]
mod tests {
    use super::{JoinAs, PasswordContext, Typed, read};

    fn fields(join_as: JoinAs, typed: &Typed) -> Vec<String> {
        let context = PasswordContext { chars_min: 15, words: Vec::new() };
        match read(join_as, typed, "token".to_owned(), &context) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.field).collect(),
        }
    }

    #[test]
    fn each_way_to_join_asks_for_what_it_needs() {
        assert_eq!(fields(JoinAs::NewPerson, &Typed::default()), ["display_name", "password"]);
        assert_eq!(fields(JoinAs::KnownPerson, &Typed::default()), ["password"]);
        assert_eq!(fields(JoinAs::SignedIn, &Typed::default()), Vec::<String>::new());
        let typed = Typed {
            display_name: "Ben".to_owned(),
            user_name: "b".to_owned(),
            password: "violet kettle window".to_owned(),
        };
        assert_eq!(fields(JoinAs::NewPerson, &typed), ["user_name"]);
        assert_eq!(fields(JoinAs::NewPerson, &Typed { user_name: " ".to_owned(), ..typed }), Vec::<String>::new());
    }
}
