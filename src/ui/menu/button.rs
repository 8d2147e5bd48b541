//! The button that opens a menu.

use leptos::{ev::KeyboardEvent, html::Button, prelude::*};

use super::{
    item::MenuItem,
    popup::{MenuState, popup},
};
use crate::ui::{
    button::{ButtonSize, ButtonVariant, button_class},
    icon::Icon,
    place::Align,
};

/// At which edge of the button the menu hangs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum MenuAlign {
    /// The left edge; the default.
    #[default]
    Start,
    /// The right edge, for buttons at the right of the page.
    End,
}

/// A button with a menu. Nothing of the menu exists until it is opened, so every row of a table can have one.
#[component]
pub(crate) fn MenuButton(
    /// What the menu is for: the button's text, or its tooltip and name where only an icon or a `face` shows.
    #[prop(into)]
    label: Signal<String>,
    /// The lines of the menu, asked for at each opening.
    #[prop(into)]
    items: Callback<(), Vec<MenuItem>>,
    /// Shows only this icon. Default: the label with an arrow.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// Shows this instead of the label, such as an avatar. Default: the label.
    #[prop(optional, into)]
    face: Option<ViewFnOnce>,
    /// Its weight. Default: secondary; quiet with an icon or a face.
    #[prop(optional)]
    variant: Option<ButtonVariant>,
    /// Its height. Default: medium.
    #[prop(optional)]
    size: ButtonSize,
    /// At which edge the menu hangs. Default: the left.
    #[prop(optional)]
    align: MenuAlign,
    /// The element's id. Default: none.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let trigger = NodeRef::<Button>::new();
    let align = if align == MenuAlign::End { Align::End } else { Align::Start };
    let state = MenuState { open: RwSignal::new(false), last_first: StoredValue::new(false), trigger, items, align };
    let named = icon.is_some() || face.is_some();
    let variant = variant.unwrap_or(if named { ButtonVariant::Quiet } else { ButtonVariant::Secondary });
    let shape = match (icon.is_some(), face.is_some()) {
        (true, _) => " button-icon",
        (false, true) => " button-face",
        (false, false) => "",
    };
    let keydown = move |event: KeyboardEvent| {
        let key = event.key();
        if key == "ArrowDown" || key == "ArrowUp" {
            event.prevent_default();
            event.stop_propagation();
            state.show(key == "ArrowUp");
        }
    };
    let name = move || named.then(|| label.get());
    view! {
        <button
            type="button"
            id=id
            node_ref=trigger
            class=[button_class(variant, size), shape].concat()
            aria-label=name
            data-tip=name
            aria-haspopup="menu"
            aria-expanded=move || if state.open.get() { "true" } else { "false" }
            on:click=move |_| state.toggle()
            on:keydown=keydown
        >
            {match (icon, face) {
                (Some(icon), _) => view! { <Icon icon=icon /> }.into_any(),
                (None, Some(face)) => face.run(),
                (None, None) => view! {
                    <span class="button-label">{label}</span>
                    <Icon icon=Icon::ChevronDown />
                }
                .into_any(),
            }}
        </button>
        {move || state.open.get().then(|| popup(state, label))}
    }
}
