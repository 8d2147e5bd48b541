//! A card of details that opens on hover and focus, and is built only then.

use std::time::Duration;

use leptos::{
    ev::KeyboardEvent,
    html::{Button, Div},
    prelude::*,
};

use super::{
    dom,
    place::{Align, show},
};

const OPEN_DELAY: Duration = Duration::from_millis(250);
const CLOSE_DELAY: Duration = Duration::from_millis(150);

/// A text that shows more about itself when it is hovered, focused or tapped. Escape hides the card; the pointer may move onto it.
#[component]
pub(crate) fn HoverCard(
    /// What is always there, such as "3 days ago".
    #[prop(into)]
    trigger: ViewFnOnce,
    /// The card's content; built at each opening, so data may be fetched then.
    #[prop(into)]
    content: ViewFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let button = NodeRef::<Button>::new();
    let plan = move |next: bool, after: Duration| {
        let handle = set_timeout_with_handle(
            move || {
                open.try_set(next);
            },
            after,
        );
        if let Some(Some(old)) = timer.try_update_value(|slot| std::mem::replace(slot, handle.ok())) {
            old.clear();
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            plan(false, Duration::ZERO);
        }
    };
    let id = dom::unique_id("card");
    let described = id.clone();
    view! {
        <span
            class="hover-card-anchor"
            on:pointerenter=move |_| plan(true, OPEN_DELAY)
            on:pointerleave=move |_| plan(false, CLOSE_DELAY)
            on:keydown=keydown
        >
            <button
                type="button"
                class="hover-card-trigger"
                node_ref=button
                aria-describedby=move || open.get().then(|| described.clone())
                on:click=move |_| plan(true, Duration::ZERO)
                on:focus=move |_| plan(true, Duration::ZERO)
                on:blur=move |_| plan(false, CLOSE_DELAY)
            >
                {trigger.run()}
            </button>
            {move || open.get().then(|| card(id.clone(), button, content.clone()))}
        </span>
    }
}

fn card(id: String, anchor: NodeRef<Button>, content: ViewFn) -> impl IntoView {
    let popup = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let (Some(popup), Some(anchor)) = (popup.get(), anchor.get_untracked()) {
            show(&popup, &anchor, Align::Start);
        }
    });
    view! {
        <div id=id class="popover hover-card" role="tooltip" aria-live="polite" popover="manual" node_ref=popup>
            {content.run()}
        </div>
    }
}
