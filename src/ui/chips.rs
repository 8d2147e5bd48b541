//! What the two inputs with chips share: the chips, and how the keyboard walks them.

use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{dom, icon::Icon};

const BOX: &str = ".chips-box";
const CHIP: &str = ".chip-text";
const INPUT: &str = ".chips-input";

/// What screen readers are told about the keyboard.
pub(super) const KEYS_HINT: &str = "Left arrow moves to the entries, Delete removes one.";

/// A chip as it is drawn.
pub(super) struct Chip {
    pub(super) text: String,
    pub(super) error: Option<String>,
    pub(super) note: Option<String>,
    pub(super) removable: bool,
}

/// What a key or a click on a chip asks for.
pub(super) enum ChipAct {
    Remove(usize),
    Edit(usize),
}

pub(super) fn chip_list(label: Signal<String>, chips: Vec<Chip>) -> impl IntoView {
    let empty = chips.is_empty();
    let chips: Vec<_> = chips.into_iter().map(chip_view).collect();
    view! {
        <ul class="chips" aria-label=label hidden=empty>
            {chips}
        </ul>
    }
}

fn chip_view(chip: Chip) -> impl IntoView {
    let Chip { text, error, note, removable } = chip;
    let class = match (&error, &note) {
        (Some(_), _) => "chip chip-bad",
        (None, Some(_)) => "chip chip-noted",
        (None, None) => "chip",
    };
    let bad = error.is_some();
    let why = error.or(note);
    let name = match &why {
        Some(why) => [&text, ", ", why].concat(),
        None => text.clone(),
    };
    let remove = ["Remove ", &text].concat();
    view! {
        <li class=class>
            <button type="button" class="chip-text" tabindex="-1" aria-label=name data-tip=why>
                {bad.then(|| view! { <Icon icon=Icon::Warning /> })}
                <span>{text}</span>
            </button>
            {removable
                .then(|| {
                    view! {
                        <button type="button" class="chip-x" tabindex="-1" aria-label=remove>
                            <Icon icon=Icon::X />
                        </button>
                    }
                })}
        </li>
    }
}

/// Moves the focus between chips and input, or says what the key asks for.
pub(super) fn chip_key(event: &KeyboardEvent) -> Option<ChipAct> {
    let frame = dom::closest(event, BOX)?;
    let chips = dom::query_all(&frame, CHIP);
    let key = event.key();
    let Some(chip) = dom::closest(event, CHIP) else {
        let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
        let at_start = input.selection_start() == Ok(Some(0)) && input.selection_end() == Ok(Some(0));
        if at_start && (key == "ArrowLeft" || key == "Backspace") {
            event.prevent_default();
            chips.last().map(dom::focus_element);
        }
        return None;
    };
    let at = chips.iter().position(|other| *other == chip)?;
    let target = match key.as_str() {
        "ArrowLeft" => chips.get(at.saturating_sub(1)).cloned(),
        "ArrowRight" => chips.get(at + 1).cloned().or_else(|| dom::query(&frame, INPUT)),
        "Home" => chips.first().cloned(),
        "End" => dom::query(&frame, INPUT),
        "Delete" | "Backspace" => {
            event.prevent_default();
            refocus(frame, at);
            return Some(ChipAct::Remove(at));
        }
        "Enter" | "F2" => {
            event.prevent_default();
            return Some(ChipAct::Edit(at));
        }
        _ => return None,
    };
    event.prevent_default();
    target.as_ref().map(dom::focus_element);
    None
}

/// After the removal is drawn: the chip that took the place, the one before, or the input.
fn refocus(frame: web_sys::HtmlElement, at: usize) {
    request_animation_frame(move || {
        let chips = dom::query_all(&frame, CHIP);
        let next = chips.get(at).or(chips.last()).cloned().or_else(|| dom::query(&frame, INPUT));
        next.as_ref().map(dom::focus_element);
    });
}

/// A click on a cross removes its chip; one beside the chips goes to the input; a double click edits.
pub(super) fn chip_click(event: &MouseEvent) -> Option<ChipAct> {
    let frame = dom::closest(event, BOX)?;
    let index = |selector: &str| {
        let hit = dom::closest(event, selector)?;
        dom::query_all(&frame, selector).iter().position(|other| *other == hit)
    };
    if dom::closest(event, ".chip-x").is_some() {
        // Chips without a cross exist, so the place among the crosses is not the place among the chips.
        let item = dom::closest(event, ".chip")?;
        let at = dom::query_all(&frame, ".chip").iter().position(|other| *other == item)?;
        focus_input(&frame);
        return Some(ChipAct::Remove(at));
    }
    if let Some(at) = index(CHIP) {
        return (event.detail() > 1).then_some(ChipAct::Edit(at));
    }
    focus_input(&frame);
    None
}

fn focus_input(frame: &web_sys::HtmlElement) {
    dom::query(frame, INPUT).as_ref().map(dom::focus_element);
}
