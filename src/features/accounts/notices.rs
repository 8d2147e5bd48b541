//! What stands where the list has nothing to show, or cannot be brought up to date.

use leptos::prelude::*;

use super::address::Address;
use super::desk::Desk;
use super::list::ListState;
use crate::ui::{Banner, Button, ButtonVariant, EmptyState, Icon, Tone};

/// In place of rows: why there are none, and what can be done about it.
#[component]
pub(crate) fn NoRows(
    /// The list.
    desk: Desk,
    /// Where filters are taken back.
    address: Address,
    /// What stands here when nothing was left out.
    #[prop(into)]
    none: ViewFn,
) -> impl IntoView {
    let list = desk.list;
    let clear = move || {
        address.change(|filters| {
            *filters = filters.cleared();
        });
    };
    move || match list.state.get() {
        ListState::Waiting => ().into_any(),
        ListState::Failed(why) => view! {
            <EmptyState icon=Icon::Warning title="The list could not be loaded" text=why>
                <Button label="Retry" icon=Icon::Refresh on_click=move || list.retry() />
            </EmptyState>
        }
        .into_any(),
        ListState::Shown if list.shown().is_narrowed() => view! {
            <EmptyState icon=Icon::Search title="Nothing found" text="Nothing fits the search and the filters.">
                <Button label="Clear filters" on_click=clear />
            </EmptyState>
        }
        .into_any(),
        ListState::Shown => none.run(),
    }
}

/// Says that what is shown may be out of date, and why.
#[component]
pub(crate) fn Trouble(
    /// The list.
    desk: Desk,
) -> impl IntoView {
    let list = desk.list;
    move || {
        list.trouble.get().map(|why| {
            view! {
                <div class="list-notice">
                    <Banner tone=Tone::Warning title="What you see may be out of date" text=why announce=true>
                        <Button label="Retry" icon=Icon::Refresh variant=ButtonVariant::Secondary on_click=move || list.retry() />
                    </Banner>
                </div>
            }
        })
    }
}
