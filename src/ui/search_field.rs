//! The search field of lists and of the top bar.

use domain::secret;
use leptos::{ev::KeyboardEvent, html::Input, prelude::*};
use web_sys::{Event, HtmlInputElement};

use super::{dom, icon::Icon, message::use_messages};

const NOT_SEARCHED: &str = "This is an API token or a link, which is not searched for. \"Find a leaked token\" under API tokens tells whose one is.";

/// What is typed into a search, unless it has the form of a secret: what is searched for stands in addresses, which the browser and
/// servers on the way keep.
pub(crate) fn use_search(value: RwSignal<String>, on_secret: Option<Callback<String>>) -> Callback<Event> {
    let messages = use_messages();
    Callback::new(move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let text = input.value();
        if !secret::has_shape(&text) {
            return value.set(text);
        }
        input.set_value("");
        value.set(String::new());
        match on_secret {
            Some(on_secret) => on_secret.run(text),
            None => messages.failed(NOT_SEARCHED.to_owned(), None),
        }
    })
}

/// A search field with a clear button; `/` anywhere on the page focuses it.
#[component]
pub(crate) fn SearchField(
    /// What is searched, for screen readers and as the placeholder.
    #[prop(into)]
    label: Signal<String>,
    /// The text, read and written at every key.
    value: RwSignal<String>,
    /// The key that focuses it. Default: `/`. An empty text: none.
    #[prop(default = "/")]
    shortcut: &'static str,
    /// The element's id. Default: none.
    #[prop(optional, into)]
    id: Option<String>,
    /// Runs with a text that has a secret in it, which is not searched for. Default: a message says so.
    #[prop(optional, into)]
    on_secret: Option<Callback<String>>,
) -> impl IntoView {
    let take = use_search(value, on_secret);
    let input = NodeRef::<Input>::new();
    let focus = move || {
        if let Some(input) = input.get_untracked() {
            dom::focus_element(&input);
            input.select();
        }
    };
    if !shortcut.is_empty() {
        dom::on_document_key(move |event| {
            let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            if plain && event.key() == shortcut && !dom::is_typing(&event) {
                event.prevent_default();
                focus();
            }
        });
    }
    let clear = move || {
        value.set(String::new());
        focus();
    };
    // Escape clears first; only in an empty field may it close what is around.
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && value.with_untracked(|value| !value.is_empty()) {
            event.prevent_default();
            event.stop_propagation();
            clear();
        }
    };
    view! {
        <div class="search">
            <Icon icon=Icon::Search />
            <input
                node_ref=input
                id=id
                class="input"
                type="search"
                autocomplete="off"
                spellcheck="false"
                aria-label=label
                placeholder=label
                aria-keyshortcuts=(!shortcut.is_empty()).then_some(shortcut)
                prop:value=value
                on:input=move |event| take.run(event)
                on:keydown=keydown
            />
            <button
                type="button"
                class="search-clear"
                aria-label="Clear search"
                hidden=move || value.with(String::is_empty)
                on:click=move |_| clear()
            >
                <Icon icon=Icon::X />
            </button>
            {(!shortcut.is_empty())
                .then(|| view! { <kbd hidden=move || value.with(|value| !value.is_empty()) aria-hidden="true">{shortcut}</kbd> })}
        </div>
    }
}
