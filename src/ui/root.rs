//! What the page needs once: contexts and shared overlays.

use leptos::prelude::*;

use super::{
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
    provide_clock();
    provide_theme();
    view! {
        {children()}
        <MessageRegion />
        <TooltipLayer />
    }
}
