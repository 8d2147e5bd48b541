//! One's own name and user name, and the address they belong to.

use domain::accounts::Account;
use domain::me::{Me, MeChange};
use domain::problem::FieldErrors;
use domain::text::{NAME_CHARS_MAX, Name, USER_NAME_CHARS_MAX, UserName};
use domain::{Code, FieldError};
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Change};
use crate::drafts::{RestoredNotice, outlive_session};
use crate::features::session::{Session, use_session};
use crate::form::{FormBanner, FormState};
use crate::ui::{
    Button, ButtonKind, ButtonVariant, Card, Form, InputKind, Messages, TextField, use_leave, use_messages,
};

const PATH: &str = "/api/v1/me";
const FORM_ID: &str = "profile";
const FIELDS: [&str; 2] = ["display_name", "user_name"];

/// What differs from what is stored, ready to be sent.
fn change(account: &Account, display_name: &str, user_name: &str) -> Result<MeChange, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    let mut change = MeChange::default();
    if display_name != account.display_name {
        change.display_name = errors.take("display_name", Name::parse(display_name));
    }
    if user_name.trim().is_empty() {
        change.clears_user_name = account.user_name.is_some();
    } else if user_name.trim() != account.user_name.as_deref().unwrap_or_default() {
        change.user_name = errors.take("user_name", UserName::parse(user_name));
    }
    if errors.is_empty() { Ok(change) } else { Err(errors.into_vec()) }
}

/// The fields, and the account they began with.
#[derive(Clone, Copy)]
struct Desk {
    display_name: RwSignal<String>,
    user_name: RwSignal<String>,
    account: RwSignal<Account>,
    form: FormState,
    session: Session,
    messages: Messages,
}

impl Desk {
    fn is_changed(self) -> bool {
        self.unsaved().is_some()
    }

    /// What was typed into those of the two fields that are changed.
    fn unsaved(self) -> Option<(Option<String>, Option<String>)> {
        let (name, user_name) = (self.display_name.get(), self.user_name.get());
        self.account.with(|account| {
            let name = (name != account.display_name).then_some(name);
            let user_name = (user_name.trim() != account.user_name.as_deref().unwrap_or_default()).then_some(user_name);
            (name.is_some() || user_name.is_some()).then_some((name, user_name))
        })
    }

    fn restore(self, (name, user_name): (Option<String>, Option<String>)) {
        name.into_iter().for_each(|name| self.display_name.set(name));
        user_name.into_iter().for_each(|name| self.user_name.set(name));
    }

    /// Shows what is stored.
    fn discard(self) {
        let (name, user_name) =
            self.account.with(|account| (account.display_name.clone(), account.user_name.clone().unwrap_or_default()));
        self.restore((Some(name), Some(user_name)));
    }

    fn save(self) {
        if !self.is_changed() || !self.form.begin() {
            return;
        }
        let change = self.account.with(|account| change(account, &self.display_name.get(), &self.user_name.get()));
        let change = match change {
            Ok(change) => change,
            Err(errors) => return self.form.refuse(errors),
        };
        let version = self.account.with(|account| account.version);
        spawn_local(async move {
            match Change::new(Method::PATCH, PATH).version(version).send::<_, Me>(&change).await {
                Ok(me) => self.saved(me.account),
                Err(error) if error.code() == Some(Code::Stale) => self.overtake().await,
                Err(error) => self.form.fail(error),
            }
        });
    }

    fn saved(self, account: Account) {
        self.form.end();
        self.messages.success("Profile saved.", None);
        self.session.refresh();
        self.display_name.try_set(account.display_name.clone());
        self.user_name.try_set(account.user_name.clone().unwrap_or_default());
        self.account.try_set(account);
    }

    /// An administrator changed the account meanwhile: what was typed stays, and can be saved over it.
    async fn overtake(self) {
        match api::get::<Me>(PATH).await {
            Ok(me) => {
                let name = me.account.display_name.clone();
                self.account.try_set(me.account);
                self.form.say(
                    [
                        "Your account was changed by somebody else a moment ago; the name is now \"",
                        &name,
                        "\". What you typed is kept: save again to use it.",
                    ]
                    .concat(),
                );
            }
            Err(error) => self.form.fail(error),
        }
    }
}

/// The card with the form.
#[component]
pub(super) fn NamesCard(account: Account) -> impl IntoView {
    let email = account.email.clone().unwrap_or_default();
    let desk = Desk {
        display_name: RwSignal::new(account.display_name.clone()),
        user_name: RwSignal::new(account.user_name.clone().unwrap_or_default()),
        account: RwSignal::new(account),
        form: FormState::new(FORM_ID, &FIELDS),
        session: use_session(),
        messages: use_messages(),
    };
    let restored = outlive_session(FORM_ID, move |unsaved| desk.restore(unsaved), move || desk.unsaved());
    let is_changed = Signal::derive(move || desk.is_changed());
    use_leave().guard(is_changed);
    let why_not = move || if desk.is_changed() { "" } else { "Nothing was changed." };
    view! {
        <Card title="About you">
            <FormBanner form=desk.form />
            <RestoredNotice restored=restored is_changed=is_changed on_discard=move || untrack(move || desk.discard()) />
            <Form id=FORM_ID on_submit=move || untrack(move || desk.save())>
                <dl class="facts"><dt>"E-mail"</dt><dd>{email}</dd></dl>
                <TextField
                    label="Name"
                    value=desk.display_name
                    autocomplete="name"
                    required=true
                    max_length=NAME_CHARS_MAX
                    error=desk.form.error("display_name", desk.display_name)
                />
                <TextField
                    label="User name"
                    value=desk.user_name
                    kind=InputKind::Name
                    autocomplete="username"
                    max_length=USER_NAME_CHARS_MAX
                    hint="A short name to sign in with, beside your e-mail."
                    error=desk.form.error("user_name", desk.user_name)
                />
                <div class="form-actions">
                    <Button
                        label="Save changes"
                        kind=ButtonKind::Submit
                        variant=ButtonVariant::Primary
                        busy=desk.form.busy()
                        disabled_reason=Signal::derive(move || why_not().to_owned())
                    />
                </div>
            </Form>
        </Card>
    }
}
