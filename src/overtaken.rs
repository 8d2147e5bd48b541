//! What somebody else changed while a person was typing, said beside what was typed.

use leptos::prelude::*;

use crate::ui::{Banner, Tone};

/// Says what somebody else changed, where what was typed is kept and the rest is theirs.
#[component]
pub(crate) fn Overtaken(
    /// The heading, such as "Somebody else changed this role a moment ago".
    title: &'static str,
    /// In words, one for each change; empty where nobody did.
    changes: RwSignal<Vec<String>>,
) -> impl IntoView {
    move || {
        let changes = changes.get();
        (!changes.is_empty()).then(|| {
            let text = [
                "What you typed is kept, and theirs is taken over where you typed nothing. Changed by them: ",
                &changes.join("; "),
                ".",
            ];
            view! { <Banner tone=Tone::Warning title=title text=text.concat() announce=true /> }
        })
    }
}

/// "Name: Alerts → On call".
pub(crate) fn difference(what: &str, from: &str, to: &str) -> String {
    let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    [what, ": ", &shown(from), " → ", &shown(to)].concat()
}

/// What a field holds after somebody else saved `now`: theirs, except where this person typed something of their own.
pub(crate) fn merged(base: &str, typed: &str, now: &str) -> String {
    if typed == base { now.to_owned() } else { typed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_wins_over_what_others_saved() {
        assert_eq!(merged("Alerts", "Alerts", "Theirs"), "Theirs");
        assert_eq!(merged("Alerts", "Mine", "Theirs"), "Mine");
        assert_eq!(merged("Alerts", "Mine", "Alerts"), "Mine");
    }

    #[test]
    fn nothing_has_a_word() {
        assert_eq!(difference("Description", "", "Nights"), "Description: none → Nights");
    }
}
