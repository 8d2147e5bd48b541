//! A quiet word while the server cannot be reached, which goes by itself when it is back.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::ui::Icon;

/// How often the server is asked for a sign of life while it is away.
const PROBE_EVERY: Duration = Duration::from_secs(3);

/// Says so from the second failure on: one request may fail for reasons of its own.
#[component]
pub(super) fn ConnectionBanner() -> impl IntoView {
    let is_away = Memo::new(|_| api::is_away());
    let is_shown = RwSignal::new(false);
    Effect::new(move |_| {
        is_shown.set(false);
        if is_away.get() {
            let probe = move || {
                spawn_local(async move {
                    api::probe().await;
                    is_shown.try_set(is_away.try_get_untracked().unwrap_or(false));
                });
            };
            if let Ok(interval) = set_interval_with_handle(probe, PROBE_EVERY) {
                on_cleanup(move || interval.clear());
            }
        }
    });
    view! {
        <div class="connection" role="status">
            {move || {
                is_shown
                    .get()
                    .then(|| {
                        view! {
                            <p>
                                <Icon icon=Icon::Warning />
                                "The server cannot be reached. Trying again…"
                            </p>
                        }
                    })
            }}
        </div>
    }
}
