//! "Find a leaked token": paste one, learn whose it is, and revoke it. What is pasted is sent once and kept nowhere.

use std::sync::Arc;

use domain::problem::Code;
use domain::tokens::{SecretText, Token, TokenLookup};
use domain::{FieldError, Timestamp};
use leptos::{prelude::*, task::spawn_local};

use super::acts::{TokenActs, revoke};
use super::words::{TOKENS, account_address, badges, created, end, hint, used};
use crate::api::Change;
use crate::form::{FormBanner, FormState};
use crate::ui::{
    Badge, Banner, Button, ButtonKind, ButtonVariant, Dialog, Dismiss, Form, PasswordField, Tone, dom, relative_time,
    use_now,
};

const FORM: &str = "leaked-token";
const FIELD: &str = "leaked-secret";
/// What the reason for revoking says.
const REASON: &str = "Leaked";

#[derive(Clone, Copy)]
struct Looking {
    acts: TokenActs,
    secret: RwSignal<String>,
    /// What was found by it, kept to end it by and shown no more.
    shown: StoredValue<Option<SecretText>>,
    found: RwSignal<Option<Arc<Token>>>,
    /// Whether it was revoked here.
    is_revoked: RwSignal<bool>,
    form: FormState,
    now: Signal<i64>,
}

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn LeakedDialog(
    /// Where a revocation is carried out.
    acts: TokenActs,
    /// What was pasted elsewhere already; empty where nothing was.
    pasted: String,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let looking = Looking {
        acts,
        secret: RwSignal::new(pasted),
        shown: StoredValue::new(None),
        found: RwSignal::new(None),
        is_revoked: RwSignal::new(false),
        form: FormState::new(FORM, &["secret"]),
        now: use_now(),
    };
    let footer = move || {
        view! {
            <Button label="Close" on_click=on_close />
            {move || looking.button()}
        }
    };
    view! {
        <Dialog
            title="Find a leaked token"
            description="Learn whose it is, and end it. The token is sent to this server alone; neither its log nor the audit log keeps it."
            dismiss=Dismiss::Guarded
            on_close=on_close
            footer=footer
        >
            <FormBanner form=looking.form />
            {move || match looking.found.get() {
                Some(token) => view! { <Found looking=looking token=token on_close=on_close /> }.into_any(),
                None => view! {
                    <Form id=FORM on_submit=move || looking.look()>
                        <PasswordField
                            label="Token"
                            value=looking.secret
                            id=FIELD
                            name="leaked-token"
                            autocomplete="off"
                            autofocus=true
                            hint="It begins with rsts_ or rstu_. A line of a log or a file with it will do."
                            error=looking.form.error("secret", looking.secret)
                        />
                    </Form>
                }
                .into_any(),
            }}
        </Dialog>
    }
}

impl Looking {
    fn button(self) -> AnyView {
        match self.found.get() {
            None => view! {
                <Button label="Look up" variant=ButtonVariant::Primary kind=ButtonKind::Submit form=FORM busy=self.form.busy() />
            }
            .into_any(),
            Some(token) if token.works(Timestamp::from_millis(self.now.get())) && !self.is_revoked.get() => view! {
                <Button label="Revoke" variant=ButtonVariant::Danger busy=self.form.busy() on_click=move || self.revoke(Arc::clone(&token)) />
            }
            .into_any(),
            Some(_) => view! { <Button label="Look up another" on_click=move || self.begin_anew() /> }.into_any(),
        }
    }

    fn begin_anew(self) {
        self.found.set(None);
        self.shown.set_value(None);
        self.is_revoked.set(false);
        dom::focus(FIELD);
    }

    fn look(self) {
        if !self.form.begin() {
            return;
        }
        let text = self.secret.get_untracked();
        if text.trim().is_empty() {
            return self.form.refuse(vec![refusal("Paste a token first.")]);
        }
        let request = TokenLookup { secret: SecretText::new(text.trim()) };
        spawn_local(async move {
            match Change::post(&[TOKENS, "/lookup"].concat()).send::<_, Token>(&request).await {
                Ok(token) => {
                    self.form.end();
                    // It goes from the screen; who has it can end the token, and needs nothing else for that.
                    self.secret.try_set(String::new());
                    self.shown.try_set_value(Some(request.secret));
                    self.found.try_set(Some(Arc::new(token)));
                }
                Err(error) if error.code() == Some(Code::NotFound) => {
                    self.form
                        .refuse(vec![refusal("Nobody here has this token. It is of another server, or not complete.")]);
                }
                Err(error) => self.form.fail(error),
            }
        });
    }

    fn revoke(self, token: Arc<Token>) {
        if !self.form.begin() {
            return;
        }
        spawn_local(async move {
            match revoke(&token, REASON, self.shown.get_value()).await {
                Ok(()) => {
                    self.shown.try_set_value(None);
                    self.form.end();
                    self.is_revoked.try_set(true);
                    self.acts.messages.success([&token.name, " was revoked."].concat(), None);
                    self.acts.changed();
                }
                Err(error) => self.form.fail(error),
            }
        });
    }
}

#[component]
fn Found(looking: Looking, token: Arc<Token>, on_close: Callback<()>) -> impl IntoView {
    let now = looking.now;
    let at = Timestamp::from_millis(now.get_untracked());
    let when = move |at: Timestamp| relative_time(at.millis(), now.get_untracked());
    let (works, is_out) = (token.works(at), token.account_is_out);
    let whose = ["It is a token of ", &token.account.name].concat();
    let marks =
        badges(&token, at).into_iter().map(|(label, tone)| view! { <Badge label=label tone=Signal::stored(tone) /> });
    let handle = (token.account.handle != token.account.name).then(|| [" (", &token.account.handle, ")"].concat());
    let banner = move || {
        match (looking.is_revoked.get(), works) {
        (true, _) => view! { <Banner tone=Tone::Success title="It was revoked" text="It is refused from the next request on." announce=true /> }.into_any(),
        (false, true) if is_out => view! { <Banner tone=Tone::Warning title=whose.clone() text="It is refused while its account is not active. It works again when the account is, unless it is revoked." announce=true /> }.into_any(),
        (false, true) => view! { <Banner tone=Tone::Danger title=whose.clone() text="It works: whoever has it can use it now." announce=true /> }.into_any(),
        (false, false) => view! { <Banner tone=Tone::Info title=whose.clone() text="It no longer works." announce=true /> }.into_any(),
    }
    };
    view! {
        {banner}
        <dl class="facts">
            <dt>"Account"</dt>
            <dd><a href=account_address(&token.account) on:click=move |_| on_close.run(())>{token.account.name.clone()}</a>{handle}</dd>
            <dt>"Token"</dt>
            <dd>{token.name.clone()} " " <code>{hint(&token)}</code></dd>
            <dt>"State"</dt>
            <dd class="token-badges">{marks.collect::<Vec<_>>()}</dd>
            <dt>"Use"</dt>
            <dd>{used(&token, when)}</dd>
            <dt>"Since"</dt>
            <dd>{created(&token, when)}</dd>
            <dt>"End"</dt>
            <dd>{end(&token, at, when)}</dd>
        </dl>
    }
}

fn refusal(message: &str) -> FieldError {
    FieldError::new("secret", "invalid", message.to_owned())
}
