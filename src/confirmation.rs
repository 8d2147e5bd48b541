//! The question "Confirm that it is you": asked before a sensitive act is repeated, whoever sent that.

use std::cell::RefCell;

use js_sys::{Function, Promise};
use leptos::prelude::{ArcRwSignal, Get, Set};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    static IS_ASKED: ArcRwSignal<bool> = ArcRwSignal::new(false);
    /// Those who wait for the answer; several acts at once share one question.
    static WAITING: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
}

/// Whether the question is open, reactively.
pub(crate) fn is_asked() -> bool {
    IS_ASKED.with(ArcRwSignal::clone).get()
}

/// Asks, and waits: true once the person has proved to be there, false where they gave up.
pub(crate) async fn ask() -> bool {
    let answer = Promise::new(&mut |resolve, _| WAITING.with_borrow_mut(|waiting| waiting.push(resolve)));
    IS_ASKED.with(ArcRwSignal::clone).set(true);
    JsFuture::from(answer).await.is_ok_and(|proved| proved.is_truthy())
}

/// Closes the question, and lets those go on who wait for it.
pub(crate) fn answer(is_proved: bool) {
    IS_ASKED.with(ArcRwSignal::clone).set(false);
    for resolve in WAITING.take() {
        resolve.call1(&JsValue::UNDEFINED, &JsValue::from_bool(is_proved)).ok();
    }
}
