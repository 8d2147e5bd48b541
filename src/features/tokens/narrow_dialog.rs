//! "Narrow scopes": what a token may do from now on, never more than it may now, and what it was used for.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::grants::AccountPermissions;
use domain::me::HeldPermission;
use domain::tokens::{Token, TokenChange};
use leptos::{prelude::*, task::spawn_local};

use super::acts::{TokenActs, change};
use super::token_form::Offered;
use crate::load::Loader;
use crate::ui::{
    Banner, Button, ButtonSize, ButtonVariant, Checkbox, Dialog, Dismiss, Icon, OptionView, Skeleton, Tone,
};

/// Names told in a sentence; the others are counted.
const NAMED_MAX: usize = 5;

/// One permission that the token may be left with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Scope {
    key: String,
    label: String,
    is_used: bool,
}

/// What the token may do now: its scopes, or all that its account may. None while that is not known.
fn scopes(token: &Token, held: Option<&[OptionView]>) -> Option<Vec<Scope>> {
    let scope = |key: &str, label: &str| Scope {
        key: key.to_owned(),
        label: label.to_owned(),
        is_used: token.used.iter().any(|used| used == key),
    };
    let label = |key: &str| {
        let found = held.and_then(|held| held.iter().find(|option| option.value == key));
        found.map_or_else(|| key.to_owned(), |option| option.label.clone())
    };
    match &token.scopes {
        Some(keys) => Some(keys.iter().map(|key| scope(key, &label(key))).collect()),
        None => held.map(|held| held.iter().map(|option| scope(&option.value, &option.label)).collect()),
    }
}

/// What stands against leaving the token with these; empty where nothing does.
fn why_not(token: &Token, all: &[Scope], kept: &BTreeSet<String>) -> &'static str {
    if kept.is_empty() {
        "Choose one permission or more. A token that may do nothing is better revoked."
    } else if token.scopes.is_some() && kept.len() == all.len() {
        "Nothing was changed."
    } else {
        ""
    }
}

/// What it may no longer do, in a sentence for what it was used for, which is marked, and one for the rest.
fn lost(all: &[Scope], kept: &BTreeSet<String>) -> Vec<(bool, String)> {
    let gone = |is_used: bool| {
        let labels: Vec<&str> = all
            .iter()
            .filter(|scope| scope.is_used == is_used && !kept.contains(&scope.key))
            .map(|scope| scope.label.as_str())
            .collect();
        (!labels.is_empty()).then(|| named(&labels))
    };
    let used = gone(true).map(|what| (true, ["It was used for this, which no longer works: ", &what, "."].concat()));
    let unused = gone(false).map(|what| (false, ["No longer works: ", &what, "."].concat()));
    used.into_iter().chain(unused).collect()
}

/// "A, B, C, D, E and 4 more".
fn named(labels: &[&str]) -> String {
    let shown = labels[..labels.len().min(NAMED_MAX)].join(", ");
    match labels.len().saturating_sub(NAMED_MAX) {
        0 => shown,
        rest => [&shown, " and ", &rest.to_string(), " more"].concat(),
    }
}

/// What a token of an account can be limited to: what it holds, or would hold when active.
pub(crate) fn scopes_of(held: &AccountPermissions) -> Vec<OptionView> {
    let all = if held.nothing_because.is_some() { &held.permissions_when_active } else { &held.permissions };
    let option = |held: &HeldPermission| OptionView {
        value: held.key.clone(),
        label: held.label.clone(),
        hint: held.category.clone(),
    };
    all.iter().map(option).collect()
}

/// What is known and chosen in the dialog.
#[derive(Clone, Copy)]
struct Narrowing {
    acts: TokenActs,
    token: StoredValue<Arc<Token>>,
    /// What it may do now; none while that is on its way.
    all: Memo<Option<Vec<Scope>>>,
    /// What its account may do, where that does not stand on the page.
    loader: Option<Loader<AccountPermissions>>,
    /// Keys that were taken away.
    gone: RwSignal<BTreeSet<String>>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
}

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn NarrowDialog(
    /// Where it is carried out.
    acts: TokenActs,
    /// The token, which works.
    token: Arc<Token>,
    /// What its account may do. Default: it is read, since it does not stand on the page.
    offered: Option<Offered>,
) -> impl IntoView {
    let title = ["Narrow the scopes of ", &token.name].concat();
    let narrowing = Narrowing::new(acts, token, offered);
    let reason = Signal::derive(move || narrowing.why_not());
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=move || acts.close() />
            <Button label="Narrow scopes" variant=ButtonVariant::Primary busy=narrowing.busy disabled_reason=reason on_click=move || narrowing.confirm() />
        }
    };
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=move || acts.close() footer=footer>
            <p class="prose">"It keeps only what is checked, from the next request on. It never becomes wider again: for that, another token is made."</p>
            {move || narrowing.trouble().map(|why| view! { <Banner tone=Tone::Danger title="What it may do could not be read" text=why /> })}
            <Choices narrowing=narrowing />
            <Lost narrowing=narrowing />
            {move || narrowing.error.get().map(|why| view! { <Banner tone=Tone::Danger title=why announce=true /> })}
        </Dialog>
    }
}

