//! The form of set-up: the organization, what its product is, and the first Owner.

use domain::email::{EMAIL_BYTES_MAX, EmailAddress};
use domain::problem::FieldErrors;
use domain::session::SessionView;
use domain::setup::{ProfileChoice, SetupRequest, SetupView};
use domain::text::{NAME_CHARS_MAX, Name};
use domain::{Code, FieldError};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::Change;
use crate::features::session::{NewPassword, PasswordContext, use_session};
use crate::form::{FormBanner, FormState};
use crate::ui::{
    Button, ButtonKind, ButtonSize, ButtonVariant, Form, InputKind, RadioGroup, RadioOption, TextField, dom,
    use_messages,
};

const FORM_ID: &str = "set-up";
const FIRST_ID: &str = "set-up-organization";
const FIELDS: [&str; 5] = ["organization", "profile", "display_name", "email", "password"];

/// What is typed, field by field.
#[derive(Clone, Copy)]
struct Fields {
    organization: RwSignal<String>,
    profile: RwSignal<String>,
    display_name: RwSignal<String>,
    email: RwSignal<String>,
    password: RwSignal<String>,
}

/// The same as plain texts.
struct Typed {
    organization: String,
    profile: String,
    display_name: String,
    email: String,
    password: String,
}

impl Fields {
    fn new(profiles: &[ProfileChoice]) -> Self {
        let empty = || RwSignal::new(String::new());
        let first = profiles.first().map(|profile| profile.key.clone()).unwrap_or_default();
        Self {
            organization: empty(),
            profile: RwSignal::new(first),
            display_name: empty(),
            email: empty(),
            password: empty(),
        }
    }

    fn typed(self) -> Typed {
        Typed {
            organization: self.organization.get_untracked(),
            profile: self.profile.get_untracked(),
            display_name: self.display_name.get_untracked(),
            email: self.email.get_untracked(),
            password: self.password.get_untracked(),
        }
    }

    fn context(self, chars_min: usize) -> Signal<PasswordContext> {
        Signal::derive(move || PasswordContext {
            chars_min,
            words: vec![self.organization.get(), self.email.get(), self.display_name.get()],
        })
    }
}

/// Checks everything at once.
fn read(typed: &Typed, token: &str, context: &PasswordContext) -> Result<SetupRequest, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    let organization = errors.take("organization", Name::parse(&typed.organization));
    let display_name = errors.take("display_name", Name::parse(&typed.display_name));
    let email = errors.take("email", EmailAddress::parse(&typed.email));
    let password = errors.take("password", context.check(&typed.password));
    match (organization, display_name, email, password) {
        (Some(organization), Some(display_name), Some(email), Some(password)) => Ok(SetupRequest {
            setup_token: token.to_owned(),
            organization,
            profile: typed.profile.clone(),
            email,
            display_name,
            password,
        }),
        _ => Err(errors.into_vec()),
    }
}

#[component]
pub(super) fn SetupForm(
    /// From the link.
    token: String,
    /// What can be chosen.
    setup: SetupView,
    /// Looks again whether set-up is done.
    #[prop(into)]
    reload: Callback<()>,
) -> impl IntoView {
    let (session, messages, navigate) = (use_session(), use_messages(), use_navigate());
    let form = FormState::new(FORM_ID, &FIELDS);
    let fields = Fields::new(&setup.profiles);
    let context = fields.context(setup.password_chars_min);
    dom::focus(FIRST_ID);
    let submit = move || {
        if !form.begin() {
            return;
        }
        let request = match read(&fields.typed(), &token, &context.get_untracked()) {
            Ok(request) => request,
            Err(errors) => return form.refuse(errors),
        };
        let navigate = navigate.clone();
        spawn_local(async move {
            match Change::post("/api/v1/setup").send::<_, SessionView>(&request).await {
                Ok(view) => {
                    let name = &view.organization.name;
                    let text = ["Welcome. ", name, " is set up; now invite the others."].concat();
                    messages.success(text, None);
                    session.start(view);
                    navigate("/accounts", NavigateOptions { replace: true, ..Default::default() });
                }
                Err(error) => {
                    if error.code() == Some(Code::AlreadySetUp) {
                        reload.run(());
                    }
                    form.fail(error);
                }
            }
        });
    };
    view! {
        <p class="muted">"You become the Owner of the organization, and invite the others."</p>
        <Form id=FORM_ID on_submit=submit>
            <TextField
                label="Organization"
                value=fields.organization
                id=FIRST_ID
                autocomplete="organization"
                required=true
                max_length=NAME_CHARS_MAX
                error=form.error("organization", fields.organization)
            />
            <ProfileField form=form value=fields.profile profiles=setup.profiles />
            <OwnerFields form=form fields=fields />
            <NewPassword value=fields.password context=context error=form.error("password", fields.password) />
            <FormBanner form=form />
            <Button label="Set up" kind=ButtonKind::Submit variant=ButtonVariant::Primary size=ButtonSize::Large busy=form.busy() />
        </Form>
    }
}

#[component]
fn ProfileField(form: FormState, value: RwSignal<String>, profiles: Vec<ProfileChoice>) -> impl IntoView {
    let options: Vec<_> = profiles
        .into_iter()
        .map(|profile| {
            let hint = profile_hint(&profile);
            RadioOption::new(profile.key, profile.name, hint)
        })
        .collect();
    view! {
        <RadioGroup
            label="Profile"
            value=value
            options=Signal::stored(options)
            hint="The words, levels and permissions of the product you administer. It stays as it is chosen here."
            error=form.error("profile", value)
        />
    }
}

/// What a profile is for, and what its levels are called, where its description does not say so already.
fn profile_hint(profile: &ProfileChoice) -> String {
    if profile.levels.iter().all(|level| profile.description.contains(level.as_str())) {
        profile.description.clone()
    } else {
        [&profile.description, " Levels: ", &profile.levels.join(", "), "."].concat()
    }
}

#[component]
fn OwnerFields(form: FormState, fields: Fields) -> impl IntoView {
    view! {
        <TextField
            label="Your name"
            value=fields.display_name
            autocomplete="name"
            required=true
            max_length=NAME_CHARS_MAX
            error=form.error("display_name", fields.display_name)
        />
        <TextField
            label="Your e-mail"
            value=fields.email
            kind=InputKind::Email
            name="email"
            autocomplete="username"
            required=true
            max_length=EMAIL_BYTES_MAX
            error=form.error("email", fields.email)
        />
    }
}

#[cfg(test)]
mod tests {
    use super::{PasswordContext, Typed, read};

    fn typed(email: &str, password: &str) -> Typed {
        Typed {
            organization: "Acme".to_owned(),
            profile: "default".to_owned(),
            display_name: "Ana".to_owned(),
            email: email.to_owned(),
            password: password.to_owned(),
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let context = PasswordContext { chars_min: 15, words: vec!["Acme".to_owned()] };
        let fields = |typed: Typed| match read(&typed, "token", &context) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.field).collect(),
        };
        assert_eq!(fields(typed("ana@example.com", "violet kettle window")), Vec::<String>::new());
        assert_eq!(fields(typed("ana", "short")), ["email", "password"]);
        assert_eq!(fields(typed("ana@example.com", "AcmeAcmeAcmeAcme")), ["password"]);
    }
}
