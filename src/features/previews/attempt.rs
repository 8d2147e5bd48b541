//! An attempt to make a change that was previewed, and the dialog it is made in.

use domain::Code;
use leptos::prelude::*;

use super::live::LivePreview;
use super::panel::PreviewPanel;
use crate::api::ApiError;
use crate::features::session::{Session, use_session};
use crate::ui::{Banner, Button, ButtonVariant, Dialog, Dismiss, Tone};

/// What a person reads when the world has changed between the preview and the apply.
const STALE: &str = "Something was changed elsewhere a moment ago, so nothing was done yet. Look at what will change now, and confirm again.";

/// One change that is being made: its preview, whether it is on its way, and why it was refused.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) preview: LivePreview,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    pub(crate) session: Session,
}

impl Attempt {
    /// For a change that this preview follows.
    pub(crate) fn new(preview: LivePreview) -> Self {
        Self { preview, busy: RwSignal::new(false), error: RwSignal::new(None), session: use_session() }
    }

    /// Begins to make it. False while it is being made already.
    pub(crate) fn begin(self) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.error.set(None);
        self.busy.set(true);
        true
    }

    /// It was not made, and why. Where the world has changed, it is previewed anew.
    pub(crate) fn fail(self, error: &ApiError) {
        self.busy.try_set(false);
        match error.code() {
            Some(Code::NotSignedIn) => self.session.end(),
            Some(Code::Stale) => {
                self.error.try_set(Some(STALE.to_owned()));
                self.preview.again();
            }
            _ => self.refuse(error.first_message()),
        }
    }

    /// It was not made, and why in words.
    pub(crate) fn refuse(self, why: String) {
        self.busy.try_set(false);
        self.error.try_set(Some(why));
    }
}

/// A dialog for a change: what is chosen, what it will do, and the button that does it. It is open while it is mounted.
#[component]
pub(crate) fn PreviewDialog(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The verb on the button, such as "Add members".
    #[prop(into)]
    confirm: Signal<String>,
    /// The change. It is previewed below what is chosen.
    attempt: Attempt,
    /// Whether the change takes something away for good. Default: no.
    #[prop(optional)]
    danger: bool,
    /// Whether there is anything to preview. Default: always.
    #[prop(optional, into)]
    has_preview: Option<Signal<bool>>,
    /// Why it cannot be made yet, beside what the preview has to say; empty when it can. Default: it can.
    #[prop(optional, into)]
    disabled_reason: Signal<String>,
    /// What stands in place of the preview while nothing is chosen.
    #[prop(default = "Nothing was chosen yet.")]
    idle: &'static str,
    /// Runs on the button.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Runs on "Cancel", Escape and the close button.
    #[prop(into)]
    on_close: Callback<()>,
    /// What is chosen here, above the preview.
    children: Children,
) -> impl IntoView {
    let waits = attempt.preview.waits();
    let reason = Signal::derive(move || {
        let own = disabled_reason.get();
        if own.is_empty() { waits.get() } else { own }
    });
    let variant = if danger { ButtonVariant::Danger } else { ButtonVariant::Primary };
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=on_close />
            <Button label=confirm variant=variant busy=attempt.busy disabled_reason=reason on_click=on_confirm />
        }
    };
    let is_shown = Memo::new(move |_| has_preview.is_none_or(|has| has.get()));
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=on_close footer=footer>
            {children()}
            {move || is_shown.get().then(|| view! { <PreviewPanel preview=attempt.preview idle=idle /> })}
            {move || attempt.error.get().map(|error| view! { <Banner tone=Tone::Danger title=error announce=true /> })}
        </Dialog>
    }
}
