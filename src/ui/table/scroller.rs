//! The moving part of the table: follows the scroll position and recycles rows.

use std::collections::VecDeque;

use leptos::{
    html::{Div, Tbody},
    prelude::*,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, ResizeObserver};

use super::geometry::{Geometry, Position};
use crate::ui::dom;

/// The rows that exist, first to last, as the signals that hold which row each shows. Their order is that of the elements.
#[derive(Default)]
struct Window {
    order: VecDeque<RwSignal<usize>>,
    start: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Scroller {
    pub(super) frame: NodeRef<Div>,
    pub(super) body: NodeRef<Tbody>,
    pub(super) total: Signal<usize>,
    pub(super) row_height: Signal<f64>,
    /// The height of rows area and of the header, measured.
    pub(super) view_height: RwSignal<f64>,
    pub(super) head_height: RwSignal<f64>,
    /// How many rows exist. Grows with the window, never shrinks.
    pub(super) slots: RwSignal<usize>,
    /// Where the table's top edge stands in the spacer.
    pub(super) table_top: RwSignal<f64>,
    pub(super) on_window: Option<Callback<(usize, usize)>>,
    window: StoredValue<Window>,
    position: StoredValue<Position>,
    /// How tall rows were when the position was taken; 0 before.
    tall: StoredValue<f64>,
    told: StoredValue<(usize, usize)>,
    frame_due: StoredValue<bool>,
}

impl Scroller {
    pub(super) fn new(
        total: Signal<usize>,
        row_height: Signal<f64>,
        on_window: Option<Callback<(usize, usize)>>,
    ) -> Self {
        Self {
            frame: NodeRef::new(),
            body: NodeRef::new(),
            total,
            row_height,
            view_height: RwSignal::new(0.0),
            head_height: RwSignal::new(0.0),
            slots: RwSignal::new(0),
            table_top: RwSignal::new(0.0),
            on_window,
            window: StoredValue::new(Window::default()),
            position: StoredValue::new(Position::default()),
            tall: StoredValue::new(0.0),
            told: StoredValue::new((0, 0)),
            frame_due: StoredValue::new(false),
        }
    }

    pub(super) fn geometry(self) -> Geometry {
        Geometry { total: self.total.get(), row_height: self.row_height.get(), view_height: self.view_height.get() }
    }

    pub(super) fn start(self) -> usize {
        self.window.with_value(|window| window.start)
    }

    pub(super) fn visible(self) -> (usize, usize) {
        untrack(move || self.geometry().visible(self.position.with_value(Position::real)))
    }

    /// A fresh set of rows, for `slots` rows; the signals are made by the rows' own owner.
    pub(super) fn adopt(self, signals: Vec<RwSignal<usize>>) {
        self.window.update_value(|window| window.order = signals.into());
        request_animation_frame(move || self.follow());
    }

    pub(super) fn new_slot(self, at: usize) -> RwSignal<usize> {
        RwSignal::new(self.start() + at)
    }

    /// The element was scrolled: all work waits for the frame, however many events come before it.
    pub(super) fn scrolled(self) {
        if !self.frame_due.get_value() {
            self.frame_due.set_value(true);
            request_animation_frame(move || {
                if self.frame_due.try_update_value(|due| *due = false).is_some() {
                    self.follow();
                }
            });
        }
    }

    /// Brings the rows to where the element is scrolled, or to where the geometry now lets it be.
    pub(super) fn follow(self) {
        let Some(Some(frame)) = self.frame.try_get_untracked() else { return };
        let geometry = untrack(move || self.geometry());
        let tall = self.tall.get_value();
        let (position, correction) = if tall > 0.0 && tall != geometry.row_height {
            let position = self.position.with_value(|position| position.resized(&geometry, tall));
            (position, Some(position.scroll))
        } else {
            let scroll = f64::from(frame.scroll_top());
            self.position.with_value(|position| position.moved(&geometry, scroll))
        };
        if let Some(correction) = correction {
            frame.set_scroll_top(correction as i32);
        }
        self.settle(&geometry, position);
    }

    /// Scrolls so that the row is whole in view, and has it drawn when this returns.
    pub(super) fn reveal(self, index: usize) {
        let Some(frame) = self.frame.get_untracked() else { return };
        let geometry = untrack(move || self.geometry());
        let before = self.position.get_value();
        let real = geometry.reveal(before.real(), index);
        let (near, _) = before.moved(&geometry, before.scroll + real - before.real());
        let position = if (near.real() - real).abs() < 1.0 { near } else { Position::at(&geometry, real) };
        self.settle(&geometry, position);
        frame.set_scroll_top(position.scroll as i32);
    }

