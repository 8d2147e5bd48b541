//! Pages for people who are not signed in: one card in the middle.

use leptos::prelude::*;

use super::remove_static_shell;
use crate::ui::dom;

/// A page with one card.
#[component]
pub(crate) fn PublicPage(
    /// The heading, which is also the title of the window.
    #[prop(into)]
    title: Signal<String>,
    /// Whether the card is wide, for long forms. Default: no.
    #[prop(optional)]
    wide: bool,
    /// What stands below the heading.
    children: Children,
) -> impl IntoView {
    let is_first_page = remove_static_shell();
    if !is_first_page {
        // A field of the page may take the focus from it.
        dom::focus("main");
    }
    Effect::new(move |_| dom::set_title(&title.get()));
    view! {
        <div class="centred">
            <header class="centred-brand">
                <span class="brand-mark" aria-hidden="true"></span>
                "Roster"
            </header>
            <main class=if wide { "centred-card centred-wide" } else { "centred-card" } id="main" tabindex="-1">
                <h1>{title}</h1>
                {children()}
            </main>
        </div>
    }
}
