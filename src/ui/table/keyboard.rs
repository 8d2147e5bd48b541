//! The table's keys: arrows move between rows, Enter opens, Space selects, Tab passes through one row only.

use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusOptions, HtmlElement};

use super::scroller::Scroller;
use crate::ui::dom;

const TABBABLE: &str = "a[href], button:not([tabindex='-1']), input, select";
/// What can have the focus inside a row, also what Tab leaves out.
const CONTROLS: &str = "a[href], button, input, select, [tabindex]";
/// Where arrows have a meaning of their own: in a text, and in an opened menu.
const KEEPS_ARROWS: &str = "input:not([type=checkbox]), select, textarea, [role=menu]";

#[derive(Clone, Copy)]
pub(super) struct Keyboard {
    pub(super) scroller: Scroller,
    /// The row that has the focus, or would get it by Tab.
    pub(super) active: RwSignal<usize>,
    pub(super) on_open: Option<Callback<usize>>,
    pub(super) on_toggle: Option<Callback<usize>>,
}

impl Keyboard {
    pub(super) fn key(self, event: &KeyboardEvent) {
        if event.key() == "Tab" {
            return self.tab(event);
        }
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        // Inside a row's controls the keys are theirs.
        let is_row = target.matches("tr.row").unwrap_or(false);
        let is_frame = event.target() == event.current_target();
        let total = self.scroller.total.get_untracked();
        if (!is_row && !is_frame) || total == 0 || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let at = self.active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            "Enter" if is_row => return self.act(event, self.on_open),
            " " if is_row => return self.act(event, self.on_toggle),
            key => match self.jump(key, at, total) {
                Some(next) => next,
                None => return,
            },
        };
        event.prevent_default();
        self.go_to(next.min(total - 1));
    }

    /// Where a key leads that goes further than to the next row.
    fn jump(self, key: &str, at: usize, total: usize) -> Option<usize> {
        let (first, end) = self.scroller.visible();
        let page = (end - first).saturating_sub(2).max(1);
        match key {
            "PageDown" => Some(at + page),
            "PageUp" => Some(at.saturating_sub(page)),
            "Home" => Some(0),
            "End" => Some(total.saturating_sub(1)),
            _ => None,
        }
    }

    fn act(self, event: &KeyboardEvent, act: Option<Callback<usize>>) {
        event.prevent_default();
        if let Some(act) = act {
            act.run(self.active.get_untracked());
        }
    }

    /// Arrows leave a link or button of a row for the same one of the next row; Page Up, Page Down, Home and End leave it for
    /// the row that they lead to. It is heard before the control hears it: the button of a menu would open that instead.
    pub(super) fn leave_control(self, event: &KeyboardEvent) {
        let is_down = event.key() == "ArrowDown";
        let is_held = event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key();
        if is_held || dom::closest(event, KEEPS_ARROWS).is_some() {
            return;
        }
        let Some(row) = dom::closest(event, "tr.row") else { return };
        let Some(control) = dom::focused().filter(|control| *control != row && row.contains(Some(control))) else {
            return;
        };
        let Some(at) = self.scroller.index_of(&row) else { return };
        let total = self.scroller.total.get_untracked();
        let last = total.saturating_sub(1);
        let jump = self.jump(&event.key(), at, total);
        if jump.is_none() && !is_down && event.key() != "ArrowUp" {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        // The row of the control may be taken for another: the focus goes to the row that is shown then.
        if let Some(next) = jump {
            return self.go_to(next.min(last));
        }
        let next = if is_down { (at + 1).min(last) } else { at.saturating_sub(1) };
        if next != at {
            let place = place_in(&row, &control);
            self.go_to(next);
            if let Some(place) = place
                && let Some(row) = self.scroller.row_element(next)
                && let Some(control) = control_at(&row, place)
            {
                focus_in_place(&control);
            }
        }
    }

    /// Makes the row active, brings it into view and focuses it.
    pub(super) fn go_to(self, index: usize) {
        self.active.set(index);
        self.scroller.reveal(index);
        if let Some(row) = self.scroller.row_element(index) {
            focus_in_place(&row);
        }
    }

    /// The row that the focus comes into becomes the active one.
    pub(super) fn focus_in(self, event: &Event) {
        if let Some(index) = dom::closest(event, "tr.row").and_then(|row| self.scroller.index_of(&row))
            && self.active.get_untracked() != index
        {
            self.active.set(index);
        }
    }

    /// Tab goes from the header to the active row, through that row's controls, and then out of the table: through all rows, it would
    /// never end.
    fn tab(self, event: &KeyboardEvent) {
        let Some(frame) = self.scroller.frame.get_untracked() else { return };
        let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
        let mut headers = dom::query_all(&frame, "thead :is(button, input)");
        headers.retain(is_drawn);
        let row = dom::closest(event, "tr.row");
        match (row, event.shift_key()) {
            (Some(row), false) => {
                let last = dom::query_all(&row, TABBABLE).into_iter().rfind(is_drawn);
                if last.is_none_or(|last| last == target || row == target && !is_drawn(&last)) {
                    focus_next_sibling(&frame);
                }
            }
            (Some(row), true) if row == target => {
                event.prevent_default();
                dom::focus_element(headers.last().unwrap_or(&frame));
            }
            (None, false) if headers.last() == Some(&target) || target == *frame => {
                let total = self.scroller.total.get_untracked();
                if total > 0 {
                    event.prevent_default();
                    self.go_to(self.active.get_untracked().min(total - 1));
                }
            }
            _ => {}
        }
    }
}

/// The table has scrolled already; the browser would look for the element where it was before.
fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    element.focus_with_options(&options).ok();
}

/// Which cell of the row a control is in, and which of that cell's controls it is.
fn place_in(row: &HtmlElement, control: &HtmlElement) -> Option<(u32, usize)> {
    let cells = row.children();
    let at = (0..cells.length()).find(|at| cells.item(*at).is_some_and(|cell| cell.contains(Some(control))))?;
    let place = dom::query_all(&cells.item(at)?, CONTROLS).iter().position(|known| known == control)?;
    Some((at, place))
}

/// The control at a place; rows differ, so the cell's last one stands in. Without any, the row itself keeps the focus.
fn control_at(row: &HtmlElement, (cell, place): (u32, usize)) -> Option<HtmlElement> {
    let mut controls = dom::query_all(&row.children().item(cell)?, CONTROLS);
    controls.retain(is_drawn);
    controls.get(place).or(controls.last()).cloned()
}

/// Focuses the empty element behind the table, from where the browser goes on.
fn focus_next_sibling(frame: &HtmlElement) {
    if let Some(end) = frame.next_element_sibling().and_then(|end| end.dyn_into::<HtmlElement>().ok()) {
        dom::focus_element(&end);
    }
}

fn is_drawn(element: &HtmlElement) -> bool {
    element.offset_width() > 0
}
