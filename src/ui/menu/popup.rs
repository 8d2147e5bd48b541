//! The opened menu: where it stands, its keys, and how it closes.

use leptos::{
    ev::{self, KeyboardEvent},
    html::{Button, Div},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::item::{Kind, MenuItem, item_view};
use crate::ui::{
    dom,
    place::{Align, show},
};

const ITEMS: &str = "[role^=menuitem]";

#[derive(Clone, Copy)]
pub(super) struct MenuState {
    pub(super) open: RwSignal<bool>,
    /// Whether the last item takes the focus at the opening, as after arrow up.
    pub(super) last_first: StoredValue<bool>,
    pub(super) trigger: NodeRef<Button>,
    pub(super) items: Callback<(), Vec<MenuItem>>,
    pub(super) align: Align,
}

impl MenuState {
    pub(super) fn show(self, last_first: bool) {
        self.last_first.set_value(last_first);
        self.open.set(true);
    }

    pub(super) fn toggle(self) {
        if self.open.get_untracked() {
            self.close_to_trigger();
        } else {
            self.show(false);
        }
    }

    fn close_to_trigger(self) {
        if let Some(trigger) = self.trigger.get_untracked() {
            dom::focus_element(&trigger);
        }
        self.open.set(false);
    }
}

pub(super) fn popup(state: MenuState, label: Signal<String>) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let items = StoredValue::new(untrack(move || state.items.run(())));
    Effect::new(move |_| {
        if let (Some(menu), Some(trigger)) = (node.get(), state.trigger.get_untracked()) {
            show(&menu, &trigger, state.align);
            focus_first(&menu, state.last_first.get_value());
        }
    });
    close_from_outside(state, node);
    let keydown = move |event: KeyboardEvent| {
        if let Some(menu) = node.get_untracked() {
            key(state, &menu, &event);
        }
    };
    let click = move |event: ev::MouseEvent| {
        let at =
            dom::closest(&event, ITEMS).and_then(|item| item.get_attribute("data-at")).and_then(|at| at.parse().ok());
        if let Some(item) = at.and_then(|at: usize| items.with_value(|items| items.get(at).cloned())) {
            choose(state, item);
        }
    };
    let views = items.with_value(|items| {
        items.iter().cloned().enumerate().map(|(at, item)| item_view(at, item)).collect::<Vec<_>>()
    });
    view! {
        <div node_ref=node class="popover menu" role="menu" aria-label=label popover="manual" on:keydown=keydown on:click=click>
            {views}
        </div>
    }
}

fn choose(state: MenuState, item: MenuItem) {
    if item.disabled.is_some() {
        return;
    }
    if let Kind::Check(act, _) = item.kind {
        return act();
    }
    state.close_to_trigger();
    if let Kind::Run(act) | Kind::Radio(act, _) = item.kind {
        act();
    }
}

fn focus_first(menu: &HtmlElement, last: bool) {
    let items = dom::query_all(menu, ITEMS);
    let chosen = items.iter().find(|item| item.get_attribute("aria-checked").is_some_and(|checked| checked == "true"));
    let first = if last { items.last() } else { chosen.or(items.first()) };
    if let Some(first) = first {
        dom::focus_element(first);
    }
}

fn close_from_outside(state: MenuState, node: NodeRef<Div>) {
    let is_outside = move |event: &ev::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let menu = node.get_untracked().is_some_and(|menu| menu.contains(target.as_ref()));
        let trigger = state.trigger.get_untracked().is_some_and(|trigger| trigger.contains(target.as_ref()));
        !menu && !trigger
    };
    let close = move |event: &ev::Event| {
        if is_outside(event) {
            state.open.set(false);
        }
    };
    let listeners = [
        window_event_listener(ev::pointerdown, move |event| close(&event)),
        window_event_listener(ev::wheel, move |event| close(&event)),
        window_event_listener(ev::resize, move |_| state.open.set(false)),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
}

/// The keys of the ARIA menu pattern.
fn key(state: MenuState, menu: &HtmlElement, event: &KeyboardEvent) {
    let items = dom::query_all(menu, ITEMS);
    let focused = dom::focused();
    let at = items.iter().position(|item| Some(item) == focused.as_ref());
    let count = items.len();
    let pressed = event.key();
    let next = match (pressed.as_str(), at) {
        ("ArrowDown", Some(at)) => (at + 1) % count.max(1),
        ("ArrowUp", Some(at)) => (at + count - 1) % count.max(1),
        ("ArrowDown" | "Home", _) => 0,
        ("ArrowUp" | "End", _) => count.saturating_sub(1),
        ("Escape", _) => {
            event.prevent_default();
            event.stop_propagation();
            return state.close_to_trigger();
        }
        // The browser then moves on from the button.
        ("Tab", _) => return state.close_to_trigger(),
        (letter, _) if letter.chars().count() == 1 && letter != " " && !event.ctrl_key() && !event.meta_key() => {
            match starting_with(&items, letter, at) {
                Some(found) => found,
                None => return,
            }
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(item) = items.get(next) {
        dom::focus_element(item);
    }
}

/// The next item after `at`, around the end, whose text begins with the letter.
fn starting_with(items: &[HtmlElement], letter: &str, at: Option<usize>) -> Option<usize> {
    let letter = letter.to_lowercase();
    let start = at.map_or(0, |at| at + 1);
    (0..items.len()).map(|step| (start + step) % items.len()).find(|index| {
        let text = items.get(*index).and_then(|item| item.text_content()).unwrap_or_default();
        text.trim_start().to_lowercase().starts_with(&letter)
    })
}