/// The check boxes, and the way to what it was used for.
#[component]
fn Choices(narrowing: Narrowing) -> impl IntoView {
    let has_used = Memo::new(move |_| narrowing.read(|all| all.iter().any(|scope| scope.is_used)));
    let boxes = move || {
        let all = narrowing.all.get()?;
        Some(all.into_iter().map(|scope| narrowing.check_box(scope)).collect::<Vec<_>>())
    };
    view! {
        {move || has_used.get().then(|| view! {
            <div><Button label="Only what it used" size=ButtonSize::Small on_click=move || narrowing.keep_used() /></div>
        })}
        <p class="field-hint">
            "Uses are those of Roster's own API, and what a product asked for by name. A product that is told all that a token may do uses what Roster does not see: look there first."
        </p>
        <fieldset class="field radio-group">
            <legend class="field-label">"What it may do"</legend>
            {move || match boxes() {
                Some(boxes) => boxes.into_any(),
                None => view! { <Skeleton lines=4 /> }.into_any(),
            }}
        </fieldset>
    }
}

/// What will no longer work.
#[component]
fn Lost(narrowing: Narrowing) -> impl IntoView {
    let line = |(was_used, text): (bool, String)| {
        let (class, icon) =
            if was_used { ("preview-line preview-last", Icon::Warning) } else { ("preview-line", Icon::ArrowDown) };
        view! { <li class=class><Icon icon=icon /><span>{text}</span></li> }
    };
    let lines = move || narrowing.kept_of(lost).into_iter().map(line).collect::<Vec<_>>();
    let is_empty = Memo::new(move |_| narrowing.kept_of(lost).is_empty());
    view! {
        <section class="preview" aria-label="What will change">
            <h3>"What will change"</h3>
            <div aria-live="polite">
                {move || is_empty.get().then(|| view! { <p class="muted">"Nothing is taken away yet."</p> })}
                <ul class="preview-lines" hidden=is_empty>{lines}</ul>
            </div>
        </section>
    }
}

impl Narrowing {
    fn new(acts: TokenActs, token: Arc<Token>, offered: Option<Offered>) -> Self {
        let path = ["/api/v1/accounts/", &token.account.id.to_string(), "/permissions"].concat();
        let loader = offered.is_none().then(|| Loader::<AccountPermissions>::new(path));
        let held = move || match offered {
            Some(offered) => offered.get(),
            None => loader.and_then(|loader| loader.with(scopes_of)),
        };
        let of = Arc::clone(&token);
        Self {
            acts,
            token: StoredValue::new(token),
            all: Memo::new(move |_| scopes(&of, held().as_deref())),
            loader,
            gone: RwSignal::new(BTreeSet::new()),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
        }
    }

    /// Why it is not known what the token may do now, reactively.
    fn trouble(self) -> Option<String> {
        self.loader.and_then(Loader::failure).filter(|_| self.all.with(Option::is_none))
    }

    fn read<T: Default>(self, read: impl FnOnce(&[Scope]) -> T) -> T {
        self.all.with(|all| all.as_deref().map(read).unwrap_or_default())
    }

    /// Something of all scopes and of those that are left, reactively.
    fn kept_of<T: Default>(self, read: impl FnOnce(&[Scope], &BTreeSet<String>) -> T) -> T {
        self.read(|all| {
            let keys = all.iter().map(|scope| scope.key.clone());
            let kept = self.gone.with(|gone| keys.filter(|key| !gone.contains(key)).collect());
            read(all, &kept)
        })
    }

    /// Why it cannot be confirmed; empty where it can. Reactively.
    fn why_not(self) -> String {
        if self.all.with(Option::is_none) {
            return "What it may do now is not known yet.".to_owned();
        }
        self.kept_of(|all, kept| self.token.with_value(|token| why_not(token, all, kept))).to_owned()
    }

