//! Something a page reads from the server before it can be drawn.

use domain::Code;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use crate::api::{self, ApiError};
use crate::features::session::{Session, use_session};
use crate::ui::{Button, EmptyState, Icon, Skeleton};

/// How far the reading is.
#[derive(Clone)]
pub(crate) enum Load<T> {
    Loading,
    Ready(T),
    Failed(String),
}

/// Reads one address, and again when asked.
pub(crate) struct Loader<T: Send + Sync + 'static> {
    path: StoredValue<String>,
    state: RwSignal<Load<T>>,
    /// How often it was asked for or told: answers to older questions are not taken.
    asked: StoredValue<u32>,
    session: Session,
}

impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Loader<T> {
    /// Begins to read.
    pub(crate) fn new(path: impl Into<String>) -> Self {
        let loader = Self::with_state(path.into(), Load::Loading);
        loader.reload();
        loader
    }

    /// Of what is known already, to be read again when asked.
    pub(crate) fn known(path: impl Into<String>, value: T) -> Self {
        Self::with_state(path.into(), Load::Ready(value))
    }

    fn with_state(path: String, state: Load<T>) -> Self {
        Self {
            path: StoredValue::new(path),
            state: RwSignal::new(state),
            asked: StoredValue::new(0),
            session: use_session(),
        }
    }

    /// How far the reading is, reactively.
    pub(crate) fn state(self) -> Load<T> {
        self.state.get()
    }

    /// Something of what was read, reactively; none before, and after its page has gone.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.state.try_with(|state| if let Load::Ready(value) = state { Some(read(value)) } else { None }).flatten()
    }

    /// Why nothing could be read, reactively; none while it is on its way, and where it is there.
    pub(crate) fn failure(self) -> Option<String> {
        self.state.with(|state| if let Load::Failed(reason) = state { Some(reason.clone()) } else { None })
    }

    /// Reads again whenever the window comes back.
    pub(crate) fn follow_window(self) -> Self {
        let listener = window_event_listener(ev::visibilitychange, move |_| {
            if !document().hidden() {
                self.reload();
            }
        });
        on_cleanup(move || listener.remove());
        self
    }

    /// Takes what is known already, such as the answer to a change.
    pub(crate) fn set(self, value: T) {
        self.asked.try_update_value(|asked| *asked = asked.wrapping_add(1));
        self.state.try_set(Load::Ready(value));
    }

    /// Reads again; what was read before stays until the answer is there.
    pub(crate) fn reload(self) {
        let Some(path) = self.path.try_get_value() else { return };
        let asked = self.asked.try_update_value(|asked| {
            *asked = asked.wrapping_add(1);
            *asked
        });
        spawn_local(async move {
            let answer = api::get::<T>(&path).await;
            if self.asked.try_get_value() != asked {
                return;
            }
            match answer {
                Ok(value) => {
                    self.state.try_set(Load::Ready(value));
                }
                Err(error) => self.fail(error),
            }
        });
    }

    fn fail(self, error: ApiError) {
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
        } else if error != ApiError::Offline || untrack(|| self.with(|_| ())).is_none() {
            // What was read stays while the server is away.
            self.state.try_set(Load::Failed(error.message()));
        }
    }

    /// Draws what was read; grey bars before, and the reason with a way to try again where it failed.
    pub(crate) fn draw<V: IntoView + 'static>(self, ready: impl Fn(T) -> V + Send + 'static) -> impl IntoView {
        move || match self.state() {
            Load::Loading => view! { <Skeleton lines=6 /> }.into_any(),
            Load::Ready(value) => ready(value).into_any(),
            Load::Failed(reason) => view! {
                <EmptyState icon=Icon::Warning title="This could not be loaded" text=reason>
                    <Button label="Retry" icon=Icon::Refresh on_click=move || self.reload() />
                </EmptyState>
            }
            .into_any(),
        }
    }
}
