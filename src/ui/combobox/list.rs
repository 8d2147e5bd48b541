//! The list of options, which exists only while it is open.

use leptos::{
    ev::{self, MouseEvent},
    html::Ul,
    prelude::*,
};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::state::{Choice, OptionView, State};
use crate::ui::{
    dom,
    icon::Icon,
    place::{Align, place, show},
};

pub(super) fn row_id(list_id: &str, at: usize) -> String {
    [list_id, "-", &at.to_string()].concat()
}

pub(super) fn list(
    state: State,
    id: String,
    label: Signal<String>,
    create_verb: &'static str,
    selected: Signal<Vec<Choice>>,
) -> impl IntoView {
    let node = NodeRef::<Ul>::new();
    Effect::new(move |shown: Option<bool>| {
        // A chip more can make the field taller; the list moves with it.
        selected.track();
        state.rows.track();
        let (Some(list), Some(frame)) = (node.get(), state.frame.get_untracked()) else { return false };
        if shown == Some(true) {
            place(&list, &frame, Align::Stretch);
        } else {
            show(&list, &frame, Align::Stretch);
        }
        true
    });
    let scrolled = id.clone();
    Effect::new(move |_| {
        let active = dom::element(&row_id(&scrolled, state.at.get()));
        if let Some(active) = active {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            active.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let resized = window_event_listener(ev::resize, move |_| state.open.set(false));
    on_cleanup(move || resized.remove());
    let click = move |event: MouseEvent| {
        let at = dom::closest(&event, "[role=option]")
            .and_then(|row| row.get_attribute("data-at"))
            .and_then(|at| at.parse().ok());
        if let Some(at) = at {
            state.choose(at);
        }
    };
    let (own_id, list_id) = (id.clone(), id.clone());
    let rows = move || {
        let rows = state.rows.get();
        rows.into_iter().enumerate().map(|(at, row)| row_view(state, &list_id, at, row)).collect::<Vec<_>>()
    };
    let create = move || {
        state.offers_create.get().then(|| {
            let at = state.rows.with(Vec::len);
            let label = [create_verb, " \u{201c}", state.query.get().trim(), "\u{201d}"].concat();
            row_view(state, &id, at, OptionView { value: String::new(), label, hint: String::new() })
        })
    };
    let nothing = move || {
        let empty = state.rows.with(Vec::is_empty) && !state.offers_create.get();
        empty.then(|| {
            let text = match (state.loading.get(), state.trouble.with(Option::is_some)) {
                (true, _) => "Loading\u{2026}",
                (false, true) => "Could not be loaded",
                (false, false) => "No matches",
            };
            view! { <li class="option-none" role="option" aria-disabled="true" aria-selected="false">{text}</li> }
        })
    };
    view! {
        <ul
            node_ref=node
            id=own_id
            class="popover listbox"
            role="listbox"
            aria-label=label
            popover="manual"
            on:mousedown=|event| event.prevent_default()
            on:click=click
        >
            {rows}
            {create}
            {nothing}
        </ul>
    }
}

fn row_view(state: State, list_id: &str, at: usize, row: OptionView) -> impl IntoView + use<> {
    let OptionView { value, label, hint } = row;
    let highlighted = move || if state.at.get() == at { "true" } else { "false" };
    view! {
        <li class="option" role="option" id=row_id(list_id, at) data-at=at.to_string() aria-selected=highlighted>
            {value.is_empty().then(|| view! { <Icon icon=Icon::Plus /> })}
            <span>{label}</span>
            {(!hint.is_empty()).then(|| view! { <small>{hint}</small> })}
        </li>
    }
}
