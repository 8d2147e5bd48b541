//! What the page needs once: contexts and shared overlays.

use leptos::prelude::*;

use super::{
    leave::{Leave, hold_back},
    message::{MessageRegion, Messages},
    theme::provide_theme,
    time::provide_clock,
    tooltip::TooltipLayer,
};

/// Provides messages, clock and theme to what is inside, and holds the message region and the tooltip.
#[component]
pub(crate) fn UiRoot(
    /// The whole application.
    children: Children,
) -> impl IntoView {
    provide_context(Messages::new());
    let leave = Leave::new();
    provide_context(leave);
    hold_back(leave);
    provide_clock();
    provide_theme();
    view! {
        {children()}
        <MessageRegion />
        <TooltipLayer />
    }
}
