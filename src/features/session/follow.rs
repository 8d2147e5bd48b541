//! Keeps what the console shows in step with what its person may do: rights that change elsewhere show within five seconds.

use std::time::Duration;

use domain::session::SessionView;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Session, SessionState};
use crate::api::{self, ApiError, Fresh};

/// How often it is asked for, while the window is visible. With the time of an answer it stays below five seconds.
const ASK_EVERY: Duration = Duration::from_secs(4);

/// One question at a time, and the tag of the last answer.
#[derive(Clone, Copy)]
struct Watch {
    session: Session,
    tag: StoredValue<Option<String>>,
    is_asking: StoredValue<bool>,
    /// Whether to ask once more: something was refused while a question was on its way.
    is_owed: StoredValue<bool>,
}

/// Asks again and again who is signed in and what they may do; at once when the window comes back, and when something was
/// refused.
pub(super) fn follow(session: Session) {
    let watch = Watch {
        session,
        tag: StoredValue::new(None),
        is_asking: StoredValue::new(false),
        is_owed: StoredValue::new(false),
    };
    if let Ok(interval) = set_interval_with_handle(move || watch.ask(), ASK_EVERY) {
        on_cleanup(move || interval.clear());
    }
    let listener = window_event_listener(ev::visibilitychange, move |_| watch.ask());
    on_cleanup(move || listener.remove());
    Effect::watch(
        api::refusals,
        move |_, _, _| {
            watch.is_owed.set_value(true);
            watch.ask();
        },
        false,
    );
}

impl Watch {
    fn ask(self) {
        let is_in = self.session.state.with_untracked(|state| matches!(state, SessionState::SignedIn(_)));
        if !is_in || document().hidden() || self.is_asking.get_value() {
            return;
        }
        self.is_asking.set_value(true);
        self.is_owed.set_value(false);
        let epoch = self.session.epoch.get_value();
        spawn_local(async move {
            let tag = self.tag.get_value();
            let answer = api::get_fresh::<SessionView>("/api/v1/session", tag.as_deref()).await;
            self.is_asking.set_value(false);
            // Whoever signed in or out meanwhile knows better.
            if self.session.epoch.get_value() == epoch {
                self.take(answer);
            }
            if self.is_owed.get_value() {
                self.ask();
            }
        });
    }

    fn take(self, answer: Result<Fresh<SessionView>, ApiError>) {
        match answer {
            Ok(Fresh::New(view, tag)) => {
                self.tag.set_value(tag);
                self.session.start(view);
            }
            Err(ApiError::Problem(problem)) if problem.status == 401 => self.session.end(),
            // What is known stays, while the server is away.
            Ok(Fresh::Unchanged) | Err(_) => {}
        }
    }
}
