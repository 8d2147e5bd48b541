//! Notices inside a page: banners, tips, and what stands where nothing is.

use leptos::prelude::*;

use crate::ui::{badge::Tone, icon::Icon};

/// A notice in the flow of a page or dialog.
#[component]
pub(crate) fn Banner(
    /// What it is about. Default: info.
    #[prop(default = Tone::Info)]
    tone: Tone,
    /// The main sentence.
    #[prop(into)]
    title: Signal<String>,
    /// More about it. Default: nothing.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    /// Whether a screen reader says it at once, for one that appears after an act. Default: no.
    #[prop(optional)]
    announce: bool,
    /// What one can do about it: buttons or links. Default: nothing.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=["banner ", tone.class()].concat() role=announce.then_some("alert")>
            <Icon icon=tone.icon() />
            <div class="banner-text">
                <strong>{title}</strong>
                {text.map(|text| view! { <p>{text}</p> })}
            </div>
            {children.map(|children| view! { <div class="banner-actions">{children()}</div> })}
        </div>
    }
}

/// A piece of advice with a bulb.
#[component]
pub(crate) fn Tip(
    /// The advice.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="tip" role="note">
            <Icon icon=Icon::Lightbulb />
            <div>{children()}</div>
        </div>
    }
}

/// What stands where a list is empty.
#[component]
pub(crate) fn EmptyState(
    /// A picture of what is missing.
    icon: Icon,
    /// What is the matter, such as "No open invitations".
    #[prop(into)]
    title: Signal<String>,
    /// Why, or what would be here. Default: nothing.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    /// The act that fills it. Default: none.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon icon=icon />
            <p class="empty-title">{title}</p>
            {text.map(|text| view! { <p class="empty-text">{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
