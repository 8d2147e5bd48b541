//! Puts a popup of the top layer beside the element it belongs to.

use web_sys::{Element, HtmlElement};

use super::dom::{px, set_style};
use leptos::prelude::window;

/// The pixels between a popup and its anchor, and between it and the edge of the window.
const GAP: f64 = 4.0;
const EDGE: f64 = 8.0;

/// Which edges of anchor and popup meet.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Align {
    /// The left edges; the default.
    #[default]
    Start,
    /// The right edges.
    End,
    /// The middles.
    Centre,
    /// Both edges: the popup is as wide as the anchor.
    Stretch,
}

/// Shows the popover and puts it below the anchor, or above where there is more room, always inside the window.
pub(crate) fn show(popup: &HtmlElement, anchor: &Element, align: Align) {
    popup.show_popover().ok();
    place(popup, anchor, align);
}

/// Moves a shown popover to its anchor.
pub(crate) fn place(popup: &HtmlElement, anchor: &Element, align: Align) {
    let view = window();
    let number = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (width, height) = (number(view.inner_width()), number(view.inner_height()));
    let at = anchor.get_bounding_client_rect();
    if align == Align::Stretch {
        set_style(popup, "width", &px(at.width()));
    }
    let room_below = height - at.bottom() - GAP - EDGE;
    let room_above = at.top() - GAP - EDGE;
    set_style(popup, "max-height", "none");
    let size = popup.get_bounding_client_rect();
    let below = size.height() <= room_below || room_below >= room_above;
    let room = if below { room_below } else { room_above };
    let tall = size.height().min(room);
    let top = if below { at.bottom() + GAP } else { at.top() - GAP - tall };
    let left = match align {
        Align::Start | Align::Stretch => at.left(),
        Align::End => at.right() - size.width(),
        Align::Centre => at.left() + (at.width() - size.width()) / 2.0,
    };
    set_style(popup, "left", &px(left.min(width - size.width() - EDGE).max(EDGE)));
    set_style(popup, "top", &px(top.max(EDGE)));
    set_style(popup, "max-height", &px(room));
}
