//! Buttons, icon buttons, and links that look like buttons.

use leptos::{ev::MouseEvent, prelude::*};

use super::{dom, icon::Icon};

/// How much weight a button has. At most one primary button per view.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ButtonVariant {
    /// The one act the view is for.
    Primary,
    /// Any other act; the default.
    #[default]
    Secondary,
    /// An act without a frame, for toolbars and rows.
    Quiet,
    /// An act that takes something away.
    Danger,
}

/// How tall a button is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ButtonSize {
    /// 24 pixels.
    Small,
    /// 32 pixels; the default.
    #[default]
    Medium,
    /// 40 pixels, for pages with a single act.
    Large,
}

/// What the browser does with the button inside a form.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// Nothing; the default.
    #[default]
    Button,
    /// Submits the form.
    Submit,
}

pub(super) fn button_class(variant: ButtonVariant, size: ButtonSize) -> &'static str {
    use {ButtonSize as S, ButtonVariant as V};
    match (variant, size) {
        (V::Primary, S::Small) => "button button-primary button-small",
        (V::Primary, S::Medium) => "button button-primary",
        (V::Primary, S::Large) => "button button-primary button-large",
        (V::Secondary, S::Small) => "button button-small",
        (V::Secondary, S::Medium) => "button",
        (V::Secondary, S::Large) => "button button-large",
        (V::Quiet, S::Small) => "button button-quiet button-small",
        (V::Quiet, S::Medium) => "button button-quiet",
        (V::Quiet, S::Large) => "button button-quiet button-large",
        (V::Danger, S::Small) => "button button-danger button-small",
        (V::Danger, S::Medium) => "button button-danger",
        (V::Danger, S::Large) => "button button-danger button-large",
    }
}

/// The reason, if it is not empty.
fn reason_now(reason: Option<Signal<String>>) -> Option<String> {
    reason.map(|reason| reason.get()).filter(|reason| !reason.is_empty())
}

/// A button with a text.
///
/// While `busy` or with a `disabled_reason` it stays focusable and does nothing, so that a keyboard or screen reader user learns why.
#[component]
pub(crate) fn Button(
    /// The text on the button, which is also its name.
    #[prop(into)]
    label: Signal<String>,
    /// Its weight. Default: secondary.
    #[prop(optional)]
    variant: ButtonVariant,
    /// Its height. Default: medium.
    #[prop(optional)]
    size: ButtonSize,
    /// An icon before the text. Default: none.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// Whether it submits its form. Default: no.
    #[prop(optional)]
    kind: ButtonKind,
    /// The id of the form it belongs to, where it stands outside of it, as in a dialog's footer. Default: the form around it.
    #[prop(optional, into)]
    form: Option<String>,
    /// Whether the act is under way. Shows a spinner; the width stays. Default: false.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why the act is unavailable; an empty text means that it is available. Default: available.
    #[prop(optional, into)]
    disabled_reason: Option<Signal<String>>,
    /// The element's id. Default: none.
    #[prop(optional, into)]
    id: Option<String>,
    /// Runs on click, Enter and Space, unless busy or disabled. Default: nothing, as for a submit button.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
) -> impl IntoView {
    let reason_id = disabled_reason.map(|_| dom::unique_id("why"));
    let blocked = move || busy.get() || reason_now(disabled_reason).is_some();
    let click = move |event: MouseEvent| {
        if untrack(blocked) {
            event.prevent_default();
        } else if let Some(on_click) = on_click {
            on_click.run(());
        }
    };
    view! {
        <button
            type=if kind == ButtonKind::Submit { "submit" } else { "button" }
            id=id
            form=form
            class=button_class(variant, size)
            aria-disabled=move || blocked().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-describedby=reason_id.clone()
            data-tip=move || reason_now(disabled_reason)
            on:click=click
        >
            {icon.map(|icon| view! { <Icon icon=icon /> })}
            <span class="button-label">{label}</span>
        </button>
        {disabled_reason.map(|reason| view! { <span id=reason_id hidden>{reason}</span> })}
    }
}

/// A square button that shows only an icon; its label is its name and its tooltip.
#[component]
pub(crate) fn IconButton(
    /// What it does, for the tooltip and for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The icon it shows.
    icon: Icon,
    /// Its weight. Default: quiet.
    #[prop(default = ButtonVariant::Quiet)]
    variant: ButtonVariant,
    /// Its height and width. Default: medium, 32 pixels.
    #[prop(optional)]
    size: ButtonSize,
    /// Whether it is pressed, for a toggle. Default: not a toggle.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Why the act is unavailable; an empty text means that it is available. Default: available.
    #[prop(optional, into)]
    disabled_reason: Option<Signal<String>>,
    /// The element's id. Default: none.
    #[prop(optional, into)]
    id: Option<String>,
    /// Runs on click, Enter and Space, unless disabled.
    #[prop(into)]
    on_click: Callback<()>,
) -> impl IntoView {
    let reason_id = disabled_reason.map(|_| dom::unique_id("why"));
    let click = move |_: MouseEvent| {
        if untrack(move || reason_now(disabled_reason)).is_none() {
            on_click.run(());
        }
    };
    view! {
        <button
            type="button"
            id=id
            class=[button_class(variant, size), " button-icon"].concat()
            aria-label=label
            aria-pressed=pressed.map(|pressed| move || if pressed.get() { "true" } else { "false" })
            aria-disabled=move || reason_now(disabled_reason).map(|_| "true")
            aria-describedby=reason_id.clone()
            data-tip=move || reason_now(disabled_reason).unwrap_or_else(|| label.get())
            on:click=click
        >
            <Icon icon=icon />
        </button>
        {disabled_reason.map(|reason| view! { <span id=reason_id hidden>{reason}</span> })}
    }
}

/// A link that looks like a button.
#[component]
pub(crate) fn LinkButton(
    /// The text on it.
    #[prop(into)]
    label: Signal<String>,
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// Its weight. Default: secondary.
    #[prop(optional)]
    variant: ButtonVariant,
    /// Its height. Default: medium.
    #[prop(optional)]
    size: ButtonSize,
    /// An icon before the text. Default: none.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// The file name to save under, for a download. Default: it is a page.
    #[prop(optional, into)]
    download: Option<String>,
) -> impl IntoView {
    view! {
        <a class=button_class(variant, size) href=href download=download>
            {icon.map(|icon| view! { <Icon icon=icon /> })}
            <span class="button-label">{label}</span>
        </a>
    }
}
