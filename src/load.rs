//! Something a page reads from the server before it can be drawn.

use domain::Code;
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
    path: &'static str,
    state: RwSignal<Load<T>>,
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
    pub(crate) fn new(path: &'static str) -> Self {
        let loader = Self { path, state: RwSignal::new(Load::Loading), session: use_session() };
        loader.reload();
        loader
    }

    /// How far the reading is, reactively.
    pub(crate) fn state(self) -> Load<T> {
        self.state.get()
    }

    /// Reads again; what was read before stays until the answer is there.
    pub(crate) fn reload(self) {
        spawn_local(async move {
            match api::get::<T>(self.path).await {
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
        } else {
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
