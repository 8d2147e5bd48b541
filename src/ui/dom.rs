//! Small bridges to the document: ids, focus, media queries, the clipboard, document-wide keys.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

thread_local! {
    static NEXT_ID: Cell<u32> = const { Cell::new(0) };
}

/// An id that no other element of this page has, such as `field-12`.
pub(crate) fn unique_id(prefix: &str) -> String {
    let number = NEXT_ID.with(|next| next.replace(next.get() + 1));
    [prefix, "-", &number.to_string()].concat()
}

/// The HTML element with this id, if it is in the document.
pub(crate) fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The first HTML element below `root` that matches, in document order.
pub(crate) fn query(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

/// Every HTML element below `root` that matches, in document order.
pub(crate) fn query_all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// The nearest ancestor-or-self of the event's target that matches.
pub(crate) fn closest(event: &Event, selector: &str) -> Option<HtmlElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()??.dyn_into().ok()
}

/// The element that has the focus now, if any but the body has it.
pub(crate) fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Whether nothing has the focus, as when what had it has gone.
pub(crate) fn is_focus_lost() -> bool {
    focused().is_none_or(|element| element.is_instance_of::<web_sys::HtmlBodyElement>())
}

/// Focuses the element with this id at the next frame, once what was just changed is drawn.
pub(crate) fn focus(id: impl Into<String>) {
    let id = id.into();
    request_animation_frame(move || {
        if let Some(element) = element(&id) {
            focus_element(&element);
        }
    });
}

/// Focuses an element now. An element that cannot take the focus leaves it where it is.
pub(crate) fn focus_element(element: &HtmlElement) {
    element.focus().ok();
}

/// Focuses the heading of the page, or what stands in its place until it is there, or else the page.
pub(crate) fn focus_page() {
    let Some(main) = element("main") else { return };
    let Some(heading) = query(&main, "h1").or_else(|| query(&main, "[aria-busy][tabindex]")) else {
        return focus_element(&main);
    };
    heading.set_attribute("tabindex", "-1").ok();
    focus_element(&heading);
}

/// At the next frame, focuses the first field of the form that is marked invalid, or the entry of a field that is. Call it after the
/// errors were set.
pub(crate) fn focus_first_invalid(form_id: impl Into<String>) {
    let form_id = form_id.into();
    request_animation_frame(move || {
        if let Some(field) =
            element(&form_id).and_then(|form| query(&form, "[aria-invalid=true], .chip-bad .chip-text"))
        {
            focus_element(&field);
        }
    });
}

/// Whether the media query matches, followed until the owner goes. Example: `(max-width: 719px)`.
pub(crate) fn media_query(query: &str) -> Signal<bool> {
    let Ok(Some(list)) = window().match_media(query) else { return Signal::stored(false) };
    let matches = RwSignal::new(list.matches());
    let watched = list.clone();
    let on_change = Closure::<dyn Fn()>::new(move || {
        matches.try_set(watched.matches());
    });
    list.set_onchange(Some(on_change.as_ref().unchecked_ref()));
    let kept = StoredValue::new_local((list, on_change));
    on_cleanup(move || {
        kept.try_with_value(|(list, _)| list.set_onchange(None));
    });
    matches.into()
}

/// Puts the text on the clipboard. False where the browser refuses, and on pages that are neither https nor localhost.
pub(crate) async fn copy_text(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Outside secure contexts the property is undefined, whatever its type says.
    if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Hears every key pressed in the window, until the owner goes.
pub(crate) fn on_document_key(handler: impl Fn(KeyboardEvent) + 'static) {
    let listener = window_event_listener(leptos::ev::keydown, handler);
    on_cleanup(move || listener.remove());
}

/// Hears an event of the window before anything inside it does, until the owner goes.
pub(crate) fn on_window_first(name: &'static str, handler: impl Fn(Event) + 'static) {
    let handler = Closure::<dyn Fn(Event)>::new(handler);
    window().add_event_listener_with_callback_and_bool(name, handler.as_ref().unchecked_ref(), true).ok();
    let kept = StoredValue::new_local(handler);
    on_cleanup(move || {
        kept.try_with_value(|handler| {
            window().remove_event_listener_with_callback_and_bool(name, handler.as_ref().unchecked_ref(), true).ok()
        });
    });
}

/// Whether the event comes from something one types into, where single-letter shortcuts must stay silent.
pub(crate) fn is_typing(event: &Event) -> bool {
    closest(event, "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]").is_some()
}

/// Says in the window's title which page this is.
pub(crate) fn set_title(page: &str) {
    document().set_title(&[page, " · Roster"].concat());
}

/// Writes one CSS property of one element. Allowed by the content security policy, unlike a `style` attribute.
pub(crate) fn set_style(element: &HtmlElement, property: &str, value: &str) {
    element.style().set_property(property, value).ok();
}

/// A length in CSS pixels, such as `12px`; fractions are dropped.
pub(crate) fn px(length: f64) -> String {
    [&(length as i64).to_string(), "px"].concat()
}
