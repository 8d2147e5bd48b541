//! The one tooltip of the page: shows the `data-tip` of whatever is hovered or has the keyboard's focus.

use std::time::Duration;

use leptos::{ev, html::Div, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, Node};

use super::{
    dom,
    place::{Align, show},
};

const HOVER_DELAY: Duration = Duration::from_millis(400);
const LEAVE_DELAY: Duration = Duration::from_millis(120);

#[derive(Clone, Copy)]
struct Tip {
    popup: NodeRef<Div>,
    text: RwSignal<String>,
    anchor: StoredValue<Option<HtmlElement>, LocalStorage>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Tip {
    fn show(self, anchor: HtmlElement) {
        let text = anchor.get_attribute("data-tip").unwrap_or_default();
        if text.is_empty() || !anchor.is_connected() {
            return;
        }
        self.text.set(text);
        self.anchor.set_value(Some(anchor.clone()));
        // The text must be drawn before its size is taken.
        request_animation_frame(move || {
            if let Some(Some(popup)) = self.popup.try_get_untracked() {
                show(&popup, &anchor, Align::Centre);
            }
        });
    }

    fn hide(self) {
        self.plan(None);
        if self.anchor.try_update_value(Option::take).flatten().is_some()
            && let Some(popup) = self.popup.get_untracked()
        {
            popup.hide_popover().ok();
        }
    }

    fn plan(self, timer: Option<TimeoutHandle>) {
        if let Some(Some(old)) = self.timer.try_update_value(|slot| std::mem::replace(slot, timer)) {
            old.clear();
        }
    }

    fn plan_hide(self) {
        self.plan(set_timeout_with_handle(move || self.hide(), LEAVE_DELAY).ok());
    }

    fn is_shown_for(self, anchor: &HtmlElement) -> bool {
        self.anchor.with_value(|shown| shown.as_ref() == Some(anchor))
    }

    fn pointer_over(self, event: &Event) {
        match dom::closest(event, "[data-tip], .tooltip") {
            Some(target) if target.class_list().contains("tooltip") || self.is_shown_for(&target) => self.plan(None),
            Some(target) => {
                self.hide();
                self.plan(set_timeout_with_handle(move || self.show(target), HOVER_DELAY).ok());
            }
            None if self.anchor.with_value(Option::is_some) => self.plan_hide(),
            None => self.plan(None),
        }
    }

    fn focus_in(self, event: &Event) {
        self.hide();
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.matches(":focus-visible").unwrap_or(false))
            && let Some(anchor) = dom::closest(event, "[data-tip]")
        {
            self.show(anchor);
        }
    }
}

/// The tooltip and its listeners; mounted once, by `UiRoot`.
#[component]
pub(crate) fn TooltipLayer() -> impl IntoView {
    let tip = Tip {
        popup: NodeRef::new(),
        text: RwSignal::new(String::new()),
        anchor: StoredValue::new_local(None),
        timer: StoredValue::new(None),
    };
    let listeners = [
        window_event_listener(ev::pointerover, move |event| {
            // A touch has no hover; its tap would leave the tooltip standing.
            if event.pointer_type() != "touch" {
                tip.pointer_over(&event);
            }
        }),
        window_event_listener(ev::focusin, move |event| tip.focus_in(&event)),
        window_event_listener(ev::focusout, move |_| tip.hide()),
        window_event_listener(ev::pointerdown, move |event| {
            let inside = tip.popup.get_untracked().is_some_and(|popup| {
                let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                popup.contains(target.as_ref())
            });
            if !inside {
                tip.hide();
            }
        }),
        window_event_listener(ev::wheel, move |_| tip.hide()),
        window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                tip.hide();
            }
        }),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    view! {
        // It repeats for the eye what the control itself says to a screen reader.
        <div node_ref=tip.popup class="tooltip" aria-hidden="true" popover="manual">
            {tip.text}
        </div>
    }
}
