//! What a field offers while one types in it, where the server is asked for what fits.

use std::future::Future;
use std::time::Duration;

use domain::{Code, secret};
use leptos::{prelude::*, task::spawn_local};

use crate::api::ApiError;
use crate::features::session::{Session, use_session};

/// How long typing rests before the server is asked.
const REST: Duration = Duration::from_millis(120);

/// What can be chosen, to be read reactively.
pub(crate) struct Offers<T: Send + Sync + 'static> {
    query: RwSignal<String>,
    found: RwSignal<Vec<T>>,
    /// Whether the answer to what is typed is on its way.
    pub(crate) loading: RwSignal<bool>,
    /// Why there is no answer to what is typed; none where there is one.
    pub(crate) trouble: RwSignal<Option<String>>,
    /// How often was asked: answers to older questions are not taken.
    asked: StoredValue<u32>,
    session: Session,
}

impl<T: Send + Sync + 'static> Clone for Offers<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Offers<T> {}

impl<T: Send + Sync + 'static> Offers<T> {
    /// Asks at once for what fits an empty field, then for what is typed, trimmed, once typing rests. What `ask` reads while it
    /// makes the question is followed: when it changes, the same is asked anew, at once.
    pub(crate) fn new<F>(ask: impl Fn(String) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Vec<T>, ApiError>> + 'static,
    {
        let offers = Self {
            query: RwSignal::new(String::new()),
            found: RwSignal::new(Vec::new()),
            loading: RwSignal::new(true),
            trouble: RwSignal::new(None),
            asked: StoredValue::new(0),
            session: use_session(),
        };
        Effect::new(move |before: Option<String>| {
            let text = offers.query.get();
            let answer = ask(text.trim().to_owned());
            let asked = offers.asked.try_update_value(|asked| {
                *asked = asked.wrapping_add(1);
                *asked
            });
            offers.loading.set(true);
            let is_typed = before.is_some_and(|before| before != text);
            let send = move || {
                spawn_local(async move {
                    let answer = answer.await;
                    // The field may have gone meanwhile.
                    if asked.is_some() && offers.asked.try_get_value() == asked {
                        offers.take(answer);
                    }
                });
            };
            if !is_typed {
                send();
            } else if let Ok(rest) = set_timeout_with_handle(send, REST) {
                on_cleanup(move || rest.clear());
            }
            text
        });
        offers
    }

    /// What is typed has changed. The same once more, as after a failure, is asked at once. Of a secret nothing is asked: it
    /// would stand in an address.
    pub(crate) fn type_text(self, text: String) {
        if !secret::has_shape(&text) {
            return self.query.set(text);
        }
        self.asked.update_value(|asked| *asked = asked.wrapping_add(1));
        self.loading.set(false);
        self.found.set(Vec::new());
        self.trouble.set(Some("This is an API token or a link, which is not looked for.".to_owned()));
    }

    /// Asks again for what is typed.
    pub(crate) fn reload(self) {
        self.query.try_update(|_| ());
    }

    /// What fits what was typed last, reactively.
    pub(crate) fn with<R>(self, read: impl FnOnce(&[T]) -> R) -> R {
        self.found.with(|found| read(found))
    }

    /// What was offered and is now chosen, not reactively; none that is not offered any more.
    pub(crate) fn find<R>(self, is_it: impl Fn(&T) -> bool, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.found.with_untracked(|found| found.iter().find(|each| is_it(each)).map(read))
    }

    fn take(self, answer: Result<Vec<T>, ApiError>) {
        self.loading.set(false);
        let (found, trouble) = match answer {
            Ok(found) => (found, None),
            Err(error) if error.code() == Some(Code::NotSignedIn) => return self.session.end(),
            // What fitted something else is not offered for this.
            Err(error) => (Vec::new(), Some(error.message())),
        };
        self.found.set(found);
        self.trouble.set(trouble);
    }
}
