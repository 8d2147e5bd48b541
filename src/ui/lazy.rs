//! Parts of the console in files of WebAssembly of their own, which come when they are first needed.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_split_helpers::SplitLoaderError;

use super::{
    button::{Button, ButtonVariant},
    icon::Icon,
    page::EmptyState,
};

/// What a split-off file gives: a function that draws, or the news that the file did not arrive.
pub(crate) type Split<D> = Result<D, SplitLoaderError>;
/// A split-off file on its way.
pub(crate) type Loading<D> = Pin<Box<dyn Future<Output = Split<D>>>>;

/// Draws what lies in another file as soon as that is there. The file is asked for once; until it has come, nothing is drawn.
pub(crate) fn lazy<D: Copy + Send + Sync + 'static>(
    load: fn() -> Loading<D>,
    draw: impl Fn(D) -> AnyView + Send + 'static,
) -> AnyView {
    let loaded = RwSignal::new(None::<Option<D>>);
    spawn_local(async move {
        let drawing = load().await.ok();
        loaded.try_set(Some(drawing));
    });
    let part = move || match loaded.get() {
        None => ().into_any(),
        Some(Some(drawing)) => draw(drawing),
        Some(None) => view! { <Lost /> }.into_any(),
    };
    part.into_any()
}

/// The file did not arrive: the network is away, or the server has a newer version by now.
#[component]
fn Lost() -> impl IntoView {
    let reload = || {
        location().reload().ok();
    };
    view! {
        <div class="page" role="alert">
            <EmptyState icon=Icon::Refresh title="This could not be loaded" text="The server cannot be reached, or it has a newer version.">
                <Button label="Reload" icon=Icon::Refresh variant=ButtonVariant::Primary on_click=reload />
            </EmptyState>
        </div>
    }
}