    fn settle(self, geometry: &Geometry, position: Position) {
        self.position.set_value(position);
        self.tall.set_value(geometry.row_height);
        let slots = self.window.with_value(|window| window.order.len());
        let start = geometry.start(position.real(), slots);
        self.shift_to(start);
        let top = position.table_top(geometry, start);
        if self.table_top.get_untracked() != top {
            self.table_top.set(top);
        }
        let visible = geometry.visible(position.real());
        if let Some(on_window) = self.on_window
            && self.told.get_value() != visible
        {
            self.told.set_value(visible);
            on_window.run(visible);
        }
    }

    /// Makes `start` the first row that exists. Rows that leave on one side come in on the other, element and all, so that the order of
    /// the elements stays that of the rows, as screen readers need it, and only the rows that came in are drawn anew.
    fn shift_to(self, start: usize) {
        let body = self.body.get_untracked();
        self.window.update_value(|window| {
            let slots = window.order.len();
            let down = start.saturating_sub(window.start);
            let up = window.start.saturating_sub(start);
            if down >= slots || up >= slots {
                for (at, signal) in window.order.iter().enumerate() {
                    signal.set(start + at);
                }
            } else if let Some(body) = body {
                for step in 0..down {
                    if let (Some(signal), Some(row)) = (window.order.pop_front(), body.first_element_child()) {
                        signal.set(window.start + slots + step);
                        window.order.push_back(signal);
                        self.keep_focus(&row);
                        body.append_child(&row).ok();
                    }
                }
                for step in 0..up {
                    if let (Some(signal), Some(row)) = (window.order.pop_back(), body.last_element_child()) {
                        signal.set(window.start - 1 - step);
                        window.order.push_front(signal);
                        self.keep_focus(&row);
                        body.insert_before(&row, body.first_child().as_ref()).ok();
                    }
                }
            }
            window.start = start;
        });
    }

    /// A row that leaves with the focus hands it to the table: arrow keys go on from the row where they were.
    fn keep_focus(self, row: &web_sys::Element) {
        if let Some(focused) = dom::focused()
            && row.contains(Some(&focused))
            && let Some(frame) = self.frame.get_untracked()
        {
            dom::focus_element(&frame);
        }
    }

    /// The element of a row that exists now.
    pub(super) fn row_element(self, index: usize) -> Option<HtmlElement> {
        let at = index.checked_sub(self.start())?;
        let row = self.body.get_untracked()?.children().item(u32::try_from(at).ok()?)?;
        row.dyn_into().ok()
    }

    /// Which row an element shows. Its attributes may still tell of the row it showed before.
    pub(super) fn index_of(self, row: &HtmlElement) -> Option<usize> {
        let rows = self.body.get_untracked()?.children();
        let at = (0..rows.length()).find(|at| rows.item(*at).as_ref() == Some(row.as_ref()))?;
        Some(self.start() + at as usize)
    }

    /// Measures header and rows area now and whenever the table's frame changes its size.
    pub(super) fn observe(self) {
        let measure = move || {
            let Some(Some(frame)) = self.frame.try_get_untracked() else { return };
            let head = dom::query(&frame, "thead").map_or(0.0, |head| f64::from(head.offset_height()));
            let view = f64::from(frame.client_height()) - head;
            if self.head_height.get_untracked() != head {
                self.head_height.set(head);
            }
            if self.view_height.get_untracked() != view {
                self.view_height.set(view);
            }
        };
        Effect::new(move |_| {
            let Some(frame) = self.frame.get() else { return };
            self.row_height.track();
            measure();
            let on_resize = Closure::<dyn Fn()>::new(move || self.scrolled_after(measure));
            if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
                observer.observe(&frame);
                let kept = StoredValue::new_local((observer, on_resize));
                on_cleanup(move || {
                    kept.try_with_value(|(observer, _)| observer.disconnect());
                });
            }
        });
        Effect::new(move |_| {
            let needed = self.geometry().slots();
            if needed > self.slots.get_untracked() {
                self.slots.set(needed);
            }
            // The spacer's new height must be drawn before the scroll position is read.
            self.scrolled();
        });
    }

    fn scrolled_after(self, measure: impl Fn()) {
        measure();
        self.scrolled();
    }
}
