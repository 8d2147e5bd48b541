//! A preview that follows a change while it is being put together, and gives the basis on which it is applied.

use std::sync::Arc;
use std::time::Duration;

use domain::Code;
use domain::previews::{Preview, PreviewRequest};
use leptos::{prelude::*, task::spawn_local};

use crate::api::Change;
use crate::features::session::{Session, use_session};

const PATH: &str = "/api/v1/previews";
/// How long the change rests before it is previewed anew.
const REST: Duration = Duration::from_millis(200);

/// How far the preview is.
#[derive(Clone)]
pub(super) enum Stage {
    /// There is no change yet.
    Idle,
    Computing,
    Ready(Arc<Preview>),
    Failed(String),
}

/// The preview of a change, to be shown by `PreviewPanel`.
#[derive(Clone, Copy)]
pub(crate) struct LivePreview {
    pub(super) stage: RwSignal<Stage>,
    /// How often it was asked for anew.
    round: RwSignal<u32>,
    session: Session,
}

impl LivePreview {
    /// Follows a change: none while there is nothing to preview. The first one is previewed at once, the others when they
    /// have rested.
    pub(crate) fn new(request: impl Into<Signal<Option<PreviewRequest>>>) -> Self {
        let request = request.into();
        let preview = Self { stage: RwSignal::new(Stage::Idle), round: RwSignal::new(0), session: use_session() };
        // As the wire has it: a signal that was set to the same change again asks nothing anew.
        let asked = Memo::new(move |_| {
            let body = request.with(|request| request.as_ref().and_then(|request| serde_json::to_string(request).ok()));
            (preview.round.get(), body)
        });
        Effect::new(move |before: Option<()>| {
            let question = asked.get();
            if question.1.is_none() {
                return preview.stage.set(Stage::Idle);
            }
            preview.stage.set(Stage::Computing);
            let ask = move || preview.ask(asked, question);
            if before.is_none() {
                ask();
            } else if let Ok(rest) = set_timeout_with_handle(ask, REST) {
                on_cleanup(move || rest.clear());
            }
        });
        preview
    }

    /// Computes it anew, as after an apply that was refused because the world has changed.
    pub(crate) fn again(self) {
        self.round.try_update(|round| *round = round.wrapping_add(1));
    }

    /// For `Change::basis` of the request that makes the change, not reactively; none where no preview is shown.
    pub(crate) fn basis(self) -> Option<String> {
        self.stage
            .with_untracked(|stage| if let Stage::Ready(preview) = stage { Some(preview.basis.clone()) } else { None })
    }

    /// Why the change cannot be applied yet, or would do nothing, for the button's `disabled_reason`; empty when it can,
    /// and while there is no change.
    pub(crate) fn waits(self) -> Signal<String> {
        Signal::derive(move || {
            self.stage.with(|stage| match stage {
                Stage::Idle => String::new(),
                Stage::Ready(preview) => preview.refusal().unwrap_or_default(),
                Stage::Computing => "What will change is still being computed.".to_owned(),
                Stage::Failed(_) => "What will change could not be computed.".to_owned(),
            })
        })
    }

    fn ask(self, asked: Memo<(u32, Option<String>)>, question: (u32, Option<String>)) {
        spawn_local(async move {
            let body = question.1.clone().unwrap_or_default();
            let answer = Change::post(PATH).send_text::<Preview>(body).await;
            // The answer to an older question is too late.
            if asked.try_with_untracked(|now| *now == question) != Some(true) {
                return;
            }
            let stage = match answer {
                Ok(preview) => Stage::Ready(Arc::new(preview)),
                Err(error) if error.code() == Some(Code::NotSignedIn) => return self.session.end(),
                Err(error) => Stage::Failed(error.first_message()),
            };
            self.stage.try_set(stage);
        });
    }
}