    fn keep_used(self) {
        let unused = untrack(|| {
            self.read(|all| {
                all.iter().filter(|scope| !scope.is_used).map(|scope| scope.key.clone()).collect::<BTreeSet<_>>()
            })
        });
        self.gone.set(unused);
    }

    fn check_box(self, scope: Scope) -> impl IntoView {
        let Scope { key, label, is_used } = scope;
        let hint = Signal::stored(if is_used { "Used" } else { "Not used so far" }.to_owned());
        let of = key.clone();
        let checked = Signal::derive(move || self.gone.with(|gone| !gone.contains(&of)));
        let change = move |is_kept: bool| {
            self.gone.update(|gone| {
                if is_kept {
                    gone.remove(&key);
                } else {
                    gone.insert(key.clone());
                }
            });
        };
        view! { <Checkbox label=label checked=checked hint=hint on_change=change /> }
    }

    fn confirm(self) {
        if self.busy.get_untracked() || !untrack(|| self.why_not()).is_empty() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let token = self.token.get_value();
        let kept: BTreeSet<String> = untrack(|| self.kept_of(|_, kept| kept.clone()));
        let request = TokenChange { name: None, scopes: Some(kept.into_iter().collect()) };
        spawn_local(async move {
            match change(&token, &request).await {
                Ok(after) => {
                    self.acts.close();
                    self.acts.messages.success([&after.name, " may do less now."].concat(), None);
                    self.acts.changed();
                }
                Err(failure) => {
                    self.busy.try_set(false);
                    self.error.try_set(Some(self.acts.told(&failure)));
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tokens::words::testing::token;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    fn held() -> Vec<OptionView> {
        let option = |key: &str| OptionView { value: key.to_owned(), label: key.to_uppercase(), hint: String::new() };
        ["alerts", "data", "runs"].map(option).to_vec()
    }

    #[test]
    fn token_is_left_with_some_of_what_it_has() {
        let whole = Token { used: keys(&["data", "gone"]), ..token(1) };
        assert_eq!(scopes(&whole, None), None, "what the account may do is not known yet");
        let told = |token: &Token| {
            let all = scopes(token, Some(&held())).unwrap_or_default();
            all.into_iter().map(|scope| (scope.label, scope.is_used)).collect::<Vec<_>>()
        };
        assert_eq!(told(&whole), [("ALERTS".to_owned(), false), ("DATA".to_owned(), true), ("RUNS".to_owned(), false)]);
        // A scope that the account has lost since stays by its key.
        let narrow = Token { scopes: Some(keys(&["data", "gone"])), ..whole };
        assert_eq!(told(&narrow), [("DATA".to_owned(), true), ("gone".to_owned(), true)]);
    }

    #[test]
    fn it_is_told_what_no_longer_works() {
        let used = Token { used: keys(&["data"]), ..token(1) };
        let all = scopes(&used, Some(&held())).unwrap_or_default();
        let told = |kept: &[&str]| lost(&all, &keys(kept).into_iter().collect());
        assert_eq!(told(&["alerts", "data", "runs"]), []);
        assert_eq!(told(&["data"]), [(false, "No longer works: ALERTS, RUNS.".to_owned())]);
        let both = told(&["runs"]);
        assert_eq!(both[0], (true, "It was used for this, which no longer works: DATA.".to_owned()));
        assert_eq!(both[1].1, "No longer works: ALERTS.");
        assert_eq!(named(&["A", "B", "C", "D", "E", "F", "G"]), "A, B, C, D, E and 2 more");
    }

    #[test]
    fn nothing_and_the_same_are_refused() {
        let kept = |kept: &[&str]| keys(kept).into_iter().collect::<BTreeSet<_>>();
        let all = scopes(&token(1), Some(&held())).unwrap_or_default();
        assert!(why_not(&token(1), &all, &kept(&[])).contains("revoked"));
        assert_eq!(why_not(&token(1), &all, &kept(&["alerts", "data", "runs"])), "", "without what comes later");
        let narrow = Token { scopes: Some(keys(&["alerts", "data"])), ..token(1) };
        let all = scopes(&narrow, Some(&held())).unwrap_or_default();
        assert_eq!(why_not(&narrow, &all, &kept(&["alerts", "data"])), "Nothing was changed.");
        assert_eq!(why_not(&narrow, &all, &kept(&["alerts"])), "");
    }
}
