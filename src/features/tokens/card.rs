//! "API tokens" of one account: those that work, those that have ended where they are asked for, and a new one.

use std::sync::Arc;

use domain::AccountId;
use domain::accounts::AccountKind;
use domain::tokens::{MintedToken, Token, TokenFilter};
use leptos::prelude::*;

use super::acts::{Question, Questions, TokenActs};
use super::generate_dialog::GenerateDialog;
use super::handover;
use super::token_form::Offered;
use super::token_line::TokenLine;
use crate::paged::{Paged, no_rows};
use crate::ui::{Button, ButtonSize, ButtonVariant, Card, EmptyState, Icon, Skeleton};

/// Whose tokens a card shows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    Account(AccountId),
    /// Whoever is signed in.
    Own,
}

impl Holder {
    fn path(&self) -> String {
        match self {
            Self::Account(id) => ["/api/v1/accounts/", &id.to_string(), "/tokens"].concat(),
            Self::Own => "/api/v1/me/tokens".to_owned(),
        }
    }
}

/// What somebody may do with the tokens of a card.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum TokenRights {
    /// Look at them.
    View,
    /// Revoke and narrow them, and make none: they are another person's, who is whoever holds one.
    End,
    /// Make, rename, narrow, rotate and revoke them. Why none can be made; empty where one can.
    Make(String),
}

impl TokenRights {
    pub(super) const fn may_make(&self) -> bool {
        matches!(self, Self::Make(_))
    }

    pub(super) const fn may_end(&self) -> bool {
        matches!(self, Self::End | Self::Make(_))
    }
}

/// What a card needs to know.
#[derive(Clone, Copy)]
struct TokenCard {
    path: StoredValue<String>,
    kind: AccountKind,
    acts: TokenActs,
    working: Paged<Token>,
    offered: Offered,
    is_generating: RwSignal<bool>,
    /// How often tokens were changed, for the list of those that have ended.
    changes: RwSignal<u32>,
    rights: Signal<TokenRights>,
}

/// The card.
#[component]
pub(crate) fn TokensCard(
    /// Whose tokens.
    holder: Holder,
    /// What kind of account that is.
    kind: AccountKind,
    /// What a token can be limited to; none while that is on its way.
    offered: Offered,
    /// What whoever looks may do here.
    #[prop(into)]
    rights: Signal<TokenRights>,
) -> impl IntoView {
    let path = holder.path();
    let working = Paged::<Token>::new(Signal::stored([&path, "?filter=", TokenFilter::Working.as_str()].concat()));
    let changes = RwSignal::new(0_u32);
    let acts = TokenActs::new(move || {
        working.reload();
        changes.try_update(|changes| *changes = changes.wrapping_add(1));
    });
    if let Holder::Account(id) = holder
        && let Some(minted) = handover::take(id)
    {
        acts.ask(Question::Secret(Arc::<MintedToken>::new(minted)));
    }
    let card = TokenCard {
        path: StoredValue::new(path),
        kind,
        acts,
        working,
        offered,
        is_generating: RwSignal::new(false),
        changes,
        rights,
    };
    let title = Signal::derive(move || match working.total.get() {
        0 => "API tokens".to_owned(),
        count => ["API tokens (", &crate::ui::text::grouped(count), ")"].concat(),
    });
    view! {
        <Card title=title actions=move || view! { <GenerateButton card=card variant=ButtonVariant::Secondary /> }>
            <Working card=card />
            <Ended card=card />
        </Card>
        <Questions acts=acts offered=offered />
        {move || card.is_generating.get().then(|| view! {
            <GenerateDialog
                acts=acts
                path=card.path.get_value()
                kind=kind
                offered=offered
                on_close=move || {
                    card.is_generating.try_set(false);
                }
            />
        })}
    }
}

#[component]
fn GenerateButton(card: TokenCard, variant: ButtonVariant) -> impl IntoView {
    let is_there = Memo::new(move |_| card.rights.with(TokenRights::may_make));
    let reason = Signal::derive(move || match card.rights.get() {
        TokenRights::Make(refusal) => refusal,
        _ => String::new(),
    });
    let generate = move || card.is_generating.set(true);
    move || {
        is_there.get().then(|| {
            view! { <Button label="Generate" icon=Icon::Plus size=ButtonSize::Small variant=variant disabled_reason=reason on_click=generate /> }
        })
    }
}

#[component]
fn Working(card: TokenCard) -> impl IntoView {
    let none = ViewFn::from(move || {
        // Where none can be made, the reason says more than how to make one.
        let text = match card.rights.get() {
            TokenRights::Make(reason) if !reason.is_empty() => reason,
            TokenRights::View | TokenRights::End if card.kind == AccountKind::User => {
                "People make their own, under Profile.".to_owned()
            }
            _ if card.kind == AccountKind::User => {
                "With a token, a program of yours calls the API as you. Generate one for each program.".to_owned()
            }
            _ => "With a token, a machine calls the API as this account. Generate one for each place it is used in."
                .to_owned(),
        };
        view! { <EmptyState icon=Icon::Key title="No API tokens" text=text /> }.into_any()
    });
    view! { <Lines card=card name="Working tokens" list=card.working none=none rights=card.rights /> }
}

/// Those that were revoked or have expired, once they are asked for.
#[component]
fn Ended(card: TokenCard) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let toggled = move |event: leptos::ev::Event| {
        is_open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
    };
    view! {
        <details class="tokens-ended" on:toggle=toggled>
            <summary>"Ended tokens"</summary>
            {move || is_open.get().then(|| {
                let path = card.path.with_value(|path| [path, "?filter=", TokenFilter::Ended.as_str()].concat());
                let list = Paged::<Token>::new(Signal::stored(path));
                Effect::watch(move || card.changes.track(), move |(), _, _| list.reload(), false);
                let none = || view! { <p class="muted">"None in the last 90 days."</p> };
                view! { <Lines card=card name="Ended tokens" list=list none=ViewFn::from(none) rights=Signal::stored(TokenRights::View) /> }
            })}
        </details>
    }
}

#[component]
fn Lines(
    card: TokenCard,
    name: &'static str,
    list: Paged<Token>,
    none: ViewFn,
    rights: Signal<TokenRights>,
) -> impl IntoView {
    let label = Callback::new(move |key: String| {
        let found = card.offered.with(|offered| {
            offered.iter().flatten().find(|option| option.value == key).map(|option| option.label.clone())
        });
        found.unwrap_or(key)
    });
    let without = no_rows(list, none);
    let more = Memo::new(move |_| list.total.get().saturating_sub(list.loaded()));
    view! {
        {move || (list.is_waiting()).then(|| view! { <Skeleton lines=4 /> })}
        {move || (!list.is_waiting() && list.loaded() == 0).then(|| without.run())}
        <ul class="tokens" aria-label=name hidden=move || list.loaded() == 0>
            <For each=move || list.rows() key=|token| token.id let:first>
                <TokenLine token=follow(list, first) acts=card.acts label=label rights=rights />
            </For>
        </ul>
        {move || (more.get() > 0).then(|| view! { <Button label="Show more" size=ButtonSize::Small on_click=move || list.more() /> })}
    }
}

/// A token of the list as it is by now.
fn follow(list: Paged<Token>, first: Arc<Token>) -> Memo<Arc<Token>> {
    Memo::new(move |_| list.rows().into_iter().find(|token| token.id == first.id).unwrap_or_else(|| Arc::clone(&first)))
}
