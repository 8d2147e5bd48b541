//! Leaving a page with unsaved changes: a question before it, whether by a link, by Back, by another act, or by closing the tab.

use std::sync::Arc;

use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MouseEvent};

use super::{confirm::ConfirmDialog, dom};

type Act = Arc<dyn Fn() + Send + Sync>;

/// Knows whether anything on the page is unsaved. A context that `UiRoot` provides; get it by [`use_leave`].
#[derive(Clone, Copy)]
pub(crate) struct Leave {
    /// Whether each form of the page is changed; those of pages that are gone say nothing.
    forms: StoredValue<Vec<Signal<bool>>>,
    /// What would leave the page, while the question is open.
    asked: RwSignal<Option<Act>>,
    /// The path and the whole address of the page that is shown.
    here: StoredValue<(String, String)>,
    /// Whether the next Back is one that was asked about already.
    is_back_free: StoredValue<bool>,
}

/// Who asks before a page is left. Outside of a `UiRoot` nobody does.
pub(crate) fn use_leave() -> Leave {
    use_context().unwrap_or_else(Leave::new)
}

impl Leave {
    pub(super) fn new() -> Self {
        Self {
            forms: StoredValue::new(Vec::new()),
            asked: RwSignal::new(None),
            here: StoredValue::new(Default::default()),
            is_back_free: StoredValue::new(false),
        }
    }

    /// Asks before the page is left while the form is changed, as long as the signal lives.
    pub(crate) fn guard(self, is_changed: Signal<bool>) {
        self.forms.update_value(|forms| {
            forms.retain(|form| form.try_get_untracked().is_some());
            forms.push(is_changed);
        });
    }

    /// Does what leaves the page; asks first while something on it is unsaved. Links and Back are asked about by themselves.
    pub(crate) fn first_ask(self, act: impl Fn() + Send + Sync + 'static) {
        if self.is_held() {
            self.asked.set(Some(Arc::new(act)));
        } else {
            act();
        }
    }

    /// The same for an act that goes to an address, which may be of the page that is shown.
    pub(crate) fn first_ask_for(self, href: &str, act: impl Fn() + Send + Sync + 'static) {
        if leads_elsewhere(href, &window().location().pathname().unwrap_or_default()) {
            self.first_ask(act);
        } else {
            act();
        }
    }

    fn is_held(self) -> bool {
        self.forms.with_value(|forms| forms.iter().any(|form| form.try_get_untracked() == Some(true)))
    }

    /// Does what was asked about. The forms go with their page: if the act fails, the page stays, and so does its guard.
    fn discard(self) {
        if let Some(act) = self.asked.try_update(Option::take).flatten() {
            act();
        }
    }
}

/// The question, and the listening for what would leave. Mounted once, inside the router.
#[component]
pub(crate) fn LeaveQuestion() -> impl IntoView {
    let leave = use_leave();
    let (location, navigate) = (use_location(), use_navigate());
    let path = location.pathname;
    // Before the router hears them, which then leaves alone what is prevented or does not reach it.
    dom::on_window_first("click", move |event| {
        if let Some(href) = path.with_untracked(|path| left_by(&event, path))
            && leave.is_held()
        {
            event.prevent_default();
            let navigate = navigate.clone();
            leave.first_ask(move || navigate(&href, NavigateOptions::default()));
        }
    });
    Effect::new(move |_| {
        let (path, search) = (path.get(), location.search.get());
        let mark = if search.is_empty() { "" } else { "?" };
        let address = [path.as_str(), mark, &search].concat();
        leave.here.set_value((path, address));
    });
    let listener = window_event_listener(ev::beforeunload, move |event| {
        if leave.is_held() {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
    let is_asked = Memo::new(move |_| leave.asked.with(Option::is_some));
    move || {
        is_asked.get().then(|| {
            view! {
                <ConfirmDialog
                    title="Discard changes?"
                    text="What you changed on this page is not saved yet."
                    confirm="Discard changes"
                    danger=true
                    on_confirm=move || leave.discard()
                    on_close=move || {
                        leave.asked.try_set(None);
                    }
                />
            }
        })
    }
}

/// Asks before Back and Forward leave the page. Called before the router exists: browsers tell the window's listeners in the
/// order in which they were added.
pub(super) fn hold_back(leave: Leave) {
    dom::on_window_first("popstate", move |event| {
        let (path, address) = leave.here.get_value();
        let is_left = window().location().pathname().ok().as_ref() != Some(&path);
        let is_free = leave.is_back_free.try_update_value(std::mem::take).unwrap_or_default();
        if is_left && !is_free && leave.is_held() {
            event.stop_immediate_propagation();
            // The address has changed already: it is put back on top of the one that was gone to.
            history(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&address)));
            leave.first_ask(move || {
                leave.is_back_free.set_value(true);
                history(web_sys::History::back);
            });
        }
    });
}

fn history(act: impl FnOnce(&web_sys::History) -> Result<(), JsValue>) {
    window().history().and_then(|history| act(&history)).ok();
}

/// Where a click leads that opens another page of the console in this tab.
fn left_by(event: &Event, path: &str) -> Option<String> {
    let click = event.dyn_ref::<MouseEvent>()?;
    if click.button() != 0 || click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key() {
        return None;
    }
    let href = dom::closest(event, "a[href^='/']:not([target], [download])")?.get_attribute("href")?;
    leads_elsewhere(&href, path).then_some(href)
}

/// Whether an address is of another page than the one at `path`.
fn leads_elsewhere(href: &str, path: &str) -> bool {
    href.split(['?', '#']).next() != Some(path)
}

#[cfg(test)]
mod tests {
    use super::leads_elsewhere;

    #[test]
    fn another_filter_is_the_same_page() {
        let cases = [
            ("/settings", false),
            ("/settings?tab=seats", false),
            ("/settings#seats", false),
            ("/", true),
            ("/settings/seats", true),
        ];
        for (href, expected) in cases {
            assert_eq!(leads_elsewhere(href, "/settings"), expected, "{href}");
        }
    }
}
