//! One token in the card of its account: what it is called, what it may do, when it was used, and what is done with it.

use std::sync::Arc;

use domain::Timestamp;
use domain::text::{NAME_CHARS_MAX, Name};
use domain::tokens::{Token, TokenChange};
use leptos::ev::KeyboardEvent;
use leptos::{prelude::*, task::spawn_local};

use super::acts::{Question, TokenActs, change};
use super::words::{badges, created, end, hint, limits, used};
use crate::ui::{
    Badge, Button, ButtonKind, ButtonSize, Form, Icon, IconButton, TextField, absolute_time, dom, relative_time,
    use_now,
};

/// The line. It stays while its token changes, so that what is typed and focused in it stays, too.
#[component]
pub(super) fn TokenLine(
    /// The token.
    token: Memo<Arc<Token>>,
    /// Where acts on it are carried out.
    acts: TokenActs,
    /// What a permission is called, by its key; read reactively.
    label: Callback<String, String>,
    /// Whether it can be renamed, rotated and revoked here.
    may_change: Memo<bool>,
) -> impl IntoView {
    let now = use_now();
    let naming = RwSignal::new(false);
    let when = move |at: Timestamp| relative_time(at.millis(), now.get());
    let exactly = |at: Option<Timestamp>| at.map(|at| absolute_time(at.millis()));
    let at = move || Timestamp::from_millis(now.get());
    let badge = |(label, tone)| view! { <Badge label=label tone=Signal::stored(tone) /> };
    let marks = Memo::new(move |_| token.with(|token| badges(token, at())));
    // What stands as a badge is not said twice.
    let unsaid =
        move |text: String| marks.with(|marks| (!marks.iter().any(|(label, _)| *label == text)).then_some(text));
    view! {
        <li class="token" aria-label=move || token.with(|token| token.name.clone())>
            <div class="token-head">
                {move || if naming.get() {
                    view! { <NameForm token=token acts=acts naming=naming /> }.into_any()
                } else {
                    view! { <NameView token=token naming=naming may_change=may_change /> }.into_any()
                }}
                <span class="token-badges">{move || marks.get().into_iter().map(badge).collect::<Vec<_>>()}</span>
                {move || may_change.get().then(|| view! { <LineActs token=token acts=acts /> })}
            </div>
            <p class="token-limits">
                <code>{move || token.with(|token| hint(token))}</code>
                " "
                <span>{move || token.with(|token| limits(token, |key| label.run(key.to_owned())))}</span>
            </p>
            <p class="token-facts muted">
                <span data-tip=move || exactly(token.with(|token| token.last_used_at))>{move || unsaid(token.with(|token| used(token, when)))}</span>
                <span data-tip=move || exactly(token.with(|token| Some(token.created_at)))>{move || token.with(|token| created(token, when))}</span>
                <span data-tip=move || exactly(token.with(|token| token.revoked_at.or(token.expires_at)))>{move || unsaid(token.with(|token| end(token, at(), when)))}</span>
            </p>
        </li>
    }
}

#[component]
fn NameView(token: Memo<Arc<Token>>, naming: RwSignal<bool>, may_change: Memo<bool>) -> impl IntoView {
    let label = Signal::derive(move || token.with(|token| ["Rename ", &token.name].concat()));
    let id = untrack(|| token.with(|token| rename_id(token)));
    view! {
        <strong class="token-name">{move || token.with(|token| token.name.clone())}</strong>
        {move || may_change.get().then(|| view! {
            <IconButton label=label icon=Icon::Pencil size=ButtonSize::Small id=id.clone() on_click=move || naming.set(true) />
        })}
    }
}

fn rename_id(token: &Token) -> String {
    ["rename-", &token.id.to_string()].concat()
}

/// The name as a field, in its place.
#[component]
fn NameForm(token: Memo<Arc<Token>>, acts: TokenActs, naming: RwSignal<bool>) -> impl IntoView {
    let token = token.get_untracked();
    let value = RwSignal::new(token.name.clone());
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let (form, field) = (dom::unique_id("rename-form"), dom::unique_id("rename-name"));
    let button = rename_id(&token);
    dom::focus(field.clone());
    let stop = move || {
        naming.try_set(false);
        dom::focus(button.clone());
    };
    let on_escape = stop.clone();
    let on_cancel = stop.clone();
    let save = move || {
        let name = match Name::parse(&value.get_untracked()) {
            Ok(name) => name,
            Err(fault) => return error.set(Some(fault.to_string())),
        };
        if busy.get_untracked() {
            return;
        }
        if name.as_str() == token.name {
            return stop();
        }
        busy.set(true);
        let (token, stop) = (Arc::clone(&token), stop.clone());
        spawn_local(async move {
            let request = TokenChange { name: Some(name), scopes: None };
            match change(&token, &request).await {
                Ok(after) => {
                    stop();
                    acts.messages.success([&token.name, " is now ", &after.name, "."].concat(), None);
                    acts.changed();
                }
                Err(failure) => {
                    busy.try_set(false);
                    error.try_set(Some(acts.told(&failure)));
                }
            }
        });
    };
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            on_escape();
        }
    };
    view! {
        <div class="token-naming" on:keydown=keydown>
            <Form id=form on_submit=save>
                <TextField label="Name of the token" value=value id=field required=true max_length=NAME_CHARS_MAX error=error />
                <div class="row-of">
                    <Button label="Save" size=ButtonSize::Small kind=ButtonKind::Submit busy=busy />
                    <Button label="Cancel" size=ButtonSize::Small on_click=on_cancel />
                </div>
            </Form>
        </div>
    }
}

#[component]
fn LineActs(token: Memo<Arc<Token>>, acts: TokenActs) -> impl IntoView {
    // What has a successor is on its way out already.
    let may_rotate = Memo::new(move |_| token.with(|token| token.replaced_by.is_none()));
    let rotate = move || acts.ask(Question::Rotate(token.get_untracked()));
    let revoke = move || acts.ask(Question::Revoke(token.get_untracked()));
    view! {
        <span class="token-acts">
            {move || may_rotate.get().then(|| view! { <Button label="Rotate" size=ButtonSize::Small icon=Icon::Refresh on_click=rotate /> })}
            <Button label="Revoke" size=ButtonSize::Small icon=Icon::Trash on_click=revoke />
        </span>
    }
}
