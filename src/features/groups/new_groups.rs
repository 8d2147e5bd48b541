//! Groups that are made in passing: whoever sends a form waits for them.

use leptos::prelude::*;

/// What the field for groups still holds beside the chosen ones.
#[derive(Clone, Copy)]
pub(crate) struct NewGroups {
    /// How many are on their way to the server.
    under_way: RwSignal<usize>,
    /// Why the last one was not made.
    refused: RwSignal<Option<String>>,
    /// What is typed and not chosen yet.
    typed: RwSignal<String>,
}

impl NewGroups {
    pub(crate) fn new() -> Self {
        Self { under_way: RwSignal::new(0), refused: RwSignal::new(None), typed: RwSignal::new(String::new()) }
    }

    /// Whether one is being made, reactively.
    pub(crate) fn are_under_way(self) -> bool {
        self.under_way.get() > 0
    }

    /// Why the last one was not made, reactively.
    pub(crate) fn refused(self) -> Option<String> {
        self.refused.get()
    }

    /// Refuses what is typed and stands for no group: it would be lost in silence. False where there is nothing of it.
    pub(crate) fn refuse_left_over(self) -> bool {
        let typed = self.typed.with_untracked(|typed| typed.trim().to_owned());
        if !typed.is_empty() {
            self.refuse(Some(["Choose \u{201c}", &typed, "\u{201d} from the list, or clear the field."].concat()));
        }
        !typed.is_empty()
    }

    /// Something else is typed, or nothing any more: what was refused before is of no matter.
    pub(super) fn type_text(self, text: String) {
        self.typed.set(text);
        self.refused.set(None);
    }

    pub(super) fn begin(self) {
        self.refused.set(None);
        self.under_way.update(|count| *count += 1);
    }

    pub(super) fn refuse(self, why: Option<String>) {
        self.refused.try_set(why);
    }

    /// The answer has come; what was refused is known before, for whoever waits for the last one.
    pub(super) fn end(self) {
        self.under_way.try_update(|count| *count = count.saturating_sub(1));
    }
}
