//! Whether somebody is at the page: what the console asks while nobody is keeps no session alive.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::{on_cleanup, set_interval_with_handle};

use crate::ui::dom;

/// Whoever did nothing for one to two times so long is taken to be away.
const AWAY_AFTER: Duration = Duration::from_secs(30);

/// By which a person shows that they are there.
const SIGNS: [&str; 4] = ["pointerdown", "pointermove", "keydown", "wheel"];

thread_local! {
    // Whoever loads the page is there.
    static NOW: Cell<bool> = const { Cell::new(true) };
    static BEFORE: Cell<bool> = const { Cell::new(true) };
}

/// Begins to watch for signs of a person, until the owner goes.
pub(crate) fn watch() {
    for sign in SIGNS {
        dom::on_window_first(sign, |_| NOW.set(true));
    }
    let turn = || BEFORE.set(NOW.replace(false));
    if let Ok(interval) = set_interval_with_handle(turn, AWAY_AFTER) {
        on_cleanup(move || interval.clear());
    }
}

/// Whether somebody was at the page a short while ago.
pub(crate) fn is_there() -> bool {
    NOW.get() || BEFORE.get()
}
