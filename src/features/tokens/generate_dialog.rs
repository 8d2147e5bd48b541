//! "Generate": the fields of a new token, and the way to its secret.

use std::sync::Arc;

use domain::accounts::AccountKind;
use domain::tokens::MintedToken;
use leptos::{prelude::*, task::spawn_local};

use super::acts::{Question, TokenActs};
use super::fields::{TOKEN_FIELDS, TokenFields};
use super::token_form::{Offered, TokenForm};
use crate::api::{ApiError, Change};
use crate::ui::{Banner, Button, ButtonKind, ButtonVariant, Dialog, Dismiss, Form, Tone, dom};

const FORM: &str = "generate-token";

/// The dialog. It is open while it is mounted; the secret is shown by the question that it leaves behind.
#[component]
pub(super) fn GenerateDialog(
    /// Where the new token is shown.
    acts: TokenActs,
    /// Where it is asked for: the tokens of one account.
    path: String,
    /// Whose token it is going to be.
    kind: AccountKind,
    /// What it can be limited to.
    offered: Offered,
    /// Runs when it closes.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let policy = untrack(|| acts.session.with(|session| session.organization.tokens));
    let fields = TokenFields::new(policy, "");
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let failed = move |error: &ApiError| {
        busy.try_set(false);
        let placed = match error {
            ApiError::Problem(problem) => {
                let is_here = |name: &str| TOKEN_FIELDS.contains(&name);
                problem.errors.iter().filter(|fault| is_here(&fault.field)).cloned().collect()
            }
            ApiError::Offline => Vec::new(),
        };
        let told = acts.told(error);
        trouble.try_set(placed.is_empty().then_some(told));
        fields.refuse(placed);
        dom::focus_first_invalid(FORM);
    };
    let submit = move || {
        if busy.get_untracked() {
            return;
        }
        fields.refuse(Vec::new());
        trouble.set(None);
        let token = match fields.read() {
            Ok(token) => token,
            Err(faults) => {
                fields.refuse(faults);
                return dom::focus_first_invalid(FORM);
            }
        };
        busy.set(true);
        let path = path.clone();
        spawn_local(async move {
            match Change::post(&path).once().send::<_, MintedToken>(&token).await {
                Ok(minted) => {
                    acts.changed();
                    on_close.try_run(());
                    acts.question.try_set(Some(Question::Secret(Arc::new(minted))));
                }
                Err(error) => failed(&error),
            }
        });
    };
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=on_close />
            <Button label="Generate" variant=ButtonVariant::Primary kind=ButtonKind::Submit form=FORM busy=busy />
        }
    };
    view! {
        <Dialog title="Generate API token" dismiss=Dismiss::Guarded on_close=on_close footer=footer>
            <Form id=FORM on_submit=submit>
                {move || trouble.get().map(|why| view! { <Banner tone=Tone::Danger title=why announce=true /> })}
                <TokenForm fields=fields offered=offered kind=kind />
            </Form>
        </Dialog>
    }
}
