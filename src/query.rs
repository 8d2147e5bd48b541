//! Texts that stand in the query of the address, such as a search: Back and links bring them back.

use std::time::Duration;

use domain::page::SEARCH_CHARS_MAX;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

/// The address follows typing at a distance: browsers limit how often it may change.
const TYPED_AFTER: Duration = Duration::from_millis(300);

/// One text of the address, read and written at every key. Writing makes no step for Back.
pub(crate) fn query_text(name: &'static str) -> RwSignal<String> {
    let (query, path, navigate) = (use_query_map(), use_location().pathname, use_navigate());
    let there = Memo::new(move |_| {
        let text = query.with(|query| query.get(name)).unwrap_or_default();
        text.chars().take(SEARCH_CHARS_MAX).collect::<String>()
    });
    let text = RwSignal::new(there.get_untracked());
    let written = StoredValue::new(there.get_untracked());
    Effect::new(move |_| {
        let now = there.get();
        // What this field itself has written may be older than what was typed since.
        if written.with_value(|written| *written != now) {
            written.set_value(now.clone());
            text.set(now);
        }
    });
    Effect::new(move |_| {
        let typed = text.get();
        if written.with_value(|written| *written == typed) {
            return;
        }
        let (navigate, page) = (navigate.clone(), path.get_untracked());
        let write = move || {
            // Whoever has left the page meanwhile is not called back.
            if path.try_get_untracked().as_ref() != Some(&page) {
                return;
            }
            written.set_value(typed.clone());
            let mut pairs = query.get_untracked();
            pairs.remove(name);
            if !typed.is_empty() {
                pairs.insert(name, typed);
            }
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&[&page, pairs.to_query_string().as_str()].concat(), options);
        };
        if let Ok(timer) = set_timeout_with_handle(write, TYPED_AFTER) {
            on_cleanup(move || timer.clear());
        }
    });
    text
}
