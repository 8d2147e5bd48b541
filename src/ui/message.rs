//! Messages: what an act led to, said on screen and to screen readers.

use std::{sync::Arc, time::Duration};

use leptos::{html::Div, prelude::*};

use super::{badge::Tone, icon::Icon};

/// The most messages on screen; the oldest go first.
const SHOWN_MAX: usize = 4;
const SHORT: Duration = Duration::from_secs(6);
/// Long enough to read the text, decide, and reach "Undo" by keyboard.
const WITH_ACTION: Duration = Duration::from_secs(12);

/// A button inside a message, such as "Undo".
#[derive(Clone)]
pub(crate) struct MessageAction {
    label: String,
    run: Arc<dyn Fn() + Send + Sync>,
}

impl MessageAction {
    /// A button with this text; the message goes when it is pressed. It may be pressed after its page has gone: what it uses must outlive
    /// that page, such as [`Messages`] or another context of the root.
    pub(crate) fn new(label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label: label.into(), run: Arc::new(run) }
    }
}

#[derive(Clone)]
struct Message {
    id: u32,
    tone: Tone,
    text: String,
    action: Option<MessageAction>,
}

/// Says what happened. A context that `UiRoot` provides; get it by [`use_messages`].
#[derive(Clone, Copy)]
pub(crate) struct Messages {
    list: RwSignal<Vec<Message>>,
    next_id: StoredValue<u32>,
    polite: RwSignal<String>,
    urgent: RwSignal<String>,
    held: RwSignal<bool>,
}

/// The messages of this page. Outside of a `UiRoot` they go nowhere.
pub(crate) fn use_messages() -> Messages {
    use_context().unwrap_or_else(Messages::new)
}

impl Messages {
    pub(super) fn new() -> Self {
        Self {
            list: RwSignal::new(Vec::new()),
            next_id: StoredValue::new(0),
            polite: RwSignal::new(String::new()),
            urgent: RwSignal::new(String::new()),
            held: RwSignal::new(false),
        }
    }

    /// It worked. Goes after 6 seconds, or 12 with an action; not while it is hovered or has the focus.
    pub(crate) fn success(&self, text: impl Into<String>, action: Option<MessageAction>) {
        self.add(Tone::Success, text.into(), action);
    }

    /// Worth knowing. Goes like a success.
    pub(crate) fn info(&self, text: impl Into<String>, action: Option<MessageAction>) {
        self.add(Tone::Info, text.into(), action);
    }

    /// It did not work. Interrupts a screen reader, and stays until it is dismissed.
    pub(crate) fn failed(&self, text: impl Into<String>, action: Option<MessageAction>) {
        self.add(Tone::Danger, text.into(), action);
    }

    /// Says something to screen readers only, when they are done with what they are saying.
    pub(crate) fn announce(&self, text: impl Into<String>) {
        say(self.polite, text.into());
    }

    /// Takes every message away, as at sign-out.
    pub(crate) fn clear(&self) {
        self.list.update(Vec::clear);
    }

    fn add(&self, tone: Tone, text: String, action: Option<MessageAction>) {
        say(if tone == Tone::Danger { self.urgent } else { self.polite }, text.clone());
        let id = self.next_id.with_value(|id| id + 1);
        self.next_id.set_value(id);
        let delay = if action.is_some() { WITH_ACTION } else { SHORT };
        self.list.update(|list| {
            if list.len() == SHOWN_MAX {
                list.remove(0);
            }
            list.push(Message { id, tone, text, action });
        });
        if tone != Tone::Danger {
            self.expire(id, delay);
        }
    }

    fn expire(self, id: u32, after: Duration) {
        let go = move || match self.held.try_get_untracked() {
            Some(true) => self.expire(id, SHORT),
            Some(false) => self.dismiss(id),
            None => {}
        };
        set_timeout(go, after);
    }

    fn dismiss(self, id: u32) {
        self.list.try_update(|list| list.retain(|message| message.id != id));
    }
}

/// Changes the text of a live region; the same text twice in a row is said twice.
fn say(region: RwSignal<String>, text: String) {
    region.try_update(|now| {
        let again = *now == text;
        *now = text;
        if again {
            now.push('\u{a0}');
        }
    });
}

/// Where messages stand; mounted once, by `UiRoot`.
#[component]
pub(crate) fn MessageRegion() -> impl IntoView {
    let messages = use_messages();
    let region = NodeRef::<Div>::new();
    // Shown anew at each change: the latest in the top layer is on top, also above an open dialog.
    Effect::new(move |_| {
        let empty = messages.list.with(Vec::is_empty);
        if let Some(region) = region.get() {
            region.hide_popover().ok();
            if !empty {
                region.show_popover().ok();
            }
        }
    });
    let list = move || messages.list.get().into_iter().rev().map(move |message| message_view(messages, message));
    view! {
        <div
            node_ref=region
            class="messages"
            popover="manual"
            role="region"
            aria-label="Messages"
            on:pointerenter=move |_| messages.held.set(true)
            on:pointerleave=move |_| messages.held.set(false)
            on:focusin=move |_| messages.held.set(true)
            on:focusout=move |_| messages.held.set(false)
        >
            {move || list().collect::<Vec<_>>()}
        </div>
        <div class="sr-only" role="status">{messages.polite}</div>
        <div class="sr-only" role="alert">{messages.urgent}</div>
    }
}

fn message_view(messages: Messages, message: Message) -> impl IntoView {
    let Message { id, tone, text, action } = message;
    let label = text.clone();
    let act = action.map(|MessageAction { label, run }| {
        let press = move |_| {
            messages.dismiss(id);
            run();
        };
        view! {
            <button type="button" class="button button-small" on:click=press>
                {label}
            </button>
        }
    });
    view! {
        <div class=["message ", tone.class()].concat() role="group" aria-label=label>
            <Icon icon=tone.icon() />
            <p>{text}</p>
            {act}
            <button
                type="button"
                class="button button-quiet button-small button-icon"
                aria-label="Dismiss"
                on:click=move |_| {
                    messages.held.set(false);
                    messages.dismiss(id);
                }
            >
                <Icon icon=Icon::X />
            </button>
        </div>
    }
}
