//! Parts of the console in files of WebAssembly of their own, which come when they are first needed.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_split_helpers::SplitLoaderError;

use super::{
    button::{Button, ButtonVariant},
    dialog::{Dialog, DialogSize},
    dom,
    icon::Icon,
    page::{EmptyState, PageHeader, Skeleton},
};

/// What is there sooner than this needs nothing in its place: that would only flash.
const UNSEEN: Duration = Duration::from_millis(150);

const LOST: &str = "This could not be loaded";
const WHY: &str = "The server cannot be reached, or it has a newer version.";

/// What a split-off file gives: a function that draws, or the news that the file did not arrive.
pub(crate) type Split<D> = Result<D, SplitLoaderError>;
/// A split-off file on its way.
pub(crate) type Loading<D> = Pin<Box<dyn Future<Output = Split<D>>>>;

/// What stands in the place of a part while its file is on its way, and when that did not arrive.
#[derive(Clone)]
pub(crate) enum Stead {
    /// A page of the shell. If it has the focus by then, the part's heading gets it.
    Page,
    /// A dialog with this title, which can be closed.
    Dialog(&'static str, Callback<()>),
    /// What this draws around it.
    Within(Arc<dyn Fn(AnyView) -> AnyView + Send + Sync>),
}

#[derive(Clone, Copy)]
enum Arrival<D> {
    Coming,
    Here(D),
    Lost,
}

#[derive(Clone, Copy)]
struct Part<D: Copy + Send + Sync + 'static> {
    load: fn() -> Loading<D>,
    arrival: RwSignal<Arrival<D>>,
    busy: RwSignal<bool>,
    is_slow: RwSignal<bool>,
    /// The id of what stands in its place, where that is a page.
    id: StoredValue<String>,
}

/// Draws what lies in another file as soon as that is there, and what stands in its stead before.
pub(crate) fn lazy<D: Copy + Send + Sync + 'static>(
    load: fn() -> Loading<D>,
    stead: Stead,
    draw: impl Fn(D) -> AnyView + Send + 'static,
) -> AnyView {
    let part = Part {
        load,
        arrival: RwSignal::new(Arrival::Coming),
        busy: RwSignal::new(false),
        is_slow: RwSignal::new(matches!(stead, Stead::Page)),
        id: StoredValue::new(dom::unique_id("part")),
    };
    part.fetch();
    if !part.is_slow.get_untracked() {
        let show = move || {
            part.is_slow.try_set(true);
        };
        set_timeout(show, UNSEEN);
    }
    let drawn = move || match part.arrival.get() {
        Arrival::Here(drawing) => draw(drawing),
        Arrival::Lost => part.lost(&stead),
        Arrival::Coming if part.is_slow.get() => part.coming(&stead),
        Arrival::Coming => ().into_any(),
    };
    drawn.into_any()
}

impl<D: Copy + Send + Sync + 'static> Part<D> {
    /// Asks for the file; what failed before is asked for anew.
    fn fetch(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let drawing = (self.load)().await.ok();
            // Whoever went on to another page left nothing to be drawn.
            let Some(before) = self.arrival.try_get_untracked() else { return };
            self.busy.set(false);
            let had_focus = self.has_focus();
            match (drawing, before) {
                (Some(drawing), _) => self.arrival.set(Arrival::Here(drawing)),
                // It says so already, and its button keeps the focus.
                (None, Arrival::Lost) => return,
                (None, _) => self.arrival.set(Arrival::Lost),
            }
            if had_focus {
                request_animation_frame(dom::focus_page);
            }
        });
    }

    fn has_focus(self) -> bool {
        let stead = dom::element(&self.id.get_value());
        stead.zip(dom::focused()).is_some_and(|(stead, focused)| stead.contains(Some(&focused)))
    }

    fn coming(self, stead: &Stead) -> AnyView {
        let bars = || view! { <p class="sr-only">"Loading…"</p> <Skeleton lines=6 /> };
        match stead {
            Stead::Page => view! {
                <div class="page" id=self.id.get_value() tabindex="-1" aria-busy="true">
                    <h1 class="sr-only">"Loading…"</h1>
                    <Skeleton lines=6 />
                </div>
            }
            .into_any(),
            Stead::Dialog(title, on_close) => {
                let on_close = *on_close;
                view! { <Dialog title=*title size=DialogSize::Small on_close=on_close>{bars()}</Dialog> }.into_any()
            }
            Stead::Within(frame) => frame(bars().into_any()),
        }
    }

    /// The file did not arrive: the network is away, or the server has a newer version by now.
    fn lost(self, stead: &Stead) -> AnyView {
        match stead {
            Stead::Page => view! {
                <div class="page" id=self.id.get_value() role="alert">
                    <PageHeader title=LOST />
                    <EmptyState icon=Icon::Warning title=WHY>{self.ways_on()}</EmptyState>
                </div>
            }
            .into_any(),
            Stead::Dialog(_, on_close) => {
                let on_close = *on_close;
                let footer = move || view! { <Button label="Close" on_click=on_close /> {self.ways_on()} };
                view! {
                    <Dialog title=LOST size=DialogSize::Small on_close=on_close footer=footer>
                        <p class="prose" role="alert">{WHY}</p>
                    </Dialog>
                }
                .into_any()
            }
            Stead::Within(frame) => frame(
                view! {
                    <div role="alert">
                        <EmptyState icon=Icon::Warning title=LOST text=WHY>{self.ways_on()}</EmptyState>
                    </div>
                }
                .into_any(),
            ),
        }
    }

    fn ways_on(self) -> impl IntoView {
        let reload = || {
            location().reload().ok();
        };
        view! {
            <div class="row-of">
                <Button label="Reload page" on_click=reload />
                <Button label="Retry" icon=Icon::Refresh variant=ButtonVariant::Primary busy=self.busy on_click=move || self.fetch() />
            </div>
        }
    }
}
