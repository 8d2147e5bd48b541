//! Badges: a word in a tone, for statuses and kinds.

use leptos::prelude::*;

use super::icon::Icon;

/// What a colour means. Never the only carrier of the meaning: a word stands beside it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing in particular; the default.
    #[default]
    Neutral,
    /// The accent colour.
    Accent,
    /// As it should be.
    Success,
    /// Needs attention soon.
    Warning,
    /// Failed, or takes something away.
    Danger,
    /// Worth knowing.
    Info,
}

impl Tone {
    /// The class that sets the tone's colours.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Accent => "tone-accent",
            Self::Success => "tone-success",
            Self::Warning => "tone-warning",
            Self::Danger => "tone-danger",
            Self::Info => "tone-info",
        }
    }

    /// The icon that goes with the tone in messages and banners.
    pub(crate) fn icon(self) -> Icon {
        match self {
            Self::Success => Icon::Check,
            Self::Warning | Self::Danger => Icon::Warning,
            Self::Neutral | Self::Accent | Self::Info => Icon::Info,
        }
    }
}

/// A small label in a tone.
#[component]
pub(crate) fn Badge(
    /// The word.
    #[prop(into)]
    label: Signal<String>,
    /// Its tone. Default: neutral.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// An icon instead of the dot. Default: a dot.
    #[prop(optional, into)]
    icon: Option<Icon>,
) -> impl IntoView {
    let dot = if icon.is_none() { "badge badge-dot " } else { "badge " };
    view! {
        <span class=move || [dot, tone.get().class()].concat()>{icon.map(|icon| view! { <Icon icon=icon /> })} {label}</span>
    }
}
