//! The modal dialog, over the browser's own `<dialog>`.

use std::cell::RefCell;

use leptos::{
    ev::{Event, MouseEvent},
    html,
    prelude::*,
};
use web_sys::{HtmlDialogElement, HtmlElement};

use super::{dom, icon::Icon};

/// How wide a dialog is. Below 480 pixels of window every dialog is a full sheet.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum DialogSize {
    /// 420 pixels, for a question.
    Small,
    /// 560 pixels; the default.
    #[default]
    Medium,
    /// 800 pixels, for two columns.
    Large,
}

/// What closes a dialog besides its buttons.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Dismiss {
    /// Escape and a click beside it; the default.
    #[default]
    Free,
    /// Escape only: a slip of the mouse must not lose what was typed.
    Guarded,
}

/// What takes the focus when the dialog opens, in this order.
const FIRST_FOCUS: [&str; 4] = [
    "[autofocus]",
    ".dialog-body :is(input, textarea, select):not([type=hidden], [disabled])",
    ".dialog-foot button",
    ".dialog-close",
];

/// A modal dialog. It is open while it is mounted: show it with `move || open.get().then(|| view! { <Dialog ...> })`.
///
/// The focus goes back to where it was when the dialog goes.
#[component]
pub(crate) fn Dialog(
    /// The heading, which is also the dialog's name.
    #[prop(into)]
    title: Signal<String>,
    /// A sentence below the heading. Default: none.
    #[prop(optional, into)]
    description: Option<Signal<String>>,
    /// How wide it is. Default: medium.
    #[prop(optional)]
    size: DialogSize,
    /// What closes it besides its buttons. Default: Escape and a click beside it.
    #[prop(optional)]
    dismiss: Dismiss,
    /// Runs when a person asks to close it; the caller then stops mounting it.
    #[prop(into)]
    on_close: Callback<()>,
    /// The buttons at the bottom, the safe one first. Default: none.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    /// The content, which scrolls when it is long.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let (title_id, description_id) = (dom::unique_id("title"), dom::unique_id("about"));
    let (named_by, described_by) = (title_id.clone(), description.map(|_| description_id.clone()));
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            open(&dialog);
        }
    });
    let close = move || {
        on_close.try_run(());
    };
    let cancel = move |event: Event| {
        // A file picker or a nested popover cancels too, and its event bubbles.
        if is_own(&event) {
            event.prevent_default();
            close();
        }
    };
    let press = move |event: MouseEvent| {
        if dismiss == Dismiss::Free && is_own(&event) {
            close();
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class=match size {
                DialogSize::Small => "dialog dialog-small",
                DialogSize::Medium => "dialog",
                DialogSize::Large => "dialog dialog-large",
            }
            aria-labelledby=named_by
            aria-describedby=described_by
            on:cancel=cancel
            on:close=move |event| {
                if is_own(&event) {
                    close();
                }
            }
            on:mousedown=press
        >
            <div class="dialog-panel">
                <header class="dialog-head">
                    <h2 id=title_id>{title}</h2>
                    {description.map(|text| view! { <p id=description_id class="dialog-about">{text}</p> })}
                </header>
                <div class="dialog-body">{children()}</div>
                {footer.map(|footer| view! { <footer class="dialog-foot">{footer.run()}</footer> })}
                <button type="button" class="button button-quiet button-icon dialog-close" aria-label="Close" on:click=move |_| close()>
                    <Icon icon=Icon::X />
                </button>
            </div>
        </dialog>
    }
}

/// Whether the event began at the dialog itself, which for a mouse means its backdrop.
fn is_own(event: &Event) -> bool {
    event.target().is_some() && event.target() == event.current_target()
}

thread_local! {
    /// What the dialogs that have just gone took the focus from; at the next frame it goes back there.
    static OWED: RefCell<Vec<HtmlElement>> = const { RefCell::new(Vec::new()) };
}

fn open(dialog: &HtmlDialogElement) {
    // A dialog in the place of another gives the focus back to where that one had it from.
    let opener = OWED.take().into_iter().next().or_else(dom::focused);
    if dialog.show_modal().is_err() {
        return;
    }
    if let Some(first) = FIRST_FOCUS.iter().find_map(|selector| dom::query(dialog, selector)) {
        dom::focus_element(&first);
    }
    let kept = StoredValue::new_local(opener);
    on_cleanup(move || {
        let opener = kept.try_update_value(Option::take).flatten();
        OWED.with_borrow_mut(|owed| owed.extend(opener));
        // The opener is inert until the dialog has left the page.
        request_animation_frame(|| give_back(OWED.take()));
    });
}

/// Focuses the first opener that is still there, or else the page, unless something else took the focus meanwhile.
fn give_back(openers: Vec<HtmlElement>) {
    let page = || document().document_element().and_then(|root| dom::query(&root, "main"));
    if dom::is_focus_lost()
        && let Some(element) = openers.into_iter().find(|opener| opener.is_connected()).or_else(page)
    {
        dom::focus_element(&element);
    }
}
