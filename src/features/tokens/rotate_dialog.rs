//! "Rotate": the successor of a token, and how long the old one works beside it.

use std::sync::Arc;

use domain::Timestamp;
use domain::time::HOUR_MS;
use domain::tokens::{OVERLAP_HOURS_DEFAULT, RotateToken, Token};
use leptos::{prelude::*, task::spawn_local};

use super::acts::{Question, TokenActs, rotate};
use super::lifetime;
use super::words::used;
use crate::ui::{
    Banner, Button, ButtonVariant, Dialog, Dismiss, RadioGroup, RadioOption, Tone, absolute_time, relative_time, until,
    use_now,
};

/// Overlaps that are offered, in hours.
const OVERLAPS: [(u32, &str); 5] =
    [(0, "It ends at once"), (1, "1 hour"), (24, "24 hours"), (168, "7 days"), (720, "30 days")];

/// When the old token ends, rotated at a moment: after the overlap, and never later than it would anyway.
fn old_end(token: &Token, hours: u32, at: Timestamp) -> Timestamp {
    let end = at.plus(i64::from(hours) * HOUR_MS);
    token.expires_at.map_or(end, |own| own.min(end))
}

/// The request. A token without an end, or with a longer life than the organization allows by now, gets one that it offers.
fn request(token: &Token, policy: &domain::tokens::TokenPolicy, hours: u32, at: Timestamp) -> RotateToken {
    let plain = RotateToken { overlap_hours: Some(hours), expires_at: None };
    let is_refused = policy.expiry_fault(plain.end(token, at), at).is_some();
    let offered = lifetime::end(&lifetime::beforehand(policy), None, at).ok().flatten();
    RotateToken { expires_at: offered.filter(|_| is_refused), ..plain }
}

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn RotateDialog(
    /// Where it is carried out.
    acts: TokenActs,
    /// The token, which works.
    token: Arc<Token>,
) -> impl IntoView {
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let overlap = RwSignal::new(OVERLAP_HOURS_DEFAULT.to_string());
    let now = use_now();
    let policy = untrack(|| acts.session.with(|session| session.organization.tokens));
    let hours = move || overlap.with(|hours| hours.parse::<u32>().unwrap_or(OVERLAP_HOURS_DEFAULT));
    let token = StoredValue::new(token);
    let options = OVERLAPS.map(|(hours, label)| {
        let hint = if hours == 0 { "For a token that has leaked." } else { "" };
        RadioOption::new(hours.to_string(), label, hint)
    });
    let last = move || {
        let told = token.with_value(|token| used(token, |at: Timestamp| relative_time(at.millis(), now.get())));
        ["The old one: ", &lowercased(&told), "."].concat()
    };
    let ends = Signal::derive(move || {
        let at = Timestamp::from_millis(now.get());
        let end = token.with_value(|token| old_end(token, hours(), at));
        if end <= at {
            "The old token stops working at once.".to_owned()
        } else {
            ["The old token works ", &until(end.millis(), now.get()), ", and then ends by itself."].concat()
        }
    });
    let successor = Signal::derive(move || {
        let at = Timestamp::from_millis(now.get());
        let end = token.with_value(|token| request(token, &policy, hours(), at).end(token, at));
        match end {
            Some(end) => ["The new one expires on ", &absolute_time(end.millis()), "."].concat(),
            None => "The new one has no expiry, like the old one.".to_owned(),
        }
    });
    let confirm = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let before = token.get_value();
        let request = untrack(|| request(&before, &policy, hours(), Timestamp::from_millis(now.get_untracked())));
        spawn_local(async move {
            match rotate(&before, &request).await {
                Ok(rotated) => {
                    acts.changed();
                    acts.question.try_set(Some(Question::Secret(Arc::new(rotated.minted))));
                }
                Err(failure) => {
                    busy.try_set(false);
                    error.try_set(Some(acts.told(&failure)));
                }
            }
        });
    };
    let title = token.with_value(|token| ["Rotate ", &token.name].concat());
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=move || acts.close() />
            <Button label="Rotate" variant=ButtonVariant::Primary busy=busy on_click=confirm />
        }
    };
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=move || acts.close() footer=footer>
            <p class="prose">"A new token takes over, with the same limits. Put it in place of the old one while both work."</p>
            <RadioGroup label="How long the old one works on" value=overlap options=Signal::stored(options.to_vec()) />
            <div class="prose" aria-live="polite">
                <p>{ends}</p>
                <p class="muted">{last}</p>
                <p class="muted">{successor}</p>
            </div>
            {move || error.get().map(|why| view! { <Banner tone=Tone::Danger title=why announce=true /> })}
        </Dialog>
    }
}

fn lowercased(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::time::DAY_MS;
    use domain::tokens::TokenPolicy;

    use super::*;
    use crate::features::tokens::words::testing::token;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    #[test]
    fn old_token_never_outlives_its_own_end() {
        assert_eq!(old_end(&token(1), 24, NOW), NOW.plus(24 * HOUR_MS));
        assert_eq!(old_end(&token(1), 0, NOW), NOW);
        let soon = Token { expires_at: Some(NOW.plus(HOUR_MS)), ..token(1) };
        assert_eq!(old_end(&soon, 24, NOW), NOW.plus(HOUR_MS));
    }

    #[test]
    fn successor_gets_an_end_that_the_organization_allows() {
        let free = TokenPolicy::default();
        let strict = TokenPolicy { ttl_days_max: Some(30), ..free };
        let end = |policy: &TokenPolicy, token: &Token| request(token, policy, 24, NOW).end(token, NOW);
        assert_eq!(end(&free, &token(1)), None);
        assert_eq!(end(&strict, &token(1)), Some(NOW.plus(30 * DAY_MS)));
        let week = Token { expires_at: Some(Timestamp::from_millis(7 * DAY_MS)), ..token(1) };
        assert_eq!(end(&strict, &week), Some(NOW.plus(7 * DAY_MS)));
        let year = Token { expires_at: Some(Timestamp::from_millis(365 * DAY_MS)), ..token(1) };
        assert_eq!(end(&strict, &year), Some(NOW.plus(30 * DAY_MS)));
        assert_eq!(lowercased("Never used"), "never used");
    }
}
